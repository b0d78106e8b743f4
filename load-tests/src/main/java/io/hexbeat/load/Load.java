package io.hexbeat.load;

import io.hexbeat.load.IdlePlan.Kind;
import io.hexbeat.load.LoadPlan.Door;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code hexbeat load}: an open-loop fleet against a server, its own with {@code --self}, and a
 * report of how long acks and live positions took. The main thread sets up and waits; one Vert.x
 * loop sends, another listens, a third keeps idle connections. Stops by itself. Exit 0 with a
 * report, 1 when the run failed, 2 for wrong arguments.
 */
public final class Load {
  static final String HELP =
      """
      usage: hexbeat load --self [options]
             hexbeat load --api URL --device URL [--mqtt URL] --user NAME --password TEXT [options]

        --self             start a server of its own on a temporary data directory
        --api, --device, --mqtt  the doors of a running server; its data gets a team "load" with members and fences
        --user, --password an administrator of that server (default admin, HEXBEAT_ADMIN_PASSWORD)
        --doors http|osmand  how pings go in: POST /v1/pings, or Traccar Client's form (default http)
        --devices N        phones, each on its own connection (default 200)
        --rate R           pings a second of all together (default 1000)
        --seconds S        measured (default 30)
        --warm-up S        before that, not measured (default 10)
        --managers M       live sockets that watch all of it (default 1)
        --heap SIZE        -Xmx of the server of --self, such as 1g (default: what Java takes, a quarter of the machine)
        --journal-sync MODE  what acks of the server of --self wait for: process, interval, commit (default process)
        --idle-stream N    besides, WebSockets /v1/stream of N more phones that only stay connected
        --idle-http N      the same by keep-alive connections of HTTP
        --idle-mqtt N      the same by MQTT
        --idle-rate R      how many of them connect in a second (default 500)
        --source-addresses K  they come from 127.0.0.1 to 127.0.0.K in turn (default 1, and 1 more each 5,000)
        --json FILE        the report for machines
        --remote           allow doors on another machine
        --help             this text

      Pings leave on a fixed schedule, whatever the server does; latencies count from the intended send time.
      Lost means neither acknowledged nor refused with 503; nothing is sent again.

      Idle phones send one ping each, then nothing but the keep-alives of their protocol. With them pings are measured
      twice, before and after they have come, and the report tells what a connection costs the server. A server of
      --self gets device.idle_time=1h then; another one closes silent HTTP connections when its own is over.
      """;

  private static final String TEAM = "load";
  private static final String MANAGER = "load-manager";
  private static final long READY_WITHIN_SECONDS = 180;
  private static final long SET_UP_WITHIN_SECONDS = 600;
  private static final long START_IN_MS = 200;
  private static final long LAST_FRAMES_MS = 500;
  private static final int ENROL_LANES = 8;
  private static final int USUAL_CONNECTIONS = 20_000;

