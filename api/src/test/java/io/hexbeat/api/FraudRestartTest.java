package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two phones in one pocket, and a server that is killed and stopped while they are counted. */
final class FraudRestartTest {
  private static final List<String> MEMBERS = List.of("one", "two");

  @TempDir Path data;

  @Test
  void shouldNeitherLoseNorRepeatATandemByARestart() throws Exception {
    Instant begin = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(5, ChronoUnit.HOURS);
    String databaseUri = TestDatabase.uri();
    ServerProcess server = start(databaseUri);
    ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
    List<String> tokens =
        List.of(admin.enrol("north", "one", "phone-1"), admin.enrol("north", "two", "phone-2"));
    try {
      drive(server, tokens, begin, 0, 120);
      assertEquals(List.of(), tandems(admin));
      server.kill();

      server = start(databaseUri);
      admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      drive(server, tokens, begin, 120, 220);
      awaitTandems(admin);
      assertEquals(0, server.stop());

      server = start(databaseUri);
      admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      drive(server, tokens, begin, 220, 280);
      assertEquals(0, server.stop()); // drains, so that all of it was looked at
      server = start(databaseUri);
      admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      for (JsonObject alert : tandems(admin)) {
        assertEquals(1, alert.getInteger("occurrence_count"), alert::encodePrettily);
      }
      assertEquals(2, tandems(admin).size());
    } finally {
      server.close();
    }
  }

  private ServerProcess start(String databaseUri) throws Exception {
    return ServerProcess.start(data, "--pg-uri", databaseUri, "--set", "shards=1");
  }

  /** Ten minutes at a customer, ten on the way, both phones at once. */
  private static void drive(
      ServerProcess server, List<String> tokens, Instant begin, int fromMinute, int toMinute)
      throws Exception {
    for (int from = fromMinute; from < toMinute; from += 4) {
      for (int member = 0; member < tokens.size(); member++) {
        ApiClient phone = ApiClient.bearer(server.device(), tokens.get(member));
        JsonArray pings = new JsonArray();
        for (int minute = from; minute < from + 4; minute++) {
          double km = Math.floorDiv(minute, 20) * 4.0 + Math.max(0, minute % 20 - 10) * 0.4;
          pings.add(
              new JsonObject()
                  .put("lat", 30 + km * 0.009)
                  .put("lng", -97)
                  .put("accuracy_m", 8)
                  .put("fix_time", begin.plusSeconds(60L * minute + 5L * member).toString()));
        }
        phone.expect(200, "POST", "/v1/pings", pings);
        if (from % 20 == 0) {
          phone.expect(
              201,
              "POST",
              "/v1/punches",
              new JsonObject()
                  .put("id", MEMBERS.get(member) + "-" + from)
                  .put("kind", "visit_in")
                  .put("at", begin.plusSeconds(60L * from + 9L * member).toString()));
        }
      }
    }
  }

  private static void awaitTandems(ApiClient admin) throws Exception {
    long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    TreeSet<String> members = new TreeSet<>();
    while (!members.containsAll(MEMBERS)) {
      assertTrue(System.nanoTime() < untilNs, () -> "tandems of " + members);
      tandems(admin).forEach(alert -> members.add(alert.getString("member")));
      Thread.onSpinWait();
    }
  }

  private static List<JsonObject> tandems(ApiClient admin) throws Exception {
    return admin.get("/v1/alerts?kind=TANDEM").getJsonArray("alerts").stream()
        .map(JsonObject.class::cast)
        .toList();
  }
}
