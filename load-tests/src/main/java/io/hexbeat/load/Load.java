package io.hexbeat.load;

import io.hexbeat.load.IdlePlan.Kind;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code hexbeat load}: an open-loop fleet against a server, its own with {@code --self}, the same
 * against servers that do nothing, and a report of how long acks and live positions took. The main
 * thread sets up and waits. Stops by itself. Exit 0 with a report, 1 when the run failed, 2 for
 * wrong arguments.
 */
public final class Load {
  static final String HELP =
      """
      usage: hexbeat load --self [options]
             hexbeat load --api URL --device URL [--tcp URL] [--mqtt URL] --user NAME --password TEXT [options]

        --self             start a server of its own on a temporary data directory
        --api, --device, --tcp, --mqtt  the doors of a running server; its data gets a team "load" with members and fences
        --user, --password an administrator of that server (default admin, HEXBEAT_ADMIN_PASSWORD)
        --doors LIST       how pings go in, one after the other (default http): http POST /v1/pings, osmand Traccar Client's
                           form, ws /v1/stream in wire records, tcp the TCP door, mqtt QoS 1
        --batch N          pings a message of http, ws and tcp (default 1)
        --devices N        phones, each on its own connection (default 200)
        --rate R           pings a second of all together (default 1000), on a schedule that waits for nobody; max: like --closed
        --closed           each phone sends its next message when the last was answered
        --ramp             look for the highest rate, from --rate up, of which nothing is lost and p99 stays below --p99;
                           each step takes --seconds
        --p99 MS           that bound (default 50)
        --keep-up          and of which PostgreSQL stores as fast as it comes in
        --window N         messages that a phone has unanswered at most (default 1 of http and osmand, else 8; 1 if closed)
        --seconds S        measured (default 30)
        --warm-up S        before that, not measured (default 10)
        --fences N         circles of 120 m that the phones come and go at (default 2000)
        --managers M       live sockets (default 1)
        --live-hz R        positions of a member a second that each asks for; 0 for no limit (default 0)
        --views K          different sets of members that they watch, in turn (default 1)
        --watched N        members in each (default all in one, else an equal part)
        --punches R        punches a second beside the pings (default 0)
        --floor, --no-floor  the same against bare servers, before and after (default with --self, not with --ramp,
                           --soak or idle phones)
        --soak             look at the server's memory, threads and files each half minute; no floor
        --gc-every M       minutes from one look right after a garbage collection to the next (default 5)
        --heap SIZE        -Xmx of the server of --self, such as 1g (default: what Java takes, a quarter of the machine)
        --journal-sync MODE  what acks of the server of --self wait for: process, interval, commit (default process)
        --idle-stream N    besides, WebSockets /v1/stream of N more phones that only stay connected
        --idle-http N      the same by keep-alive connections of HTTP
        --idle-mqtt N      the same by MQTT
        --idle-rate R      how many of them connect in a second (default 500)
        --source-addresses K  they come from 127.0.0.1 to 127.0.0.K in turn (default 1, and 1 more each 5,000)
        --json FILE        the report for machines
        --html FILE        the report as a page of its own, with charts
        --hgrm DIR         percentile distributions, a file a door and kind, as HdrHistogram's tools read them
        --yes-really       allow doors on another machine
        --help             this text

      Latencies count from the intended send time. Lost means neither acknowledged nor refused with 503 or 429; nothing is
      sent again. Unsent are pings whose phones were still waiting for answers when time was up. A device whose turn comes
      more than once a second sends fixes of a drive long ago, a second apart, so that it moves 12 m from ping to ping.

      Idle phones send one ping each, then nothing but the keep-alives of their protocol. With them pings are measured
      twice, before and after they have come, and the report tells what a connection costs the server. A server of
      --self gets device.idle_time=1h then; another one closes silent HTTP connections when its own is over.
      """;

  private static final Set<String> VALUED =
      Set.of(
          "server-command",
          "api",
          "device",
          "tcp",
          "mqtt",
          "user",
          "password",
          "doors",
          "batch",
          "devices",
          "rate",
          "p99",
          "window",
          "seconds",
          "warm-up",
          "fences",
          "managers",
          "live-hz",
          "views",
          "watched",
          "punches",
          "gc-every",
          "idle-stream",
          "idle-http",
          "idle-mqtt",
          "idle-rate",
          "source-addresses",
          "heap",
          "journal-sync",
          "json",
          "html",
          "hgrm");
  private static final Set<String> FLAGS =
      Set.of("self", "closed", "ramp", "keep-up", "floor", "no-floor", "soak", "yes-really");

