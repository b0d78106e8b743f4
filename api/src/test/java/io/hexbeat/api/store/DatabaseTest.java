package io.hexbeat.api.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DatabaseTest {
  private static Vertx vertx;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void shouldRefuseASchemaThatANewerHexbeatHasMade() throws Exception {
    String uri = TestDatabase.uri();
    Database database = await(Database.open(vertx, uri, 1));
    await(
        database
            .pool()
            .query(
                "insert into flyway_schema_history (installed_rank, version, description, type,"
                    + " script, checksum, installed_by, execution_time, success) values (999,"
                    + " '999', 'from the future', 'SQL', 'V999__from_the_future.sql', 1, 'me', 1,"
                    + " true)")
            .execute());
    await(database.close());
    Throwable refused =
        assertThrows(Exception.class, () -> await(Database.open(vertx, uri, 1))).getCause();
    assertTrue(
        refused.getMessage().startsWith("database schema version=999 is newer than version="),
        refused.getMessage());
  }

  @Test
  void shouldOpenWhatItHasMadeBefore() throws Exception {
    String uri = TestDatabase.uri();
    for (int start = 0; start < 2; start++) {
      Database database = await(Database.open(vertx, uri, 1));
      await(database.close());
    }
  }

  @Test
  void shouldEndAStatementThatTakesTooLong() throws Exception {
    Database.Timeouts hasty = new Database.Timeouts(Duration.ofSeconds(10), Duration.ofMillis(200));
    Database database = await(Database.open(vertx, TestDatabase.uri(), 1, hasty));
    Throwable ended =
        assertThrows(
                Exception.class,
                () -> await(database.pool().query("select pg_sleep(60)").execute()))
            .getCause();
    assertEquals("57014", ((PgException) ended).getSqlState());
    await(database.pool().query("select 1").execute());
    await(database.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
