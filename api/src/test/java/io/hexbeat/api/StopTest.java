package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop that meets a PostgreSQL which does not answer any more. */
final class StopTest {
  @TempDir Path data;

  @Test
  void shouldEndWithinItsLimitAndLoseNothing() throws Exception {
    Frozen frozen = new Frozen();
    String token;
    try (ServerProcess server =
        ServerProcess.start(data, "--set", "drain.timeout=10m", "--set", "shutdown.timeout=1s")) {
      token = acknowledgeOneWhilePostgresIsFrozen(server, frozen);
      assertEquals(1, server.stop());
    } finally {
      frozen.end();
    }
    assertTrue(Files.readString(ServerProcess.errors(data)).contains("shutdown.timeout"));
    try (ServerProcess again = ServerProcess.start(data)) {
      ApiClient admin = ApiClient.login(again.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      assertEquals(1, admin.get("/v1/positions").getJsonArray("positions").size(), token);
      assertEquals(0, again.stop());
    }
  }

  @Test
  void shouldEndAtOnceAtASecondSignal() throws Exception {
    Frozen frozen = new Frozen();
    try (ServerProcess server =
        ServerProcess.start(data, "--set", "drain.timeout=10m", "--set", "shutdown.timeout=30m")) {
      acknowledgeOneWhilePostgresIsFrozen(server, frozen);
      server.signal();
      while (server.stillListens()) {
        Thread.onSpinWait();
      }
      assertEquals(1, server.stop());
    } finally {
      frozen.end();
    }
    assertTrue(Files.readString(ServerProcess.errors(data)).contains("by a second signal"));
  }

  private String acknowledgeOneWhilePostgresIsFrozen(ServerProcess server, Frozen frozen)
      throws Exception {
    ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
    String token = admin.enrol("field", "rep-1", "phone-1");
    frozen.freeze(data);
    ApiClient.bearer(server.device(), token)
        .expect(
            200,
            "POST",
            "/v1/pings",
            new JsonObject()
                .put("lat", 30.27)
                .put("lng", -97.74)
                .put("accuracy_m", 5)
                .put("fix_time", "2026-03-01T12:00:00Z"));
    return token;
  }

  /** The embedded server's processes, stopped in their tracks. */
  private static final class Frozen {
    private List<ProcessHandle> processes = List.of();

    void freeze(Path data) throws IOException {
      Path pidFile = data.resolve("postgres/postmaster.pid");
      long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
      ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
      processes = Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
      for (ProcessHandle process : processes) {
        new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().onExit().join();
      }
    }

    void end() {
      for (ProcessHandle process : processes) {
        process.destroyForcibly();
      }
      for (ProcessHandle process : processes) {
        process.onExit().join();
      }
    }
  }
}
