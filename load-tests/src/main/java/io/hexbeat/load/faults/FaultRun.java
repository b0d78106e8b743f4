package io.hexbeat.load.faults;

import io.hexbeat.load.Api;
import io.hexbeat.load.ServerProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: load, a fault, the server's end, a start, and everything held against the {@link Truth};
 * again and again. Blocks the thread that calls {@link #run}. What happens in which round is drawn
 * from the seed and the round's number alone; at which record it hits is up to the machine.
 */
final class FaultRun implements AutoCloseable {
  /** Fixes lie a second apart and are sent much faster, so the first is long ago. */
  private static final Duration FIRST_FIX_BEFORE = Duration.ofDays(20);

  /** A server on a disk that was full goes on by itself within a second. */
  private static final long ROOM_SEEN_MS = 1_500;

  /** All visits are made again after so many rounds and after the last one. */
  private static final int VISITS_EVERY = 10;

  private static final int[] CLOCK_HOURS = {-30, -1, 1, 30};

  private final FaultPlan plan;
  private final Consumer<String> progress;
  private final Violations violations = new Violations();
  private final Map<FaultKind, Integer> faults = new EnumMap<>(FaultKind.class);
  private final List<String> skipped = new ArrayList<>();
  private final House house;
  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setBlockedThreadCheckInterval(60_000));
  private final PhoneLoop loop = new PhoneLoop(vertx);
  private final Instant startedAt = Instant.now();
  private final long startNs = System.nanoTime();
  private final @Nullable JournalDisk disk;
  private volatile @Nullable ServerProcess server;
  private int rounds;
  private long visits;

  FaultRun(FaultPlan plan, Consumer<String> progress) throws IOException, InterruptedException {
    this.plan = plan;
    this.progress = progress;
    this.house = new House(plan);
    if (plan.kinds().contains(FaultKind.CLOCK) && !house.hasFakeClock()) {
      skipped.add("clock: libfaketime is not installed (Debian: apt-get install faketime)");
    }
    for (Path left : Leftovers.clear()) {
      progress.accept("unmounted what a run that is gone had left in " + left);
    }
    Leftovers.claim(plan.dir());
    boolean wantsDisk =
        plan.kinds().contains(FaultKind.DISK_FULL) || plan.kinds().contains(FaultKind.DISK_HANG);
    this.disk = wantsDisk ? JournalDisk.mount(plan.dir(), house.journal()) : null;
    if (wantsDisk && disk == null) {
      skipped.add("disk-full, disk-hang: no file system can be mounted here; it needs root");
    }
  }

  FaultReport run() throws Exception {
    long firstFixMs = startedAt.minus(FIRST_FIX_BEFORE).toEpochMilli();
    Enrolment enrolment = new Enrolment(plan.seed(), firstFixMs);
    start(0);
    Api admin = login();
    loop.await(() -> enrolment.register(admin));
    FenceHistory fences;
    Truth truth;
    try (Tables tables = Tables.open(vertx, house.data())) {
      fences = new FenceHistory(tables.fences(), tables.fenceVersion(), House.SHARDS, violations);
      truth =
          new Truth(
              enrolment.routes(), enrolment.phones(tables.deviceHandles()), fences, violations);
    }
    Crowd crowd = crowd(enrolment, truth, fences);
    Inspection inspection = new Inspection(loop, house, enrolment, truth, fences, violations);
    try {
      while (!over()) {
        round(truth, crowd, inspection, enrolment.breakerToken());
      }
      visits = inspection.checkVisits(running());
    } catch (IOException | IllegalStateException e) {
      violations.add("stopped", String.valueOf(e.getMessage()));
    }
    return new FaultReport(
        plan,
        startedAt,
        Duration.ofNanos(System.nanoTime() - startNs).toSeconds(),
        rounds,
        faults,
        truth.acks(),
        truth.records(),
        truth.toldEvents(),
        fences.acknowledged(),
        visits,
        violations.counts(),
        violations.told(),
        skipped);
  }

  @Override
  public void close() {
    abandon();
    vertx.close().await();
  }

  /** The run is given up in the middle: leaves no server behind. Any thread. */
  void abandon() {
    ServerProcess running = server;
    if (running != null) {
      running.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  private boolean over() {
    return count(FaultKind.KILL) + count(FaultKind.KILL_STARTING) >= plan.kills()
        || Duration.ofNanos(System.nanoTime() - startNs).toSeconds() >= plan.seconds();
  }

  private Crowd crowd(Enrolment enrolment, Truth truth, FenceHistory fences) throws Exception {
    return loop.await(
        () ->
            Future.succeededFuture(
                new Crowd(
                    loop,
                    truth,
                    enrolment.clients(vertx, truth, violations, house, plan.seed()),
                    new FenceEditor(vertx, fences, violations, enrolment.routes(), plan.seed()))));
  }

  private void round(Truth truth, Crowd crowd, Inspection inspection, String breakerToken)
      throws Exception {
    rounds++;
    Random random = new Random(plan.seed() * 1_000_003 + rounds);
    crowd.resume(login());
    TimeUnit.MILLISECONDS.sleep(100 + random.nextInt(1_200));
    boolean hindered = hinder(crowd, breakerToken, random);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(600));
    if (disk != null && disk.full()) {
      disk.free();
      TimeUnit.MILLISECONDS.sleep(ROOM_SEEN_MS);
    }
    end(random, hindered);
    crowd.pause();
    fillDisk(random);
    int clockHours =
        house.hasFakeClock() && mayHappen(FaultKind.CLOCK, random, 6)
            ? CLOCK_HOURS[random.nextInt(CLOCK_HOURS.length)]
            : 0;
    killWhileStarting(random);
    violations.during(
        "round " + rounds + ", start " + (house.starts() + 1) + ", clock " + clockHours + " h");
    if (clockHours != 0) {
      counted(FaultKind.CLOCK);
    }
    startWhereThereIsRoom(clockHours);
    inspection.check(login(), running());
    if (rounds % VISITS_EVERY == 0) {
      visits = inspection.checkVisits(running());
    }
    progress.accept(
        String.format(
            "%d kills, %d rounds, %,d acks, %s",
            count(FaultKind.KILL) + count(FaultKind.KILL_STARTING),
            rounds,
            truth.acks(),
            violations.none() ? "no violation" : "VIOLATIONS " + violations.counts()));
  }

  /** Something happens while it serves; true if its end may not be clean then. */
  private boolean hinder(Crowd crowd, String breakerToken, Random random) throws Exception {
    List<FaultKind> possible =
        List.of(
            FaultKind.FREEZE,
            FaultKind.PG_KILL,
            FaultKind.PG_FREEZE,
            FaultKind.PG_STOP,
            FaultKind.DISK_HANG,
            FaultKind.SLOW_READER,
            FaultKind.BROKEN_FRAME);
    FaultKind kind = possible.get(random.nextInt(possible.size()));
    long holdMs = 200L + random.nextInt(1_500);
    ServerProcess running = running();
    long database = running.databasePid().orElse(-1L);
    JournalDisk hanging = disk;
    if (!plan.kinds().contains(kind)
        || random.nextInt(3) == 0
        || database < 0
        || (kind == FaultKind.DISK_HANG && hanging == null)) {
      return false;
    }
    counted(kind);
    switch (kind) {
      case FREEZE -> {
        Signals.send("STOP", running.pid());
        TimeUnit.MILLISECONDS.sleep(holdMs);
        Signals.send("CONT", running.pid());
      }
      case PG_KILL -> {
        Signals.send("KILL", database);
        TimeUnit.MILLISECONDS.sleep(holdMs);
      }
      case PG_STOP -> {
        Signals.send("INT", database);
        TimeUnit.MILLISECONDS.sleep(holdMs);
      }
      case PG_FREEZE -> {
        Signals.sendToAll("STOP", database);
        TimeUnit.MILLISECONDS.sleep(holdMs);
        Signals.sendToAll("CONT", database);
      }
      case DISK_HANG -> {
        Objects.requireNonNull(hanging).freeze();
        TimeUnit.MILLISECONDS.sleep(holdMs);
        hanging.thaw();
      }
      case SLOW_READER -> crowd.stopReading();
      case BROKEN_FRAME -> crowd.breakOff(breakerToken, house.devicePort(), house.tcpPort());
      case KILL, KILL_STARTING, TERM, TORN_TAIL, DISK_FULL, CLOCK ->
          throw new IllegalStateException(kind + " is not done while it serves");
    }
    return kind == FaultKind.PG_KILL || kind == FaultKind.PG_STOP;
  }

  private void end(Random random, boolean hindered) throws Exception {
    ServerProcess running = running();
    server = null;
    if (!running.alive()) {
      violations.add("stopped", "the server died by itself:\n" + running.lastOutput());
    }
    boolean term = mayHappen(FaultKind.TERM, random, 5) || !plan.kinds().contains(FaultKind.KILL);
    if (term) {
      counted(FaultKind.TERM);
      running.close();
      if (!hindered && running.exitCode() != 0) {
        violations.add(
            "stopped", "SIGTERM ended in " + running.exitCode() + ":\n" + running.lastOutput());
      }
      return;
    }
    counted(FaultKind.KILL);
    running.kill();
    if (mayHappen(FaultKind.TORN_TAIL, random, 3) && TornTail.cut(house.journal(), random)) {
      counted(FaultKind.TORN_TAIL);
    }
  }

  /** No space is left, nor any that the journals had taken ahead. */
  private void fillDisk(Random random) throws IOException {
    if (mayHappen(FaultKind.DISK_FULL, random, 5) && disk != null) {
      TornTail.cut(house.journal(), random);
      disk.fill();
      counted(FaultKind.DISK_FULL);
    }
  }

  private void killWhileStarting(Random random) throws Exception {
    int times = plan.kinds().contains(FaultKind.KILL_STARTING) ? random.nextInt(3) : 0;
    for (int i = 0; i < times && !over(); i++) {
      ServerProcess starting = house.launch(0);
      TimeUnit.MILLISECONDS.sleep(random.nextInt(4_500));
      starting.kill();
      counted(FaultKind.KILL_STARTING);
    }
  }

  /** A server may refuse to start on a full disk, since new fences have to be journaled first. */
  private void startWhereThereIsRoom(int clockHours) throws IOException {
    try {
      start(clockHours);
    } catch (IOException e) {
      if (disk == null || !disk.full()) {
        throw e;
      }
      progress.accept("a start on a full disk was refused");
      disk.free();
      start(clockHours);
    }
  }

  private void start(int clockHours) throws IOException {
    ServerProcess starting = house.launch(clockHours);
    server = starting;
    House.awaitReady(starting);
  }

  private Api login() throws Exception {
    return loop.await(() -> Api.login(vertx, house.api(), House.ADMIN, house.password()));
  }

  private ServerProcess running() {
    return Objects.requireNonNull(server, "no server runs");
  }

  private boolean mayHappen(FaultKind kind, Random random, int onceIn) {
    return random.nextInt(onceIn) == 0 && plan.kinds().contains(kind);
  }

  private void counted(FaultKind kind) {
    faults.merge(kind, 1, Integer::sum);
  }

  private int count(FaultKind kind) {
    return faults.getOrDefault(kind, 0);
  }
}
