package io.hexbeat.load.demo;

import io.hexbeat.load.Api;
import io.hexbeat.load.Args;
import io.hexbeat.load.ServerProcess;
import io.hexbeat.load.TemporaryDir;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code hexbeat demo}: starts a server as a child process, makes a company in a real city through
 * the public API, and replays real traces as its phones until it is stopped. The main thread sets
 * up and shows progress, one Vert.x loop does the rest. SIGINT and SIGTERM end replay and server in
 * order and exit 0; a failure exits 1 and says why, wrong arguments exit 2.
 */
public final class Demo {
  static final String HELP =
      """
      usage: hexbeat demo [options]

        --speed N          how many times faster than real until the replay catches up (default 30)
        --data DIR         data directory, kept afterwards (default: a temporary one, removed)
        --api-port N       managers, REST, console (default 8080, or a free one if that is taken)
        --device-port N    phones (default 5055, or a free one if that is taken)
        --password TEXT    of the demo's managers (default: a random one, printed)
        --seed N           of everything that is made up: accuracy, battery, punches (default 1)
        --no-server        use a running server: --api URL --device URL, and --user and --admin-password
                           of an administrator
        --help             this text
      """;

  private static final ZoneId AUSTIN = ZoneId.of("America/Chicago");

  /** When the replayed day starts: most vehicles are on the road by then. */
  private static final Duration DAY_START = Duration.ofHours(7);

  private static final int DEFAULT_API_PORT = 8080;
  private static final int DEFAULT_DEVICE_PORT = 5055;
  private static final long READY_WITHIN_SECONDS = 180;
  private static final long SET_UP_WITHIN_SECONDS = 120;
  private static final long TERMINAL_LINE_MS = 500;
  private static final long PLAIN_LINE_MS = 5_000;
  private static final String PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

  private final Args args;
  private final String password;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context loop = vertx.getOrCreateContext();

  // written by the main thread, read by the shutdown hook
  private volatile @Nullable ServerProcess server;
  private volatile @Nullable Path temporaryDir;
  private volatile @Nullable Replay replay;
  private volatile boolean stopping;

  private Demo(Args args) {
    this.args = args;
    this.password = args.text("password", randomPassword());
  }

  public static void main(String[] argv) {
    if (List.of(argv).contains("--help") || List.of(argv).contains("-h")) {
      System.out.print(HELP);
      return;
    }
    Demo demo;
    try {
      Args args =
          Args.parse(
              argv,
              Set.of(
                  "speed",
                  "data",
                  "api-port",
                  "device-port",
                  "password",
                  "seed",
                  "server-command",
                  "api",
                  "device",
                  "user",
                  "admin-password"),
              Set.of("no-server"));
      if (!args.has("no-server") && !args.has("server-command")) {
        throw new IllegalArgumentException("--server-command is missing; start by ./hexbeat demo");
      }
      demo = new Demo(args);
    } catch (IllegalArgumentException e) {
      System.err.println("hexbeat demo: " + e.getMessage());
      System.exit(2);
      return;
    }
    Thread hook = new Thread(demo::stopBySignal, "demo-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      demo.run();
    } catch (Exception e) {
      demo.fail(e);
    }
  }

  private void run() throws Exception {
    URI api;
    URI device;
    String adminPassword;
    if (args.has("no-server")) {
      api = URI.create(args.text("api", "http://127.0.0.1:" + DEFAULT_API_PORT));
      device = URI.create(args.text("device", "http://127.0.0.1:" + DEFAULT_DEVICE_PORT));
      adminPassword = args.text("admin-password", "");
    } else {
      Path dir = dataDir();
      adminPassword = adminPassword(dir);
      ServerProcess started = startServer(dir, adminPassword);
      api = started.api();
      device = started.device();
    }
    Api admin = await(() -> Api.login(vertx, api, args.text("user", "admin"), adminPassword));
    await(() -> Company.found(admin, password));
    tellLogin(api);
    Replay prepared = prepare(admin, device);
    replay = prepared;
    Api manager = await(() -> Api.login(vertx, api, Company.MANAGER, password));
    loop.runOnContext(go -> prepared.start(manager));
    show(prepared);
  }

  private ServerProcess startServer(Path dir, String adminPassword) throws IOException {
    int apiPort = port("api-port", DEFAULT_API_PORT);
    int devicePort = port("device-port", DEFAULT_DEVICE_PORT);
    Path log = dir.resolve("server.log");
    System.out.println("starting the server; its output goes to " + log);
    ServerProcess started =
        ServerProcess.start(
            args.text("server-command", "./hexbeat"),
            dir,
            apiPort,
            devicePort,
            adminPassword,
            log,
            READY_WITHIN_SECONDS,
            List.of(),
            "");
    server = started;
    return started;
  }

  private int port(String option, int otherwise) {
    int asked = args.integer(option, otherwise, 0, 65_535);
    if (args.has(option) || ServerProcess.freePortOr0(asked) == asked) {
      return asked;
    }
    System.out.println("port " + asked + " is taken: using a free one instead (--" + option + ")");
    return 0;
  }

  private Path dataDir() throws IOException {
    String given = args.text("data");
    if (given != null) {
      return Files.createDirectories(Path.of(given)).toAbsolutePath();
    }
    Path dir = Files.createTempDirectory("hexbeat-demo-");
    temporaryDir = dir;
    return dir;
  }

