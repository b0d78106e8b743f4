package io.hexbeat.api.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SigningSecretsTest {
  @TempDir Path dir;

  @Test
  void shouldMakeTheSameSecretAfterARestartAndAnotherFromAnotherKeyOrSalt() throws Exception {
    String salt = SigningSecrets.newSalt();
    SigningSecrets secrets = SigningSecrets.open(dir.resolve("signing.key"));
    String secret = secrets.secret(salt);
    assertEquals(secret, SigningSecrets.open(dir.resolve("signing.key")).secret(salt));
    assertNotEquals(secret, SigningSecrets.open(dir.resolve("other.key")).secret(salt));
    assertNotEquals(secret, secrets.secret(SigningSecrets.newSalt()));
    assertNotEquals(secret, salt);
  }

  @Test
  void shouldKeepTheKeyForItsOwnerAlone() throws Exception {
    Path file = dir.resolve("signing.key");
    SigningSecrets.open(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(1, dir.toFile().list().length);
  }

  @Test
  void shouldRefuseAFileThatIsNoKey() throws Exception {
    Path file = Files.writeString(dir.resolve("signing.key"), "short");
    assertThrows(IOException.class, () -> SigningSecrets.open(file));
  }
}
