package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real server under a light load for a second a door: nothing is lost and all is told. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LoadSmokeTest {
  private static final List<String> SMALL_JVM = List.of("-Xmx384m", "-XX:TieredStopAtLevel=1");
  private static final String PASSWORD = "smoke-test-password";
  private static final LoadPlan PLAN =
      LoadPlans.of(
          "--doors",
          "http,osmand,ws,tcp,mqtt",
          "--batch",
          "8",
          "--devices",
          "16",
          "--rate",
          "400",
          "--warm-up",
          "0",
          "--seconds",
          "1",
          "--fences",
          "50",
          "--punches",
          "10",
          "--floor");

  private final Vertx vertx = Vertx.vertx();
  private ServerProcess server;
  private LoadTarget target;
  private LoadWorld world;
  private FloorProcess floor;
  private DoorRun doors;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    server =
        ServerProcess.launch(
            serve(),
            dir.resolve("data"),
            Stream.of("--api-port", "--device-port", "--tcp-port", "--mqtt-port")
                .flatMap(port -> Stream.of(port, "0"))
                .toList(),
            Map.of("HEXBEAT_ADMIN_PASSWORD", PASSWORD),
            dir.resolve("server.log"));
    server.awaitReady(120);
    LoadTarget.Doors at = new LoadTarget.Doors(server.device(), server.tcp(), server.mqtt());
    target = LoadTarget.open(vertx, server.api(), at, "admin", PASSWORD, server);
    FixClock clock = FixClock.of(PLAN, System.currentTimeMillis());
    world = new LoadWorld(target.admin(), PLAN, clock, "smoke");
    target.await(() -> world.make("manager-password"));
    floor = FloorProcess.start(SMALL_JVM);
    doors = new DoorRun(PLAN, target, world, floor, line -> {});
    Api manager =
        target.await(() -> Api.login(vertx, target.api(), LoadWorld.MANAGER, "manager-password"));
    doors.watch(manager.token());
  }

  @AfterAll
  void stop() throws Exception {
    doors.close();
    floor.close();
    server.close();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldLoseNothingAtAnyDoor(@TempDir Path dir) throws Exception {
    List<LoadRow> rows = new ArrayList<>();
    for (Door door : PLAN.doors()) {
      rows.add(doors.ours(door, PLAN.ratePerSecond(), 0, 1));
    }
    LoadReport report = new LoadReport(PLAN, "2026-01-01T00:00:00Z", rows);

    for (int i = 0; i < rows.size(); i++) {
      JsonObject row = report.json().getJsonArray("rows").getJsonObject(i);
      assertEquals(PLAN.doors().get(i).label(), row.getString("door"));
      assertEquals(0, row.getLong("lost"), row::encodePrettily);
      assertEquals(0, row.getLong("refused"), row::encodePrettily);
      assertEquals(400, row.getDouble("acked_per_s"), 8, row::encodePrettily);
      assertTrue(row.getJsonObject("ack_ms").getDouble("p50") > 0, row::encodePrettily);
      assertTrue(row.getJsonObject("live_ms").getDouble("p50") > 0, row::encodePrettily);
      assertTrue(row.getJsonObject("punch_ms").getDouble("p50") > 0, row::encodePrettily);
      assertEquals(0, row.getLong("punches_lost"), row::encodePrettily);
      assertTrue(row.getJsonObject("stages_us").containsKey("decide"), row::encodePrettily);
    }
    report.writeDistributions(dir);
    assertTrue(Files.readString(dir.resolve("ws-live.hgrm")).contains("Percentile"));
    String page = HtmlReport.of(report, report.text());
    assertTrue(page.contains("<polyline") && !page.contains("NaN"), page);
    assertTrue(quarantined().isEmpty(), () -> String.join("\n", quarantined()));
  }

  @Test
  void shouldMeasureTheFloorBesideIt() throws Exception {
    LoadRow row = doors.measure(Door.TCP, 400);

    FleetResult bare = row.floor();
    Latencies relay = row.liveFloor();
    assertTrue(bare != null && bare.lost() == 0 && bare.acked() == bare.offered(), row::text);
    assertTrue(relay != null && relay.count() == bare.acked() / row.batch(), row::text);
    assertTrue(row.ratioToFloor() > 0.5 && row.ratioToFloor() < 2, row::text);
  }

  @Test
  void shouldSendOnlyWhatIsAnsweredInClosedLoops() throws Exception {
    LoadRow row = doors.ours(Door.WS, 0, 0, 1);

    assertTrue(row.pings().acked() > 0, row::text);
    assertEquals(0, row.pings().lost(), row::text);
  }

  private List<String> quarantined() {
    try {
      return target
          .metrics()
          .lines()
          .filter(
              line -> line.startsWith("hexbeat_door_quarantined_total{") && !line.endsWith(" 0.0"))
          .toList();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the launcher does, with the classes under test. */
  private static List<String> serve() {
    Path here = Path.of("").toAbsolutePath();
    Path options = here.resolve("jvm.options");
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("@" + (Files.exists(options) ? options : here.resolveSibling("jvm.options")));
    words.addAll(SMALL_JVM);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.hexbeat.api.Server"));
    return words;
  }
}
