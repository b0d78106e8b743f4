package io.hexbeat.load;

import com.sun.management.OperatingSystemMXBean;
import io.hexbeat.load.floor.FloorServer;
import io.hexbeat.load.phone.HttpWire;
import io.hexbeat.load.phone.MqttWire;
import io.hexbeat.load.phone.PhoneWire;
import io.hexbeat.load.phone.Route;
import io.hexbeat.load.phone.StreamWire;
import io.hexbeat.load.phone.TcpWire;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures doors, one after the other, on two loops: one sends, one listens. The main thread's; its
 * methods block. The floor is measured before and after, while a server of ours stands still, so
 * that whatever else goes on at this machine meets both.
 */
final class DoorRun implements AutoCloseable {
  private static final long START_IN_NS = 200_000_000;
  private static final long LAST_FRAMES_MS = 500;
  private static final int PUNCH_WINDOW = 16;
  private static final int RELAY_WINDOW = 256;

  /** A second time the bare servers are warm. */
  private static final int WARM_AGAIN_SECONDS = 1;

  /** Managers whose frames are read; those of the others are counted. */
  private static final int PROBES = 2;

  private static final int RAMP_WARM_UP_SECONDS = 2;

  /** A rate is kept up with if less than so many seconds of it wait at the end. */
  private static final long LAG_SECONDS = 1;

  private static final String STREAM = "/v1/stream";
  private static final long RUN_WITHIN_SECONDS = 2 * LoadPlan.MAX_SECONDS;
  private static final double NS_PER_SECOND = 1e9;

  private final LoadPlan plan;
  private final LoadTarget target;
  private final LoadWorld world;
  private final @Nullable FloorProcess floor;
  private final Consumer<String> progress;
  private final Sender sending = new Sender("load-sender");
  private final Sender listening = new Sender("load-listener");
  private final List<LiveProbe> probes = new ArrayList<>();
  private final List<LiveSocket> managers = new ArrayList<>();
  private String managerToken = "";
  private long nextPing;
  private long nextPunch;

  /** What was measured beside the pings of the floor. */
  private record Beside(FleetResult pings, @Nullable FleetResult punches) {
    Beside plus(Beside other) {
      FleetResult more = other.punches;
      return new Beside(
          pings.plus(other.pings),
          punches == null ? more : more == null ? punches : punches.plus(more));
    }
  }

  DoorRun(
      LoadPlan plan,
      LoadTarget target,
      LoadWorld world,
      @Nullable FloorProcess floor,
      Consumer<String> progress) {
    this.plan = plan;
    this.target = target;
    this.world = world;
    this.floor = floor;
    this.progress = progress;
  }

  /** Managers watch while the server is measured. */
  void watch(String managerToken) {
    this.managerToken = managerToken;
  }

  /**
   * Opens the managers' sockets; the server may have closed those of before while it was frozen.
   */
  private void openManagers() throws Exception {
    for (int i = 0; i < plan.managers() && !managerToken.isEmpty(); i++) {
      LiveProbe probe = i < PROBES ? new LiveProbe(world.clock()) : null;
      if (probe != null) {
        probes.add(probe);
      }
      LiveSocket manager =
          new LiveSocket(target.api(), "/v1/live", managerToken, world.subscription(i), probe);
      await(listening, () -> manager.open(listening));
      managers.add(manager);
    }
  }

  private void closeManagers() throws Exception {
    await(
        listening,
        () -> {
          managers.forEach(LiveSocket::close);
          return Future.succeededFuture();
        });
    managers.clear();
    probes.clear();
  }

  /** The floor, the server and the floor again at one rate. */
  LoadRow measure(Door door, int ratePerSecond) throws Exception {
    Beside before = null;
    Latencies relay = null;
    int half = Math.max(1, plan.seconds() / 2);
    FloorProcess bare = floor;
    if (bare != null) {
      target.freeze();
      before = bare(bare, door, ratePerSecond, plan.warmUpSeconds(), half);
      relay = relay(bare, door, ratePerSecond, plan.warmUpSeconds(), half);
      target.thaw();
    }
    LoadRow ours = ours(door, ratePerSecond, plan.warmUpSeconds(), plan.seconds());
    if (bare == null || before == null) {
      return ours;
    }
    if (!target.settle()) {
      progress.accept("the server is still storing; it stands still while the floor is measured");
    }
    target.freeze();
    before = before.plus(bare(bare, door, ratePerSecond, WARM_AGAIN_SECONDS, half));
    Latencies again = relay(bare, door, ratePerSecond, WARM_AGAIN_SECONDS, half);
    target.thaw();
    if (relay != null && again != null) {
      relay.add(again);
    }
    return ours.beside(before.pings, relay, before.punches);
  }

  /** The server alone. */
  LoadRow ours(Door door, int ratePerSecond, int warmUpSeconds, int seconds) throws Exception {
    openManagers();
    try {
      return watched(door, ratePerSecond, warmUpSeconds, seconds);
    } finally {
      closeManagers();
    }
  }

