package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.DatabaseCopy;
import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class BackupTest {
  private static final double LAT = 30.27;
  private static final double LNG = -97.74;

  @TempDir Path dir;

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  /** A phone that walks in and out until the server is gone. */
  private static final class Walk implements Runnable {
    final ApiClient device;
    final long firstFixMs;
    final AtomicInteger acked = new AtomicInteger();

    Walk(ApiClient device, long firstFixMs) {
      this.device = device;
      this.firstFixMs = firstFixMs;
    }

    @Override
    public void run() {
      try {
        for (int sent = 0; ; sent++) {
          JsonObject fix =
              new JsonObject()
                  .put("lat", LAT + (sent / 10 % 2 == 0 ? 0 : 0.01) + sent % 10 * 1e-5)
                  .put("lng", LNG)
                  .put("accuracy_m", 5)
                  .put("fix_time", Instant.ofEpochMilli(firstFixMs + sent * 1_000L).toString());
          HttpResponse<String> answer = device.send("POST", "/v1/pings", fix);
          if (answer.statusCode() != 200) {
            return;
          }
          acked.incrementAndGet();
        }
      } catch (IOException stopped) {
        // the server is gone
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void shouldRestoreEveryRowAndRecordOfABackupUnderLoad() throws Exception {
    Path data = Files.createDirectory(dir.resolve("data"));
    Path file = dir.resolve("hexbeat.backup");
    long firstFixMs = System.currentTimeMillis() / 1_000 * 1_000 - 7_200_000;
    int ackedBefore;
    try (ServerProcess server =
        ServerProcess.start(data, "--set", "journal.snapshot_records=1000")) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      admin.putCircle("depot", LAT, LNG, 150);
      String token = admin.enrol("field", "rep-0", "phone-0");
      Walk walk = new Walk(ApiClient.bearer(server.device(), token), firstFixMs);
      Thread phone = new Thread(walk, "phone");
      phone.start();
      while (walk.acked.get() < 1_500) {
        Thread.onSpinWait();
      }
      ackedBefore = walk.acked.get();
      assertEquals(0, backup("--to", file.toString(), "--data", data.toString()), this::told);
      assertTrue(walk.acked.get() >= ackedBefore);
      server.stop();
      phone.join();
    }
    Path restored = dir.resolve("restored");
    assertEquals(0, restore("--from", file.toString(), "--data", restored.toString()), this::told);
    assertSameRows(file, restored);

    try (ServerProcess server = ServerProcess.start(restored)) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      awaitProjected(admin);
      TreeSet<String> times = new TreeSet<>();
      String cursor = "";
      do {
        JsonObject page = admin.get("/v1/members/rep-0/track?limit=500" + cursor);
        for (Object row : page.getJsonArray("features")) {
          assertTrue(
              times.add(((JsonObject) row).getJsonObject("properties").getString("fix_time")));
        }
        cursor = page.containsKey("next_cursor") ? "&cursor=" + page.getString("next_cursor") : "";
      } while (!cursor.isEmpty());
      assertTrue(times.size() >= ackedBefore, "stored " + times.size() + " of " + ackedBefore);
      int inside = 0;
      JsonObject told = admin.get("/v1/members/rep-0/transitions?limit=500");
      for (Object row : told.getJsonArray("transitions")) {
        String kind = ((JsonObject) row).getString("kind");
        inside += kind.equals("enter") ? 1 : kind.equals("exit") ? -1 : 0;
        assertTrue(inside == 0 || inside == 1, () -> "told twice: " + told);
      }
      boolean depot = admin.get("/v1/positions").encode().contains("\"depot\"");
      assertEquals(inside == 1, depot, "presence isn't what was told");
    }
  }

  @Test
  void shouldTakeAStoppedServerIntoAPostgresOfItsOwnAndBackThatUpToo() throws Exception {
    Path data = Files.createDirectory(dir.resolve("data"));
    Path file = dir.resolve("stopped.backup");
    int fixes = 20;
    try (ServerProcess server = ServerProcess.start(data)) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      ApiClient phone = ApiClient.bearer(server.device(), admin.enrol("field", "rep-0", "phone-0"));
      for (int i = 0; i < fixes; i++) {
        JsonObject fix =
            new JsonObject()
                .put("lat", LAT + i * 1e-4)
                .put("lng", LNG)
                .put("accuracy_m", 5)
                .put("fix_time", Instant.now().minusSeconds(600 - i).toString());
        assertEquals(200, phone.send("POST", "/v1/pings", fix).statusCode());
      }
      awaitProjected(admin);
      server.stop();
    }
    assertEquals(0, audit("verify", "--data", data.toString()), this::told);
    assertEquals(0, backup("--to", file.toString(), "--data", data.toString()), this::told);

    String uri = TestDatabase.emptyUri();
    String restored = dir.resolve("restored").toString();
    assertEquals(
        0, restore("--from", file.toString(), "--data", restored, "--pg-uri", uri), this::told);
    assertEquals(
        1,
        restore("--from", file.toString(), "--data", restored + "-2", "--pg-uri", uri),
        "the database is no longer empty");
    assertEquals(0, audit("verify", "--data", restored, "--pg-uri", uri), this::told);
    Path again = dir.resolve("again.backup");
    try (ServerProcess server = ServerProcess.start(Path.of(restored), "--pg-uri", uri)) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      JsonObject track = admin.get("/v1/members/rep-0/track?limit=500");
      assertEquals(fixes, track.getJsonArray("features").size());
      assertEquals(
          0, backup("--to", again.toString(), "--data", restored, "--pg-uri", uri), this::told);
      server.stop();
    }
    try (ZipFile zip = new ZipFile(again.toFile())) {
      assertEquals(1, BackupFile.verified(zip).getInteger("format"));
    }
  }

  @Test
  void shouldRefuseADamagedBackupAndAFullDirectory() throws Exception {
    Path file = dir.resolve("hexbeat.backup");
    Path data = Files.createDirectory(dir.resolve("data"));
    try (BackupFile.Writer writer = new BackupFile.Writer(file)) {
      writer.entry("files/signing.key", out -> out.write(new byte[32]));
      writer.finish(new JsonObject().put("format", 2).put("version", "9"));
    }
    assertEquals(1, restore("--from", file.toString(), "--data", data.toString()));
    assertTrue(told().contains("format=2"), told());

    byte[] bytes = Files.readAllBytes(file);
    bytes[60] ^= 1;
    Files.write(file, bytes);
    assertEquals(1, restore("--from", file.toString(), "--data", data.toString()));
    assertFalse(Files.exists(dir.resolve("data.restoring")));

    Files.writeString(data.resolve("mine"), "precious");
    assertEquals(2, restore("--from", file.toString(), "--data", data.toString()));
    assertTrue(told().contains("an empty directory is needed"), told());
    assertEquals(2, backup("--to", file.toString(), "--data", data.toString()));
    assertEquals(2, backup());
    assertEquals(0, backup("--help"));
    assertEquals(0, restore("--help"));
  }

  private static void assertSameRows(Path file, Path restored) throws Exception {
    try (ZipFile zip = new ZipFile(file.toFile());
        EmbeddedDatabase embedded = EmbeddedDatabase.open(restored);
        DatabaseCopy database = DatabaseCopy.of(embedded.uri())) {
      JsonObject manifest = BackupFile.verified(zip).getJsonObject("database");
      JsonObject now = database.describe();
      assertEquals(manifest.getString("schema"), now.getString("schema"));
      assertEquals(manifest.getJsonArray("sequences"), now.getJsonArray("sequences"));
      assertEquals(manifest.getJsonArray("partitions"), now.getJsonArray("partitions"));
      assertEquals(manifest.getJsonArray("tables").size(), now.getJsonArray("tables").size());
      for (Object each : manifest.getJsonArray("tables")) {
        JsonObject table = (JsonObject) each;
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        database.write(table, rows);
        String name = table.getString("name");
        byte[] then = BackupFile.open(zip, "database/" + name).readAllBytes();
        assertEquals(sorted(then), sorted(rows.toByteArray()), name);
      }
    }
  }

  private static List<String> sorted(byte[] rows) {
    return new String(rows, StandardCharsets.UTF_8).lines().sorted().toList();
  }

  private static void awaitProjected(ApiClient admin) throws Exception {
    while (true) {
      JsonObject ready = admin.get("/health/ready");
      if (ready.getJsonObject("checks").getJsonObject("projection").getLong("lag_records") == 0) {
        return;
      }
      Thread.onSpinWait();
    }
  }

  private int backup(String... words) {
    PrintStream to = new PrintStream(told, true, StandardCharsets.UTF_8);
    return Backup.run(words, to, to);
  }

  private int restore(String... words) {
    PrintStream to = new PrintStream(told, true, StandardCharsets.UTF_8);
    return Restore.run(words, to, to);
  }

  private int audit(String... words) {
    PrintStream to = new PrintStream(told, true, StandardCharsets.UTF_8);
    return Audit.run(words, to, to);
  }

  private String told() {
    return told.toString(StandardCharsets.UTF_8);
  }
}
