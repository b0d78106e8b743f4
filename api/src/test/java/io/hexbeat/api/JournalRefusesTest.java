package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A journal that can't grow, as on a full disk: the kernel refuses the running server larger files
 * than it has.
 */
final class JournalRefusesTest {
  private static final int RECORDS = 1_000;
  private static final int MOST_BATCHES = 400;

  @Test
  void shouldSendPhonesAwayWhileTheJournalCanNotGrowAndGoOnAfterwards(@TempDir Path data)
      throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "needs prlimit");
    String[] options = {
      "--pg-uri", TestDatabase.uri(), "--set", "shards=1", "--set", "device.records_burst=1000000"
    };
    try (ServerProcess server = ServerProcess.start(data, options)) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      ApiClient device = ApiClient.bearer(server.device(), admin.enrol("field", "rep", "phone"));
      limitFiles(server, Long.toString(largestFile(data.resolve("journal"))));
      int batch = 0;
      HttpResponse<String> answer;
      do {
        answer = device.send("POST", "/v1/pings", batch(batch++));
        assertTrue(batch < MOST_BATCHES, "the journal never met its limit");
      } while (answer.statusCode() == 200);

      assertEquals(503, answer.statusCode(), answer.body());
      assertEquals("1", answer.headers().firstValue("Retry-After").orElseThrow());
      assertEquals("Not journaled", new JsonObject(answer.body()).getString("title"));
      JsonObject ready = ApiClient.bearer(server.api(), "").get("/health/ready");
      assertEquals("degraded", ready.getString("status"), ready::encode);

      limitFiles(server, "unlimited");
      JsonObject again = device.expect(200, "POST", "/v1/pings", batch(batch - 1));
      assertEquals(RECORDS, again.getInteger("accepted"), again::encode);
    }
  }

  /** Nearly a megabyte. */
  private static JsonArray batch(int number) {
    long firstMs = System.currentTimeMillis() / 86_400_000 * 86_400_000 - 86_400_000;
    JsonArray pings = new JsonArray();
    for (int i = 0; i < RECORDS; i++) {
      pings.add(
          new JsonObject()
              .put("lat", 30.27)
              .put("lng", -97.74)
              .put("fix_time", Instant.ofEpochMilli(firstMs + number * 1_000L + i).toString())
              .put("note", "x".repeat(850)));
    }
    return pings;
  }

  private static long largestFile(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      long largest = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        largest = Math.max(largest, Files.size(file));
      }
      return largest;
    }
  }

  private static void limitFiles(ServerProcess server, String bytes) throws Exception {
    Process prlimit =
        new ProcessBuilder(
                "/usr/bin/prlimit", "--pid", Long.toString(server.pid()), "--fsize=" + bytes + ":")
            .redirectErrorStream(true)
            .start();
    String said = new String(prlimit.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, prlimit.waitFor(), said);
  }
}