  private LoadRow watched(Door door, int ratePerSecond, int warmUpSeconds, int seconds)
      throws Exception {
    int batch = door.batch(plan.batch());
    LoadSchedule pings = schedule(batch, ratePerSecond, warmUpSeconds, seconds, nextPing);
    long bytesBefore = liveBytes();
    double serverBefore = target.processorSeconds();
    double senderBefore = senderSeconds();
    long beginNs = System.nanoTime();
    Fleet fleet = fleet(door, target.door(door), batch);
    Fleet punching = punchers(target.door(Door.HTTP));
    Beside result;
    try {
      result = run(second -> ourLine(door, second), fleet, punching, pings, probes);
    } finally {
      nextPing = Math.max(nextPing, close(fleet));
      nextPunch = punching == null ? nextPunch : Math.max(nextPunch, close(punching));
    }
    double elapsedSeconds = (System.nanoTime() - beginNs) / NS_PER_SECOND;
    double serverSeconds = target.processorSeconds() - serverBefore;
    double senderSeconds = senderSeconds() - senderBefore;
    // what was acked last may still be on its way to the managers
    TimeUnit.MILLISECONDS.sleep(LAST_FRAMES_MS);
    Latencies live = new Latencies();
    await(
        listening,
        () -> {
          probes.forEach(probe -> live.add(probe.latencies()));
          return Future.succeededFuture();
        });
    long messages = result.pings.acked() / batch;
    boolean all = plan.membersAView() >= plan.devices() && !pings.closed();
    return new LoadRow(
        door,
        batch,
        ratePerSecond,
        result.pings,
        null,
        live,
        null,
        all ? Math.max(0, messages * probes.size() - live.count()) : 0,
        liveBytes() - bytesBefore,
        (int) managers.stream().filter(LiveSocket::closed).count(),
        result.punches,
        null,
        Stages.of(target.metrics()),
        serverSeconds / elapsedSeconds,
        senderSeconds / elapsedSeconds,
        null);
  }

  /**
   * The highest rate that holds, and what was measured there.
   *
   * @param p99Ms what the acks' p99 must stay under
   * @param keepUp whether PostgreSQL must keep up as well
   */
  LoadRow ramp(Door door, int firstPerSecond, int p99Ms, boolean keepUp) throws Exception {
    Ramp ramp = new Ramp(firstPerSecond, plan.highestRate());
    // a server that has just started would fail at what it holds when it is warm
    if (plan.warmUpSeconds() > 0) {
      ours(door, Math.max(1, firstPerSecond / 2), 0, plan.warmUpSeconds());
    }
    LoadRow best = null;
    LoadRow row = null;
    while (ramp.next() > 0) {
      int rate = ramp.next();
      if (!target.settle()) {
        progress.accept("the server is still storing what came before");
      }
      long lagBefore = target.lagRecords();
      row = ours(door, rate, Math.min(RAMP_WARM_UP_SECONDS, plan.warmUpSeconds()), plan.seconds());
      long lag = target.lagRecords() - lagBefore;
      String failure = failure(row, p99Ms, keepUp && lag > rate * LAG_SECONDS, lag);
      ramp.tried(rate, row.pings().acks().ms(99), failure);
      progress.accept(
          String.format(
              Locale.ROOT, "%,d/s %s", rate, failure.isEmpty() ? "held" : "failed: " + failure));
      best = failure.isEmpty() && (best == null || rate >= ramp.held()) ? row : best;
    }
    LoadRow told = best == null ? row : best;
    if (told == null) {
      throw new IllegalStateException("nothing was tried");
    }
    return told.found(ramp);
  }

  private static String failure(LoadRow row, int p99Ms, boolean behind, long lag) {
    FleetResult pings = row.pings();
    double p99 = pings.acks().ms(99);
    if (pings.lost() + pings.refused() + pings.unsent() > 0) {
      return String.format(
          Locale.ROOT,
          "lost %,d, refused %,d, unsent %,d",
          pings.lost(),
          pings.refused(),
          pings.unsent());
    }
    if (p99 > p99Ms) {
      return String.format(Locale.ROOT, "p99 of %.1f ms", p99);
    }
    return behind ? String.format(Locale.ROOT, "PostgreSQL fell %,d records behind", lag) : "";
  }

  @Override
  public void close() {
    sending.close();
    listening.close();
  }

  private Beside bare(
      FloorProcess bare, Door door, int ratePerSecond, int warmUpSeconds, int seconds)
      throws Exception {
    int batch = door.batch(plan.batch());
    Fleet fleet = fleet(door, bare.door(door), batch);
    Fleet punching = punchers(bare.door(Door.HTTP));
    try {
      return run(
          second -> "floor " + door.label() + second,
          fleet,
          punching,
          schedule(batch, ratePerSecond, warmUpSeconds, seconds, 0),
          List.of());
    } finally {
      close(fleet);
      if (punching != null) {
        close(punching);
      }
    }
  }