  private final Args args;
  private final LoadPlan plan;
  private final IdlePlan idle;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3));
  private final Context sending = vertx.getOrCreateContext();
  private final Context listening = vertx.getOrCreateContext();
  private final Context idling = vertx.getOrCreateContext();

  // written by the main thread, read by the shutdown hook
  private volatile @Nullable ServerProcess server;
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
      Args args =
          Args.parse(
              argv,
              Set.of(
                  "server-command",
                  "api",
                  "device",
                  "mqtt",
                  "user",
                  "password",
                  "doors",
                  "devices",
                  "rate",
                  "seconds",
                  "warm-up",
                  "managers",
                  "idle-stream",
                  "idle-http",
                  "idle-mqtt",
                  "idle-rate",
                  "source-addresses",
                  "heap",
                  "journal-sync",
                  "json"),
              Set.of("self", "remote"));
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
    String door = args.text("doors", "http").toUpperCase(Locale.ROOT);
    if (Stream.of(Door.values()).noneMatch(known -> known.name().equals(door))) {
      throw new IllegalArgumentException("--doors=" + door + " must be http or osmand");
    }
    return new LoadPlan(
        Door.valueOf(door),
        args.integer("devices", 200, 1, LoadPlan.MAX_DEVICES),
        args.integer("rate", 1_000, 1, LoadPlan.MAX_RATE_PER_SECOND),
        args.integer("warm-up", 10, 0, LoadPlan.MAX_SECONDS),
        args.integer("seconds", 30, 1, LoadPlan.MAX_SECONDS),
        args.integer("managers", 1, 0, LoadPlan.MAX_MANAGERS));
  }

  static IdlePlan idlePlan(Args args) {
    int stream = args.integer("idle-stream", 0, 0, IdlePlan.MAX_CONNECTIONS);
    int http = args.integer("idle-http", 0, 0, IdlePlan.MAX_CONNECTIONS);
    int mqtt = args.integer("idle-mqtt", 0, 0, IdlePlan.MAX_CONNECTIONS);
    int usual = IdlePlan.usualSourceAddresses(stream + http + mqtt);
    // nothing on another machine answers an address of the loopback
    int sources =
        args.has("remote")
            ? 0
            : args.integer("source-addresses", usual, 1, IdlePlan.MAX_SOURCE_ADDRESSES);
    if (args.has("remote") && args.has("source-addresses")) {
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
    for (String door :
        idle.mqtt() > 0 ? List.of("api", "device", "mqtt") : List.of("api", "device")) {
      URI uri = URI.create(args.text(door, ""));
      if (uri.getHost() == null || uri.getPort() < 0) {
        throw new IllegalArgumentException(
            "--" + door + "=" + uri + " must be SCHEME://HOST:PORT; or use --self");
      }
      if (!args.has("remote") && !isLoopback(uri.getHost())) {
        throw new IllegalArgumentException(
            "--" + door + "=" + uri + " is on another machine; say --remote if you mean it");
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
    URI api = URI.create(args.text("api", ""));
    URI device = URI.create(args.text("device", ""));
    URI mqtt = URI.create(args.text("mqtt", ""));
    String given = System.getenv("HEXBEAT_ADMIN_PASSWORD");
    String password = args.text("password", given == null ? "" : given);
    if (args.has("self")) {
      password = UUID.randomUUID().toString();
      ServerProcess started = startServer(password);
      api = started.api();
      device = started.device();
      mqtt = started.mqtt();
    }
    URI apiUri = api;
    String adminPassword = password;
    Api admin =
        await(sending, () -> Api.login(vertx, apiUri, args.text("user", "admin"), adminPassword));
    String managerPassword = UUID.randomUUID().toString();
    List<String> tokens = await(sending, () -> prepare(admin, managerPassword));
    List<LiveProbe> probes = openProbes(apiUri, managerPassword);
    if (idle.total() == 0) {
      LoadReport report = measure(device, tokens, probes);
      tell(report.text(), report.json());
      return;
    }
    List<IdlePhone> phones = await(sending, () -> enrolIdle(admin));
    progress("measuring pings without them");
    Latencies without = measure(device, tokens, probes).acks();
    IdleReport cost =
        gather(admin, new IdleDoors(vertx, device, mqtt, idle.total()), phones, without);
    progress("measuring pings with them");
    LoadReport report = measure(device, tokens, probes);
    cost.ended(figures(admin));
    tell(
        report.text() + cost.text(report.acks()),
        report.json().put("idle", cost.json(report.acks())));
  }

  private void tell(String text, JsonObject json) throws IOException {
    System.out.print(text);
    String file = args.text("json");
    if (file != null) {
      Files.writeString(Path.of(file), json.encodePrettily());
    }
  }

  /** What goes on in the minutes before there is a report. */
  private static void progress(String line) {
    System.err.println("hexbeat load: " + line);
  }

  /** Connects the idle phones, kind by kind, with a look at the server after each. */
  private IdleReport gather(Api admin, IdleDoors doors, List<IdlePhone> phones, Latencies without)
      throws Exception {
    IdleCrowd crowd = new IdleCrowd(vertx, doors, idle, Load::progress);
    IdleReport cost = new IdleReport(idle, without, figures(admin));
    int from = 0;
    for (Kind kind : Kind.values()) {
      List<IdlePhone> ofKind = phones.subList(from, from += idle.of(kind));
      if (!ofKind.isEmpty()) {
        await(idling, () -> crowd.open(kind, ofKind));
        cost.opened(kind, crowd.tally(kind), figures(admin));
      }
    }
    return cost;
  }

  /** The server with its garbage collected, where it is ours. */
  private ServerFigures figures(Api admin) throws Exception {
    ServerProcess ours = server;
    long pid = ours == null ? ServerFigures.UNKNOWN : ours.pid();
    boolean collected = ours != null && ServerFigures.collectGarbage(pid);
    long database =
        ours == null ? ServerFigures.UNKNOWN : ours.databasePid().orElse(ServerFigures.UNKNOWN);
    return ServerFigures.of(await(sending, () -> admin.text("/metrics")), pid, database, collected);
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
            args.has("heap") ? "-Xmx" + args.text("heap", "") : "");
    server = started;
    return started;
  }

  /** What a server of its own is told: what acks wait for, and to keep the idle phones. */
  private List<String> settings() {
    List<String> settings = new ArrayList<>();
    settings.add("journal.sync=" + args.text("journal-sync", "process"));
    if (idle.total() > 0) {
      int connections = idle.http() + idle.stream() + 2 * plan.devices();
      settings.add("device.idle_time=1h");
      settings.add("device.connections=" + Math.max(USUAL_CONNECTIONS, connections));
    }
    return settings;
  }

  /** Manager, team, fences, members; the tokens of their phones. */
  private Future<List<String>> prepare(Api admin, String managerPassword) {
    JsonObject team =
        new JsonObject().put("name", "Load").put("managers", new JsonArray().add(MANAGER));
    List<Integer> numbers = new ArrayList<>();
    for (int i = 1; i <= plan.devices(); i++) {
      numbers.add(i);
    }
    List<String> tokens = new ArrayList<>();
    return admin
        .account(MANAGER, "manager", managerPassword)
        .compose(made -> admin.put("/v1/teams/" + TEAM, team))
        .compose(made -> admin.importFences(LoadCity.fences()))
        .compose(made -> Api.inLanes(ENROL_LANES, numbers, number -> enrol(admin, number, tokens)))
        .map(made -> tokens);
  }

  private static Future<Void> enrol(Api admin, int number, List<String> tokens) {
    String id = "load-" + number;
    return member(admin, id)
        .compose(made -> admin.enrol(id, "load-phone-" + number, "Load phone"))
        .onSuccess(tokens::add)
        .mapEmpty();
  }

  private Future<List<IdlePhone>> enrolIdle(Api admin) {
    progress(String.format(Locale.ROOT, "registering %,d idle phones", idle.total()));
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < idle.total(); i++) {
      numbers.add(i);
    }
    List<IdlePhone> phones = new ArrayList<>();
    return Api.inLanes(ENROL_LANES, numbers, number -> enrolIdle(admin, number, phones))
        .map(made -> phones);
  }

  private static Future<Void> enrolIdle(Api admin, int number, List<IdlePhone> phones) {
    String id = "idle-" + number;
    String device = "idle-phone-" + number;
    return member(admin, id)
        .compose(made -> admin.enrol(id, device, "Idle phone"))
        .onSuccess(token -> phones.add(new IdlePhone(number, device, token)))
        .mapEmpty();
  }

  private static Future<JsonObject> member(Api admin, String id) {
    return admin.put("/v1/members/" + id, new JsonObject().put("name", id).put("team", TEAM));
  }

  private List<LiveProbe> openProbes(URI api, String managerPassword) throws Exception {
    List<LiveProbe> probes = new ArrayList<>();
    if (plan.managers() == 0) {
      return probes;
    }
    Api manager = await(listening, () -> Api.login(vertx, api, MANAGER, managerPassword));
    for (int i = 0; i < plan.managers(); i++) {
      probes.add(await(listening, () -> new LiveProbe().open(manager)));
    }
    return probes;
  }

  private LoadReport measure(URI device, List<String> tokens, List<LiveProbe> probes)
      throws Exception {
    Instant start = Instant.now().plusMillis(START_IN_MS);
    LoadSchedule schedule =
        new LoadSchedule(plan, start.toEpochMilli(), System.nanoTime() + START_IN_MS * 1_000_000);
    listening.runOnContext(go -> probes.forEach(probe -> probe.measure(schedule)));
    Fleet fleet = new Fleet(vertx, device, tokens, schedule);
    await(sending, fleet::run);
    fleet.close();
    // what was acked last may still be on its way to the managers
    TimeUnit.MILLISECONDS.sleep(LAST_FRAMES_MS);
    return await(listening, () -> Future.succeededFuture(report(start, fleet, probes)));
  }

  private LoadReport report(Instant start, Fleet fleet, List<LiveProbe> probes) {
    Latencies live = new Latencies();
    probes.forEach(probe -> live.add(probe.latencies()));
    int closed = (int) probes.stream().filter(LiveProbe::closed).count();
    return LoadReport.of(plan, start, fleet, live, closed);
  }

  private <T> T await(Context context, Supplier<Future<T>> action) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(go -> action.get().onComplete(done));
    long limit = SET_UP_WITHIN_SECONDS + plan.warmUpSeconds() + plan.seconds();
    return done.future().await(limit, TimeUnit.SECONDS);
  }

  private void tidyUp() {
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