  private static final long READY_WITHIN_SECONDS = 180;
  private static final int USUAL_CONNECTIONS = 20_000;

  private final Args args;
  private final LoadPlan plan;
  private final IdlePlan idle;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));

  // written by the main thread, read by the shutdown hook
  private volatile @Nullable ServerProcess server;
  private volatile @Nullable FloorProcess floor;
  private volatile @Nullable Path temporaryDir;

  private Load(Args args, LoadPlan plan, IdlePlan idle) {
    this.args = args;
    this.plan = plan;
    this.idle = idle;
  }

  public static void main(String[] argv) {
    if (List.of(argv).contains("--help") || List.of(argv).contains("-h")) {
      System.out.print(HELP);
      return;
    }
    Load load;
    try {
      Args args = Args.parse(argv, VALUED, FLAGS);
      load = new Load(args, plan(args), idlePlan(args));
      load.checkTarget();
    } catch (IllegalArgumentException e) {
      System.err.println("hexbeat load: " + e.getMessage());
      System.exit(2);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(load::tidyUp, "load-stop"));
    try {
      load.run();
    } catch (Exception e) {
      System.err.println("hexbeat load: " + (e.getMessage() == null ? e : e.getMessage()));
      System.exit(1);
    }
    System.exit(0);
  }

  static LoadPlan plan(Args args) {
    boolean closed = args.has("closed") || args.text("rate", "").equals("max");
    boolean idle = args.has("idle-stream") || args.has("idle-http") || args.has("idle-mqtt");
    boolean alone = args.has("ramp") || args.has("soak") || idle;
    int devices = args.integer("devices", 200, 1, LoadPlan.MAX_DEVICES);
    return new LoadPlan(
        Door.list(args.text("doors", "http")),
        args.integer("batch", 1, 1, LoadPlan.MAX_BATCH),
        devices,
        closed ? 0 : args.integer("rate", 1_000, 1, LoadPlan.MAX_RATE_PER_SECOND),
        args.integer("window", 0, 0, LoadPlan.MAX_WINDOW),
        args.integer("warm-up", 10, 0, LoadPlan.MAX_SECONDS),
        args.integer("seconds", 30, 1, LoadPlan.MAX_SECONDS),
        args.integer("fences", 2_000, 1, LoadPlan.MAX_FENCES),
        args.integer("managers", 1, 0, LoadPlan.MAX_MANAGERS),
        args.integer("live-hz", 0, 0, LoadPlan.MAX_LIVE_HZ),
        args.integer("views", 1, 1, LoadPlan.MAX_MANAGERS),
        args.integer("watched", 0, 0, devices),
        args.integer("punches", 0, 0, LoadPlan.MAX_PUNCHES_PER_SECOND),
        args.has("floor") || (args.has("self") && !alone && !args.has("no-floor")),
        args.has("ramp"));
  }

  static IdlePlan idlePlan(Args args) {
    int stream = args.integer("idle-stream", 0, 0, IdlePlan.MAX_CONNECTIONS);
    int http = args.integer("idle-http", 0, 0, IdlePlan.MAX_CONNECTIONS);
    int mqtt = args.integer("idle-mqtt", 0, 0, IdlePlan.MAX_CONNECTIONS);
    int usual = IdlePlan.usualSourceAddresses(stream + http + mqtt);
    // nothing on another machine answers an address of the loopback
    int sources =
        args.has("yes-really")
            ? 0
            : args.integer("source-addresses", usual, 1, IdlePlan.MAX_SOURCE_ADDRESSES);
    if (args.has("yes-really") && args.has("source-addresses")) {
      throw new IllegalArgumentException("--source-addresses needs a server on this machine");
    }
    return new IdlePlan(stream, http, mqtt, sources, args.integer("idle-rate", 500, 1, 10_000));
  }

  /** A load test of somebody else's machine must be meant. */
  private void checkTarget() {
    idle.checkOpenFiles(plan, OpenFiles.most());
    String heap = args.text("heap");
    if (heap != null && (!args.has("self") || !heap.matches("[0-9]{1,9}[kmgKMG]"))) {
      throw new IllegalArgumentException(
          "--heap=" + heap + " must be a size such as 1g, and goes with --self");
    }
    if (args.has("self")) {
      if (!args.has("server-command")) {
        throw new IllegalArgumentException("--server-command is missing; start by ./hexbeat load");
      }
      return;
    }
    List<String> doors = new ArrayList<>(List.of("api", "device"));
    if (plan.doors().contains(Door.TCP)) {
      doors.add("tcp");
    }
    if (idle.mqtt() > 0 || plan.doors().contains(Door.MQTT)) {
      doors.add("mqtt");
    }
    for (String door : doors) {
      URI uri = URI.create(args.text(door, ""));
      if (uri.getHost() == null || uri.getPort() < 0) {
        throw new IllegalArgumentException(
            "--" + door + "=" + uri + " must be SCHEME://HOST:PORT; or use --self");
      }
      if (!args.has("yes-really") && !isLoopback(uri.getHost())) {
        throw new IllegalArgumentException(
            "--" + door + "=" + uri + " is on another machine; say --yes-really if you mean it");
      }
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (IOException e) {
      return false;
    }
  }

  private void run() throws Exception {
    String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    LoadTarget target = target();
    FixClock clock = FixClock.of(plan, System.currentTimeMillis());
    String run = Long.toString(System.currentTimeMillis() / 1_000, Character.MAX_RADIX);
    LoadWorld world = new LoadWorld(target.admin(), plan, clock, run);
    String managerPassword = UUID.randomUUID().toString();
    progress(String.format(Locale.ROOT, "registering %,d phones", plan.devices()));
    target.await(() -> world.make(managerPassword));
    FloorProcess bare = plan.floor() ? FloorProcess.start(javaOptions()) : null;
    floor = bare;
    try (DoorRun doors = new DoorRun(plan, target, world, bare, Load::progress)) {
      if (plan.managers() > 0) {
        Api manager =
            target.await(() -> Api.login(vertx, target.api(), LoadWorld.MANAGER, managerPassword));
        doors.watch(manager.token());
      }
      if (idle.total() > 0) {
        withIdlePhones(started, target, world, doors);
      } else if (args.has("soak")) {
        soak(started, target, doors);
      } else {
        List<LoadRow> rows = new ArrayList<>();
        for (Door door : plan.doors()) {
          rows.add(
              plan.ramp()
                  ? doors.ramp(
                      door,
                      plan.ratePerSecond(),
                      args.integer("p99", 50, 1, 60_000),
                      args.has("keep-up"))
                  : doors.measure(door, plan.ratePerSecond()));
        }
        LoadReport report = new LoadReport(plan, started, rows);
        tell(report, report.text(), report.json());
      }
    }
  }

  private LoadTarget target() throws Exception {
    if (args.has("self")) {
      String password = UUID.randomUUID().toString();
      ServerProcess started = startServer(password);
      LoadTarget.Doors doors =
          new LoadTarget.Doors(started.device(), started.tcp(), started.mqtt());
      return LoadTarget.open(vertx, started.api(), doors, "admin", password, started);
    }
    String given = Objects.requireNonNullElse(System.getenv("HEXBEAT_ADMIN_PASSWORD"), "");
    return LoadTarget.open(
        vertx,
        URI.create(args.text("api", "")),
        new LoadTarget.Doors(URI.create(args.text("device", "")), uri("tcp"), uri("mqtt")),
        args.text("user", "admin"),
        args.text("password", given),
        null);
  }

  private @Nullable URI uri(String option) {
    String given = args.text(option);
    return given == null ? null : URI.create(given);
  }

  private void soak(String started, LoadTarget target, DoorRun doors) throws Exception {
    Soak soak = new Soak(target, args.integer("gc-every", 5, 1, 1_440), Load::progress).start();
    LoadRow row =
        doors.ours(plan.doors().get(0), plan.ratePerSecond(), plan.warmUpSeconds(), plan.seconds());
    soak.stop();
    LoadReport report = new LoadReport(plan, started, List.of(row));
    tell(report, report.text() + soak.text(), report.json().put("soak", soak.json()));
  }

  private void withIdlePhones(String started, LoadTarget target, LoadWorld world, DoorRun doors)
      throws Exception {
    Door door = plan.doors().get(0);
    progress(String.format(Locale.ROOT, "registering %,d idle phones", idle.total()));
    List<IdlePhone> phones = target.await(() -> world.enrolIdle(idle.total()));
    progress("measuring pings without them");
    Latencies without = row(doors, door).pings().acks();
    IdleReport cost = gather(target, phones, without);
    progress("measuring pings with them");
    LoadRow row = row(doors, door);
    cost.ended(target.figures(true));
    LoadReport report = new LoadReport(plan, started, List.of(row));
    Latencies with = row.pings().acks();
    tell(report, report.text() + cost.text(with), report.json().put("idle", cost.json(with)));
  }

  private LoadRow row(DoorRun doors, Door door) throws Exception {
    return doors.ours(door, plan.ratePerSecond(), plan.warmUpSeconds(), plan.seconds());
  }

  private void tell(LoadReport report, String text, JsonObject json) throws IOException {
    System.out.print(text);
    String machines = args.text("json");
    if (machines != null) {
      Files.writeString(Path.of(machines), json.encodePrettily());
    }
    String page = args.text("html");
    if (page != null) {
      Files.writeString(Path.of(page), HtmlReport.of(report, text));
    }
    String distributions = args.text("hgrm");
    if (distributions != null) {
      report.writeDistributions(Files.createDirectories(Path.of(distributions)));
    }
  }

  /** What goes on in the minutes before there is a report. */
  private static void progress(String line) {
    System.err.println("hexbeat load: " + line);
  }

  /** Connects the idle phones, kind by kind, with a look at the server after each. */
  private IdleReport gather(LoadTarget target, List<IdlePhone> phones, Latencies without)
      throws Exception {
    IdleDoors doors =
        new IdleDoors(
            vertx,
            target.door(Door.HTTP),
            idle.mqtt() > 0 ? target.door(Door.MQTT) : target.door(Door.HTTP),
            idle.total());
    IdleCrowd crowd = new IdleCrowd(vertx, doors, idle, Load::progress);
    IdleReport cost = new IdleReport(idle, without, target.figures(true));
    int from = 0;
    for (Kind kind : Kind.values()) {
      List<IdlePhone> ofKind = phones.subList(from, from += idle.of(kind));
      if (!ofKind.isEmpty()) {
        target.await(() -> crowd.open(kind, ofKind));
        cost.opened(kind, crowd.tally(kind), target.figures(true));
      }
    }
    return cost;
  }

  private ServerProcess startServer(String adminPassword) throws IOException {
    Path dir = Files.createTempDirectory("hexbeat-load-");
    temporaryDir = dir;
    ServerProcess started =
        ServerProcess.start(
            args.text("server-command", "./hexbeat"),
            dir,
            0,
            0,
            adminPassword,
            dir.resolve("server.log"),
            READY_WITHIN_SECONDS,
            settings(),
            String.join(" ", javaOptions()));
    server = started;
    return started;
  }

  /** JVM flags beside those of the launcher. */
  private List<String> javaOptions() {
    return args.has("heap") ? List.of("-Xmx" + args.text("heap", "")) : List.of();
  }

  /** What a server of its own is told: what acks wait for, and to let this fleet in. */
  private List<String> settings() {
    List<String> settings = new ArrayList<>();
    settings.add("journal.sync=" + args.text("journal-sync", "process"));
    int connections = idle.http() + idle.stream() + 2 * plan.devices() + 2 * plan.punchers();
    settings.add("device.connections=" + Math.max(USUAL_CONNECTIONS, connections));
    settings.add("tcp.connections=" + Math.max(USUAL_CONNECTIONS, 2 * plan.devices()));
    settings.add("device.connections_per_address=" + Math.max(USUAL_CONNECTIONS, 2 * connections));
    // what no phone sends, and a closed loop does
    settings.add("device.records_per_second=1000000");
    settings.add("device.records_burst=10000000");
    if (idle.total() > 0) {
      settings.add("device.idle_time=1h");
    }
    return settings;
  }

  private void tidyUp() {
    FloorProcess bare = floor;
    if (bare != null) {
      bare.close();
    }
    ServerProcess running = server;
    if (running != null) {
      running.close();
    }
    Path dir = temporaryDir;
    if (dir != null) {
      TemporaryDir.remove(dir);
    }
  }
}
