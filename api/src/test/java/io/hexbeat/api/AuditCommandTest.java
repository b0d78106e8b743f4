package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hexbeat audit verify}; of a stopped server in {@link BackupTest}. */
final class AuditCommandTest {
  @TempDir Path dir;

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  private int audit(String... words) {
    PrintStream to = new PrintStream(told, true, StandardCharsets.UTF_8);
    return Audit.run(words, to, to);
  }

  private String told() {
    String text = told.toString(StandardCharsets.UTF_8);
    told.reset();
    return text;
  }

  private static void sql(String uri, String... statements) throws Exception {
    String url = "jdbc:" + uri.replace("postgres:postgres@", "");
    try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void shouldTellHowManyEntriesAreRightAndWhichIsNot() throws Exception {
    String uri = TestDatabase.uri();
    String insert = "insert into audit (entry) values ('{\"at_ms\":1,\"action\":\"login\"}')";
    sql(uri, insert, insert, insert);

    assertEquals(0, audit("verify", "--pg-uri", uri), this::told);
    String intact = told();
    assertTrue(intact.startsWith("3 entries checked"), intact);
    assertTrue(intact.contains("last right entry 3, hash "), intact);

    sql(
        uri,
        "set session_replication_role = replica",
        "update audit set entry = replace(entry, '1', '2') where seq = 2");
    assertEquals(1, audit("verify", "--pg-uri", uri));
    String broken = told();
    assertTrue(broken.contains("BROKEN at entry 2: its content was changed"), broken);
  }

  @Test
  void shouldTellWrongWordsFromALogThatCanNotBeLookedAt() throws Exception {
    assertEquals(0, audit("--help"));
    assertEquals(2, audit());
    assertEquals(2, audit("check"));
    assertEquals(2, audit("verify", "--data", dir.resolve("nowhere").toString()));
    assertEquals(3, audit("verify", "--pg-uri", TestDatabase.emptyUri()));
  }
}
