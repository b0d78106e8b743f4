package io.hexbeat.load;

import io.hexbeat.geofence.E7;
import io.hexbeat.load.stream.GatewayClient;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code hexbeat bench restart}: how long a whole server is away. Fills a server of its own by the
 * gateways' door, ends it and starts it again, timed from the launch of the command to the line
 * that says ready; the parts are the server's own. The main thread drives, one event loop sends.
 * Everything lies in a temporary directory that is deleted; a failure ends with exit code 1.
 */
public final class Restart {
  private static final String HELP =
      """
      usage: hexbeat bench restart [options]

        --records N     pings in the journal (default 1000000)
        --devices D     phones that sent them (default 1000)
        --rounds R      starts after each way to end it (default 3)
        --json FILE     the figures for machines

      Starts a server of its own, sends it that many pings by the TCP door and waits until PostgreSQL has them. Then it
      is ended by SIGTERM, by SIGKILL, and by SIGTERM with its snapshots deleted, and started again. Told are the
      time from launch to ready, what of it each part of the server took, and the CPU time of the server's process.
      """;

  private static final long READY_WITHIN_SECONDS = 600;
  private static final long SET_UP_WITHIN_SECONDS = 7_200;
  private static final int LANES = 8;
  private static final int UNACKNOWLEDGED_A_DEVICE = 48;
  private static final long FIX_EVERY_MS = 1_000;
  private static final long LOOK_EVERY_MS = 1_000;
  private static final LoadCity CITY = new LoadCity(2_000);
  private static final String TEAM = "restart";
  private static final String PHONE = "restart-phone-";

  /** The server's own account of its start. */
  private static final Pattern PARTS = Pattern.compile("ready in \\d+ ms: (.*?), \\d+ fences");

  private static final Pattern PART = Pattern.compile("(\\w+)=(\\d+)");

  private final String command;
  private final int records;
  private final int devices;
  private final int rounds;
  private final Path dir;
  private final String adminPassword = UUID.randomUUID().toString();
  private final Vertx vertx = Vertx.vertx();
  private final Context sending = vertx.getOrCreateContext();
  private final long startMs;

  // written by the main thread, read by the shutdown hook
  private volatile @Nullable ServerProcess server;

  /** How the server ended before a start. */
  private enum End {
    SIGTERM("after SIGTERM"),
    SIGKILL("after SIGKILL"),
    NO_SNAPSHOT("without a snapshot");

    private final String told;

    End(String told) {
      this.told = told;
    }
  }

  /** One start; milliseconds. */
  private record Start(long wallMs, long cpuMs, double load, Map<String, Long> parts) {}

  private Restart(Args args, Path dir) {
    this.command = args.text("server-command", "./hexbeat");
    this.records = args.integer("records", 1_000_000, 1, 1_000_000_000);
    this.devices = args.integer("devices", 1_000, 1, 100_000);
    this.rounds = args.integer("rounds", 3, 1, 100);
    this.dir = dir;
    this.startMs = System.currentTimeMillis() - FIX_EVERY_MS * (records / devices + 1);
  }

  public static void main(String[] argv) throws IOException {
    if (List.of(argv).contains("--help") || List.of(argv).contains("-h")) {
      System.out.print(HELP);
      return;
    }
    Path dir = Files.createTempDirectory("hexbeat-restart-");
    Restart restart;
    Args args;
    try {
      args =
          Args.parse(
              argv, Set.of("server-command", "records", "devices", "rounds", "json"), Set.of());
      restart = new Restart(args, dir);
    } catch (IllegalArgumentException e) {
      TemporaryDir.remove(dir);
      System.err.println("hexbeat bench restart: " + e.getMessage());
      System.exit(2);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(restart::tidyUp, "restart-stop"));
    try {
      JsonObject json = restart.measure();
      String file = args.text("json");
      if (file != null) {
        Files.writeString(Path.of(file), json.encodePrettily());
      }
    } catch (Exception e) {
      System.err.println("hexbeat bench restart: " + (e.getMessage() == null ? e : e.getMessage()));
      System.exit(1);
    }
    System.exit(0);
  }