  /** The same pings through a bare relay, or null if nobody watches. */
  private @Nullable Latencies relay(
      FloorProcess bare, Door door, int ratePerSecond, int warmUpSeconds, int seconds)
      throws Exception {
    if (plan.managers() == 0 || ratePerSecond == 0) {
      return null;
    }
    int batch = door.batch(plan.batch());
    LiveProbe probe = new LiveProbe(world.clock());
    LiveSocket manager = new LiveSocket(bare.door(Door.WS), FloorServer.LIVE, "", "", probe);
    URI at = bare.door(Door.WS);
    Fleet fleet =
        new Fleet(
            sending,
            at,
            plan.devices(),
            i -> new StreamWire(at.getAuthority(), FloorServer.RELAY, "", world.route(i), batch),
            RELAY_WINDOW,
            true);
    LoadSchedule schedule = schedule(batch, ratePerSecond, warmUpSeconds, seconds, 0);
    await(listening, () -> manager.open(listening));
    try {
      run(second -> "floor live" + second, fleet, null, schedule, List.of(probe));
      TimeUnit.MILLISECONDS.sleep(LAST_FRAMES_MS);
    } finally {
      close(fleet);
      await(
          listening,
          () -> {
            manager.close();
            return Future.succeededFuture();
          });
    }
    return probe.latencies();
  }

  /** Connects, and only then sets the time of the first ping: handshakes are not measured. */
  private Beside run(
      Function<Second, String> told,
      Fleet fleet,
      @Nullable Fleet punching,
      LoadSchedule schedule,
      List<LiveProbe> watching)
      throws Exception {
    await(sending, fleet::open);
    if (punching != null) {
      await(sending, punching::open);
    }
    LoadSchedule pings = schedule.from(System.nanoTime() + START_IN_NS);
    await(
        listening,
        () -> {
          watching.forEach(probe -> probe.measure(pings));
          return Future.succeededFuture();
        });
    Future<FleetResult> pinging =
        sending.call(() -> fleet.run(pings, second -> progress.accept(told.apply(second))));
    FleetResult punched = null;
    if (punching != null) {
      LoadSchedule punches = pings.beside(plan.punchers(), plan.punchesPerSecond(), nextPunch);
      punched = await(sending, () -> punching.run(punches, second -> {}));
    }
    return new Beside(pinging.await(RUN_WITHIN_SECONDS, TimeUnit.SECONDS), punched);
  }

  private LoadSchedule schedule(
      int batch, int ratePerSecond, int warmUpSeconds, int seconds, long firstPing) {
    return new LoadSchedule(
        plan.devices(),
        batch,
        ratePerSecond,
        0,
        warmUpSeconds * LoadSchedule.NS_PER_SECOND,
        seconds * LoadSchedule.NS_PER_SECOND,
        firstPing);
  }

  private Fleet fleet(Door door, URI at, int batch) {
    return new Fleet(
        sending, at, plan.devices(), i -> wire(door, at, i, batch), plan.windowOf(door), false);
  }

  private PhoneWire wire(Door door, URI at, int number, int batch) {
    LoadWorld.Key key = world.phone(number);
    Route route = world.route(number);
    return switch (door) {
      case HTTP -> HttpWire.pings(at.getAuthority(), key.token(), route, batch);
      case OSMAND -> HttpWire.osmand(at.getAuthority(), key.token(), route);
      case WS -> new StreamWire(at.getAuthority(), STREAM, key.token(), route, batch);
      case TCP -> new TcpWire(key.token(), route, batch);
      case MQTT -> new MqttWire(key.device(), key.token(), route);
    };
  }

  private @Nullable Fleet punchers(URI at) {
    if (plan.punchesPerSecond() == 0) {
      return null;
    }
    IntFunction<PhoneWire> wires =
        i ->
            HttpWire.punches(
                at.getAuthority(), world.puncher(i).token(), world.route(i), world.punchPrefix(i));
    return new Fleet(sending, at, plan.punchers(), wires, PUNCH_WINDOW, false);
  }

  private String ourLine(Door door, Second second) {
    return String.format(
        Locale.ROOT, "%-6s%s  PostgreSQL behind by %,d", door.label(), second, target.lagSeen());
  }

  /** Gives its connections up; answers its next ping. */
  private long close(Fleet fleet) throws Exception {
    return await(
        sending,
        () -> {
          fleet.close();
          return Future.succeededFuture(fleet.nextPing());
        });
  }

  private long liveBytes() {
    return managers.stream().mapToLong(LiveSocket::bytes).sum();
  }

  private static <T> T await(Sender on, Supplier<Future<T>> action) throws Exception {
    return on.call(action).await(RUN_WITHIN_SECONDS, TimeUnit.SECONDS);
  }

  private static double senderSeconds() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime() / NS_PER_SECOND
        : 0;
  }
}
