package io.hexbeat.api.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.pgclient.PgConnectOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** What an upgrade makes of the alerts of before the workflow. */
final class AlertMigrationTest {
  private static final String OLD =
      """
      insert into alerts (id, shard, journal_index, member, device, kind, severity, score, raised_ms, body, status,
        status_by, status_at, note)
      select id, 0, row_number() over (), 1, 1, kind, severity, 50, ms,
        jsonb_build_object('device', 'd', 'evidence', jsonb_build_object('site', site)), status, by,
        case when by is not null then now() end, case when by is not null then 'because' end
      from (values
        ('a-1', 'FROZEN', 'info', 1, null, 'dismissed', 'mia'),
        ('a-2', 'FROZEN', 'info', 2, null, 'open', null),
        ('a-3', 'FROZEN', 'critical', 3, null, 'acknowledged', 'mia'),
        ('a-4', 'FROZEN', 'warning', 4, null, 'open', null),
        ('a-5', 'OUTSIDE_SITE', 'info', 5, 's1', 'open', null),
        ('a-6', 'OUTSIDE_SITE', 'info', 6, 's2', 'open', null),
        ('a-7', 'FROZEN', 'info', 7, null, 'confirmed', 'mia')
      ) as old (id, kind, severity, ms, site, status, by)
      """;

  @Test
  void shouldFoldOpenAlertsOfACauseAndKeepWhatWasDecided() throws Exception {
    PgConnectOptions server = PgConnectOptions.fromUri(TestDatabase.emptyUri());
    String url = Database.jdbcUrl(server, Database.Timeouts.DEFAULT);
    flyway(url, server, "10");
    try (Connection connection =
            DriverManager.getConnection(url, server.getUser(), server.getPassword());
        Statement statement = connection.createStatement()) {
      statement.execute(OLD);
      flyway(url, server, "latest");
      assertEquals(
          "a-1 resolved honest 1 info, a-3 assigned mia 3 critical, a-5 open - 1 info,"
              + " a-6 open - 1 info, a-7 resolved confirmed 1 info",
          text(
              statement,
              "select string_agg(id || ' ' || status || ' ' || coalesce(resolution, assignee, '-')"
                  + " || ' ' || occurrences || ' ' || severity, ', ' order by id) from alerts"));
      assertEquals(
          "a-3 1, a-2 2, a-4 3",
          text(
              statement,
              "select string_agg(id || ' ' || number, ', ' order by number)"
                  + " from alert_occurrences where alert = 'a-3'"));
      assertEquals(
          "opened, assigned",
          text(
              statement,
              "select string_agg(action, ', ' order by seq) from alert_history"
                  + " where alert = 'a-3'"));
    }
  }

  private static String text(Statement statement, String sql) throws Exception {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void flyway(String url, PgConnectOptions server, String target) {
    Flyway.configure(Database.class.getClassLoader())
        .dataSource(url, server.getUser(), server.getPassword())
        .locations("classpath:db/migration")
        .target(target)
        .load()
        .migrate();
  }
}