  private JsonObject measure() throws Exception {
    start();
    fill();
    JsonArray rows = new JsonArray();
    System.out.printf(
        Locale.ROOT,
        "%,d records of %,d phones, milliseconds from launch to ready, the best of %d starts (and the worst)%n",
        records,
        devices,
        rounds);
    for (End end : End.values()) {
      List<Start> starts = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        end(end);
        starts.add(start());
      }
      rows.add(tell(end, starts));
    }
    return new JsonObject()
        .put("command", "bench restart")
        .put("records", records)
        .put("devices", devices)
        .put("java", System.getProperty("java.vm.version"))
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("rows", rows);
  }

  private static JsonObject tell(End end, List<Start> starts) {
    Start best = starts.get(0);
    Start worst = best;
    for (Start start : starts) {
      best = start.wallMs < best.wallMs ? start : best;
      worst = start.wallMs > worst.wallMs ? start : worst;
    }
    System.out.printf(
        Locale.ROOT,
        "%-20s%,8d (%,d)  cpu %,d  load average %.1f  %s%n",
        end.told,
        best.wallMs,
        worst.wallMs,
        best.cpuMs,
        best.load,
        best.parts);
    JsonObject parts = new JsonObject();
    best.parts.forEach(parts::put);
    return new JsonObject()
        .put("end", end.name().toLowerCase(Locale.ROOT))
        .put("best_ms", best.wallMs)
        .put("worst_ms", worst.wallMs)
        .put("cpu_ms", best.cpuMs)
        .put("load_average", best.load)
        .put("parts_ms", parts);
  }

  private void end(End end) throws Exception {
    ServerProcess running = running();
    if (end == End.SIGKILL) {
      running.kill();
      return;
    }
    running.close();
    if (end == End.NO_SNAPSHOT) {
      TemporaryDir.remove(dir.resolve("data").resolve("journal").resolve("snapshots"));
    }
  }

  private Start start() throws IOException {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    long startNs = System.nanoTime();
    Path log = dir.resolve("server.log");
    ServerProcess started =
        ServerProcess.start(
            command,
            dir.resolve("data"),
            0,
            0,
            adminPassword,
            log,
            READY_WITHIN_SECONDS,
            List.of(),
            "");
    long wallMs = (System.nanoTime() - startNs) / 1_000_000;
    server = started;
    long cpuMs =
        ProcessHandle.of(started.pid())
            .flatMap(process -> process.info().totalCpuDuration())
            .map(cpu -> cpu.toMillis())
            .orElse(0L);
    return new Start(wallMs, cpuMs, load, parts(Files.readString(log)));
  }

  static Map<String, Long> parts(String log) {
    Map<String, Long> parts = new LinkedHashMap<>();
    Matcher line = PARTS.matcher(log);
    if (line.find()) {
      Matcher part = PART.matcher(line.group(1));
      while (part.find()) {
        parts.put(part.group(1), Long.parseLong(part.group(2)));
      }
    }
    return parts;
  }

  private void fill() throws Exception {
    URI uri = running().api();
    Api admin = await(() -> Api.login(vertx, uri, "admin", adminPassword));
    String token = await(() -> prepare(admin));
    progress(String.format(Locale.ROOT, "sending %,d pings", records));
    URI tcp = running().tcp();
    await(() -> send(tcp, token));
    progress("waiting for PostgreSQL to have them");
    while (lagRecords(admin) > 0) {
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
  }

  private long lagRecords(Api admin) throws Exception {
    JsonObject health = await(() -> admin.get("/health/ready"));
    JsonObject projection = health.getJsonObject("checks").getJsonObject("projection");
    return projection.getLong("lag_records");
  }

  /** A team with fences, phones, and the gateway that speaks for them; its token. */
  private Future<String> prepare(Api admin) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < devices; i++) {
      numbers.add(i);
    }
    JsonObject gateway =
        new JsonObject()
            .put("id", "restart")
            .put("devices", new JsonArray())
            .put("device_prefixes", new JsonArray().add(PHONE));
    return admin
        .put("/v1/teams/" + TEAM, new JsonObject().put("name", "Restart"))
        .compose(made -> admin.importFences(CITY.features()))
        .compose(made -> Api.inLanes(LANES, numbers, number -> enrol(admin, number)))
        .compose(made -> admin.post("/v1/gateways", gateway))
        .map(made -> made.getString("token"));
  }

  private static Future<Void> enrol(Api admin, int number) {
    String member = "restart-" + number;
    return admin
        .put("/v1/members/" + member, new JsonObject().put("name", member).put("team", TEAM))
        .compose(made -> admin.enrol(member, PHONE + number, "Phone"))
        .mapEmpty();
  }

  /** Completes when all are acknowledged; phones take turns, each walks round its fence. */
  private Future<Void> send(URI tcp, String token) {
    Promise<Void> done = Promise.promise();
    Sender sender = new Sender(done);
    GatewayClient client =
        new GatewayClient(
            vertx,
            tcp.getHost(),
            tcp.getPort(),
            token,
            acknowledged -> sender.go(acknowledged),
            why -> done.tryFail("the gateway's connection was ended: " + why));
    for (int i = 0; i < devices; i++) {
      client.device(PHONE + i);
    }
    sender.client = client;
    client.open();
    long timer = vertx.setPeriodic(10, tick -> sender.go(sender.acknowledged));
    return done.future()
        .eventually(
            () -> {
              vertx.cancelTimer(timer);
              client.close();
              return Future.succeededFuture();
            });
  }

  /** Keeps the window full; the sending loop's. */
  private final class Sender {
    private final Promise<Void> done;
    private @Nullable GatewayClient client;
    private long acknowledged;
    private int sent;

    private Sender(Promise<Void> done) {
      this.done = done;
    }

    private void go(long upTo) {
      acknowledged = upTo;
      GatewayClient open = client;
      if (open == null || acknowledged >= records) {
        done.tryComplete();
        return;
      }
      long most = Math.min(records, acknowledged + (long) devices * UNACKNOWLEDGED_A_DEVICE);
      while (sent < most && open.offer(sent % devices + 1, record(sent))) {
        sent++;
      }
      open.flush();
    }
  }

  private byte[] record(int n) {
    int phone = n % devices;
    int step = n / devices;
    double turn = step * 0.05 + phone;
    double lat = CITY.latDegrees(phone) + 0.0015 * Math.sin(turn);
    double lng = CITY.lngDegrees(phone) + 0.0015 * Math.cos(turn);
    return GatewayClient.record()
        .fixTimeMs(startMs + step * FIX_EVERY_MS)
        .position(E7.fromDegrees(lat), E7.fromDegrees(lng))
        .accuracyCm(600)
        .array();
  }

  private <T> T await(Supplier<Future<T>> action) throws Exception {
    Promise<T> done = Promise.promise();
    sending.runOnContext(go -> action.get().onComplete(done));
    return done.future().await(SET_UP_WITHIN_SECONDS, TimeUnit.SECONDS);
  }

  private ServerProcess running() {
    ServerProcess running = server;
    if (running == null) {
      throw new IllegalStateException("no server was started");
    }
    return running;
  }

  private static void progress(String line) {
    System.err.println("hexbeat bench restart: " + line);
  }

  private void tidyUp() {
    ServerProcess last = server;
    if (last != null) {
      last.close();
    }
    TemporaryDir.remove(dir);
  }
}
