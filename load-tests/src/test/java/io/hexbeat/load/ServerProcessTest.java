package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against small scripts as children: what matters here is how a process behaves. */
final class ServerProcessTest {
  @TempDir Path dir;

  @Test
  void shouldReadTheDoorsFromTheReadyLineAndLogTheRest() throws IOException {
    String script =
        "echo warming up; echo hexbeat ready api=http://127.0.0.1:81 device=http://127.0.0.1:82;"
            + " echo $1 $HEXBEAT_ADMIN_PASSWORD; exec sleep 60";

    try (ServerProcess server = start(script)) {
      assertEquals(URI.create("http://127.0.0.1:81"), server.api());
      assertEquals(URI.create("http://127.0.0.1:82"), server.device());
      assertTrue(server.alive());
    }
    String log = Files.readString(dir.resolve("server.log"));
    assertTrue(log.contains("warming up"), log);
  }

  @Test
  void shouldTellWhyAServerDidNotStart() {
    IOException failed =
        assertThrows(IOException.class, () -> start("echo api.port=99999 is too high >&2; exit 2"));

    assertTrue(failed.getMessage().contains("api.port=99999 is too high"), failed.getMessage());
  }

  @Test
  void shouldNotOfferATakenPort() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      assertEquals(0, ServerProcess.freePortOr0(taken.getLocalPort()));
    }
  }

  private ServerProcess start(String script) throws IOException {
    Path command = dir.resolve("server");
    Files.writeString(command, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    return ServerProcess.start(
        command.toString(),
        dir.resolve("data"),
        0,
        0,
        "secret",
        dir.resolve("server.log"),
        30,
        List.of(),
        "");
  }
}