  /** A kept data directory knows its administrator's password, so that the demo can come back. */
  private static String adminPassword(Path dir) throws IOException {
    Path file = dir.resolve("demo-admin-password");
    if (Files.exists(file)) {
      return Files.readString(file).trim();
    }
    String given = System.getenv("HEXBEAT_ADMIN_PASSWORD");
    String chosen = given == null || given.isEmpty() ? randomPassword() : given;
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, chosen);
    return chosen;
  }

  private void tellLogin(URI api) {
    System.out.println();
    System.out.println("  Live map   " + api);
    System.out.println("  Log in     " + Company.MANAGER + " / " + password);
    System.out.println(
        "             (north, central, east, south: the same password, one team each)");
    System.out.println();
  }

  /** Fences, members and phones. */
  private Replay prepare(Api admin, URI device) throws Exception {
    Random random = new Random(args.integer("seed", 1, 0, Integer.MAX_VALUE));
    City city = City.read();
    List<Shift> shifts = fleet(city, random);
    int frauds = Cheating.sprinkle(shifts, city, DAY_START.toMillis(), random);
    await(() -> admin.importFences(city.features()));
    List<Replay.Rep> reps =
        await(() -> Company.hire(admin, shifts, Long.toString(System.currentTimeMillis(), 36)));
    int speed = args.integer("speed", 30, 1, 600);
    ReplayClock clock = ReplayClock.startingAt(System.currentTimeMillis(), speed);
    System.out.printf(
        "%d customers and territories, %d members, %d frauds planned%n",
        city.features().size(), reps.size(), frauds);
    tellClock(clock);
    return new Replay(vertx, device, reps, clock, DAY_START.toMillis());
  }

  static List<Shift> fleet(City city, Random random) throws IOException {
    List<Shift> shifts = new ArrayList<>();
    for (VehicleDay day : VehicleDay.readAll(City.open("austin_buses.csv.gz"), AUSTIN)) {
      VehicleDay working = day.from(DAY_START.toMillis());
      if (!working.fixes().isEmpty()) {
        shifts.add(Shift.of(working, city, random));
      }
    }
    return shifts;
  }

  private static void tellClock(ReplayClock clock) {
    long minutes = Math.round((clock.caughtUpWallMs() - clock.startWallMs()) / 60_000.0);
    if (minutes > 0) {
      System.out.printf(
          "the phones' day started %.1f h ago and runs %d times as fast as yours; in %d min it has "
              + "caught up with now and goes on at real speed%n",
          clock.lagMs() / 3_600_000.0, clock.speed(), minutes);
    } else {
      System.out.println(
          "the phones' day runs at real speed: each reports about every two minutes");
    }
    System.out.println("Ctrl-C ends the demo");
  }

  /** Until the server ends or a signal comes. */
  private void show(Replay playing) throws InterruptedException, IOException {
    boolean terminal = isTerminal();
    boolean caughtUp = playing.caughtUp();
    boolean over = false;
    while (!stopping) {
      TimeUnit.MILLISECONDS.sleep(terminal ? TERMINAL_LINE_MS : PLAIN_LINE_MS);
      ServerProcess running = server;
      if (running != null && !running.alive() && !stopping) {
        throw new IOException(
            "the server ended by itself; the end of its output:\n" + running.lastOutput());
      }
      String line = playing.tally().line();
      String refusal = playing.firstRefusal();
      if (refusal != null) {
        line += " (first refusal: " + refusal + ")";
      }
      System.out.print(terminal ? "\r" + line + "\u001b[K" : line + "\n");
      System.out.flush();
      if (!caughtUp && playing.caughtUp()) {
        caughtUp = true;
        System.out.println(
            (terminal ? "\n" : "") + "caught up with now: from here on at real speed");
      }
      if (!over && playing.finished()) {
        over = true;
        System.out.println(
            (terminal ? "\n" : "") + "the recorded day is over; the server stays up");
      }
    }
  }

  /** With this provider of the console a JDK 22 or newer answers null for a pipe, as 17 does. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    System.setProperty("jdk.console", "java.base");
    return System.console() != null;
  }

  private <T> T await(Supplier<Future<T>> action) throws Exception {
    Promise<T> done = Promise.promise();
    loop.runOnContext(go -> action.get().onComplete(done));
    return done.future().await(SET_UP_WITHIN_SECONDS, TimeUnit.SECONDS);
  }

  private void fail(Exception e) {
    if (stopping) {
      return;
    }
    stopping = true;
    System.err.println("hexbeat demo: " + (e.getMessage() == null ? e : e.getMessage()));
    tidyUp();
    Runtime.getRuntime().halt(1);
  }

  /**
   * A JVM that ends by a signal exits with the signal's number; a demo that was stopped is fine.
   */
  private void stopBySignal() {
    if (stopping) {
      return;
    }
    stopping = true;
    System.out.println("\nstopping");
    tidyUp();
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private void tidyUp() {
    Replay begun = replay;
    if (begun != null) {
      begun.stop();
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

  private static String randomPassword() {
    SecureRandom random = new SecureRandom();
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      password.append(PASSWORD_LETTERS.charAt(random.nextInt(PASSWORD_LETTERS.length())));
    }
    return password.toString();
  }
}
