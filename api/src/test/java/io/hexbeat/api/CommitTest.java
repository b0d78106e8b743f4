package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order in which a running server asks the kernel to sync its journal and to send an ack. */
final class CommitTest {
  private static final int PINGS = 20;
  private static final Pattern SYNC =
      Pattern.compile("(fdatasync|fsync|msync)\\(\\d+<[^>]*/journal/shard-\\d+/[^>]*\\.cq4>.*");
  private static final Pattern SYNCED =
      Pattern.compile(
          ".*((fdatasync|fsync|msync)\\(\\d+<[^>]*\\.cq4>\\)|<\\.\\.\\. (fdatasync|fsync|msync) resumed>\\)) += 0");
  private static final Pattern ACK = Pattern.compile(".*HTTP/1.1 200 OK.*");

  @TempDir Path data;

  @Test
  void shouldSyncTheJournalBeforeEachAckLeaves() throws Exception {
    List<String> steps = new ArrayList<>();
    for (String line : callsOfAServerThatGetsPings("commit")) {
      if (SYNC.matcher(line.replaceFirst("^\\d+ +", "")).matches()) {
        steps.add("sync");
      }
      if (SYNCED.matcher(line).matches()) {
        steps.add("synced");
      }
      if (ACK.matcher(line).matches()) {
        steps.add("ack");
      }
    }
    boolean durable = false;
    boolean begun = false;
    int acks = 0;
    for (String step : steps) {
      switch (step) {
        case "sync" -> begun = true;
        case "synced" -> durable = begun;
        default -> {
          assertTrue(durable, () -> "an ack left before its sync: " + steps);
          acks++;
          durable = false;
          begun = false;
        }
      }
    }
    assertEquals(PINGS, acks, steps::toString);
  }

  @Test
  void shouldNotWaitForTheDiskInProcessMode() throws Exception {
    List<String> calls = callsOfAServerThatGetsPings("process");
    assertEquals(PINGS, calls.stream().filter(line -> ACK.matcher(line).matches()).count());
    assertEquals(0, calls.stream().filter(line -> line.contains(".cq4")).count());
  }

  private List<String> callsOfAServerThatGetsPings(String mode) throws Exception {
    try (ServerProcess server =
        ServerProcess.start(
            data,
            "--pg-uri",
            TestDatabase.uri(),
            "--set",
            "journal.sync=" + mode,
            "--set",
            "shards=1")) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      ApiClient phone = ApiClient.bearer(server.device(), admin.enrol("field", "rep-1", "phone-1"));
      try (SystemCalls calls =
          SystemCalls.of(
              server.pid(),
              data.resolve("strace.log"),
              "fdatasync,fsync,msync,write,writev,sendto,sendmsg")) {
        for (int i = 0; i < PINGS; i++) {
          assertEquals(200, ping(phone, i).statusCode());
        }
        return calls.end();
      }
    }
  }

  private static HttpResponse<String> ping(ApiClient phone, int second) throws Exception {
    String fixTime = Instant.parse("2026-03-01T12:00:00Z").plusSeconds(second).toString();
    return phone.send(
        "POST",
        "/v1/pings",
        new JsonObject()
            .put("lat", 30.27 + second * 1e-5)
            .put("lng", -97.74)
            .put("accuracy_m", 5)
            .put("fix_time", fixTime));
  }
}
