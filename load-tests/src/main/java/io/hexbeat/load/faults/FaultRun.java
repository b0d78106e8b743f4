package io.hexbeat.load.faults;

import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.load.Api;
import io.hexbeat.load.ServerProcess;
import io.hexbeat.load.faults.Tables.Table;
import io.hexbeat.load.faults.Truth.Stored;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run: load, a fault, the server's end, a start, and everything held against the {@link Truth};
 * again and again. Blocks the thread that calls {@link #run}. What happens in which round is drawn
 * from the seed and the round's number alone; at which record it hits is up to the machine.
 */
final class FaultRun implements AutoCloseable {
  private static final int HTTP_PHONES = 8;
  private static final int OSMAND_PHONES = 4;
  private static final int STREAM_PHONES = 6;
  private static final int GATEWAY_PHONES = 8;
  private static final int PHONES = HTTP_PHONES + OSMAND_PHONES + STREAM_PHONES + GATEWAY_PHONES;
  private static final int SHARDS = 2;

  /** Fixes lie a second apart and are sent much faster, so the first is long ago. */
  private static final Duration FIRST_FIX_BEFORE = Duration.ofDays(20);

  private static final String TEAM = "walkers";
  private static final String BREAKER = "breaker";
  private static final long WITHIN_SECONDS = 60;
  private static final long PROJECTED_WITHIN_MS = 60_000;
  private static final long LOOK_EVERY_MS = 20;
  private static final int PUNCHES_REPEATED = 3;
  private static final int[] CLOCK_HOURS = {-30, -1, 1, 30};

  private final FaultPlan plan;
  private final Consumer<String> progress;
  private final Violations violations = new Violations();
  private final Map<FaultKind, Integer> faults = new EnumMap<>(FaultKind.class);
  private final List<String> skipped = new ArrayList<>();
  private final House house;
  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setBlockedThreadCheckInterval(60_000));
  private final Context loop = vertx.getOrCreateContext();
  private final Instant startedAt = Instant.now();
  private final long startNs = System.nanoTime();
  private final List<String> tokens = new ArrayList<>();
  private final long[] journalRead = new long[SHARDS];
  private final long[] tablesChecked = new long[SHARDS];
  private final Map<Table, Long> rowsExpected = new EnumMap<>(Table.class);
  private volatile @Nullable ServerProcess server;
  private String breakerToken = "";
  private String gatewayToken = "";
  private int rounds;

  FaultRun(FaultPlan plan, Consumer<String> progress) throws IOException {
    this.plan = plan;
    this.progress = progress;
    this.house = new House(plan);
    if (plan.kinds().contains(FaultKind.CLOCK) && !house.hasFakeClock()) {
      skipped.add("clock: libfaketime is not installed (Debian: apt-get install faketime)");
    }
    Arrays.fill(journalRead, -1);
    Arrays.fill(tablesChecked, -1);
  }

  FaultReport run() throws Exception {
    long firstFixMs = startedAt.minus(FIRST_FIX_BEFORE).toEpochMilli();
    List<Route> routes = new ArrayList<>();
    for (int phone = 0; phone < PHONES; phone++) {
      routes.add(new Route(plan.seed(), phone, firstFixMs));
    }
    start(0);
    Api admin = login();
    onLoop(() -> prepare(admin, routes));
    Truth truth = truth(routes);
    Crowd crowd = crowd(truth);
    try {
      while (!over()) {
        round(truth, crowd);
      }
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
  }

  private boolean over() {
    return count(FaultKind.KILL) + count(FaultKind.KILL_STARTING) >= plan.kills()
        || Duration.ofNanos(System.nanoTime() - startNs).toSeconds() >= plan.seconds();
  }

  private void round(Truth truth, Crowd crowd) throws Exception {
    rounds++;
    Random random = new Random(plan.seed() * 1_000_003 + rounds);
    crowd.resume(login());
    TimeUnit.MILLISECONDS.sleep(100 + random.nextInt(1_200));
    boolean hindered = hinder(crowd, random);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(600));
    end(random, hindered);
    crowd.pause();
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
    start(clockHours);
    check(truth);
    progress.accept(
        String.format(
            "%d kills, %d rounds, %,d acks, %s",
            count(FaultKind.KILL) + count(FaultKind.KILL_STARTING),
            rounds,
            truth.acks(),
            violations.none() ? "no violation" : "VIOLATIONS " + violations.counts()));
  }

  /** Something happens while it serves; true if its end may not be clean then. */
  private boolean hinder(Crowd crowd, Random random) throws Exception {
    List<FaultKind> possible =
        List.of(
            FaultKind.FREEZE,
            FaultKind.PG_KILL,
            FaultKind.PG_FREEZE,
            FaultKind.PG_STOP,
            FaultKind.SLOW_READER,
            FaultKind.BROKEN_FRAME);
    FaultKind kind = possible.get(random.nextInt(possible.size()));
    long holdMs = 200L + random.nextInt(1_500);
    ServerProcess running = running();
    long database = running.databasePid().orElse(-1L);
    if (!plan.kinds().contains(kind) || random.nextInt(3) == 0 || database < 0) {
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
      case SLOW_READER -> crowd.stopReading();
      case BROKEN_FRAME -> crowd.breakOff(breakerToken, house.devicePort(), house.tcpPort());
      case KILL, KILL_STARTING, TERM, TORN_TAIL, CLOCK ->
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

  private void killWhileStarting(Random random) throws Exception {
    int times = plan.kinds().contains(FaultKind.KILL_STARTING) ? random.nextInt(3) : 0;
    for (int i = 0; i < times && !over(); i++) {
      ServerProcess starting = house.launch(0);
      TimeUnit.MILLISECONDS.sleep(random.nextInt(4_500));
      starting.kill();
      counted(FaultKind.KILL_STARTING);
    }
  }

  private void start(int clockHours) throws IOException {
    ServerProcess starting = house.launch(clockHours);
    server = starting;
    House.awaitReady(starting);
  }

  /** Nobody sends: journal, tables, presence and receipts stand still and must agree. */
  private void check(Truth truth) throws Exception {
    for (int shard = 0; shard < SHARDS; shard++) {
      try (JournalTailer tailer = JournalTailer.readOnly(house.journal(), shard)) {
        if (journalRead[shard] >= 0 && !tailer.moveAfter(journalRead[shard])) {
          violations.add("lost", "the journal of shard " + shard + " has lost its last record");
          tailer.toStart();
        }
        while (tailer.next()) {
          journalRead[shard] = tailer.index();
          truth.stored(shard, tailer.index(), tailer.bytes());
        }
      }
    }
    truth.check();
    checkPresence(truth);
    checkTables(truth);
    for (Map.Entry<String, Truth.Punch> punch : truth.answered(PUNCHES_REPEATED).entrySet()) {
      String again =
          Crowd.repeat(house.device(), tokens.get(punch.getValue().phone), punch.getValue().body);
      if (!again.equals("200 " + punch.getValue().receipt)) {
        violations.add("receipt", "punch " + punch.getKey() + " sent again: " + again);
      }
    }
  }

  private void checkPresence(Truth truth) throws Exception {
    Api admin = login();
    JsonArray positions =
        onLoop(() -> admin.get("/v1/positions")).getJsonArray("positions", new JsonArray());
    Map<String, String> found = new TreeMap<>();
    for (int i = 0; i < positions.size(); i++) {
      JsonObject position = positions.getJsonObject(i);
      List<String> fences =
          position.getJsonArray("fences", new JsonArray()).stream()
              .map(String::valueOf)
              .sorted()
              .toList();
      found.put(
          position.getString("member"),
          fences
              + " "
              + Math.round(position.getDouble("lat") * 1e7)
              + " "
              + Math.round(position.getDouble("lng") * 1e7));
    }
    truth
        .presence()
        .forEach(
            (member, expected) -> {
              String told = found.remove(member);
              if (!expected.equals(told)) {
                violations.add("presence", member + " is " + told + ", must be " + expected);
              }
            });
    found.forEach(
        (member, told) -> violations.add("presence", member + " is nowhere, not " + told));
  }

  private void checkTables(Truth truth) throws Exception {
    try (Tables tables = Tables.open(vertx, house.data())) {
      for (int shard = 0; shard < SHARDS; shard++) {
        awaitProjected(tables, shard);
      }
      compare(tables, Table.POSITIONS, truth.takePositions());
      compare(tables, Table.TRANSITIONS, truth.takeTransitions());
      compare(tables, Table.PUNCHES, truth.takePunches());
      compare(tables, Table.ALERTS, truth.takeAlerts());
    }
    System.arraycopy(journalRead, 0, tablesChecked, 0, SHARDS);
  }

  private void awaitProjected(Tables tables, int shard) throws Exception {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PROJECTED_WITHIN_MS);
    while (tables.progress(shard) < journalRead[shard]) {
      if (System.nanoTime() > deadlineNs) {
        throw new IllegalStateException(
            "shard "
                + shard
                + " is not projected after "
                + PROJECTED_WITHIN_MS
                + " ms:\n"
                + running().lastOutput());
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
  }

  private void compare(Tables tables, Table table, List<Stored> expected) throws Exception {
    Map<Stored, Integer> difference = new HashMap<>();
    expected.forEach(row -> difference.merge(row, 1, Integer::sum));
    for (int shard = 0; shard < SHARDS; shard++) {
      for (Stored row : tables.after(table, shard, tablesChecked[shard])) {
        difference.merge(row, -1, Integer::sum);
      }
    }
    difference.forEach(
        (row, missing) -> {
          if (missing > 0) {
            violations.add("lost", row + " is not in the table " + table);
          } else if (missing < 0) {
            violations.add("duplicated", row + " is once too often in the table " + table);
          }
        });
    long rows = rowsExpected.merge(table, (long) expected.size(), Long::sum);
    long found = tables.count(table);
    if (found != rows) {
      violations.add(
          found < rows ? "lost" : "duplicated",
          "the table " + table + " has " + found + " rows, must have " + rows);
      rowsExpected.put(table, found);
    }
  }

  private Truth truth(List<Route> routes) throws Exception {
    try (Tables tables = Tables.open(vertx, house.data())) {
      Map<String, Integer> handles = tables.deviceHandles();
      Map<Integer, Integer> phones = new HashMap<>();
      for (int phone = 0; phone < PHONES; phone++) {
        phones.put(Objects.requireNonNull(handles.get(routes.get(phone).device())), phone);
      }
      return new Truth(routes, phones, tables.fences(), violations);
    }
  }

  private Crowd crowd(Truth truth) throws Exception {
    Crowd crowd = new Crowd(vertx, loop, truth);
    int phone = 0;
    for (; phone < HTTP_PHONES + OSMAND_PHONES; phone++) {
      int number = phone;
      crowd.add(
          () ->
              new HttpPhone(
                  vertx,
                  truth,
                  number,
                  tokens.get(number),
                  house.devicePort(),
                  number >= HTTP_PHONES,
                  plan.seed()));
    }
    for (; phone < PHONES - GATEWAY_PHONES; phone++) {
      int number = phone;
      crowd.add(
          () ->
              new StreamPhone(
                  vertx, truth, violations, number, tokens.get(number), house.devicePort()));
    }
    List<Integer> behind = new ArrayList<>();
    for (; phone < PHONES; phone++) {
      behind.add(phone);
    }
    crowd.add(
        () -> new GatewayPhones(vertx, truth, violations, behind, gatewayToken, house.tcpPort()));
    return crowd;
  }

  private Future<Void> prepare(Api admin, List<Route> routes) {
    List<JsonObject> fences = routes.stream().flatMap(route -> route.fences().stream()).toList();
    JsonObject gateway =
        new JsonObject().put("id", "depot").put("device_prefixes", new JsonArray());
    JsonArray devices = new JsonArray();
    routes.subList(PHONES - GATEWAY_PHONES, PHONES).forEach(route -> devices.add(route.device()));
    return admin
        .put("/v1/teams/" + TEAM, new JsonObject().put("name", "Walkers"))
        .compose(made -> admin.importFences(fences))
        .compose(made -> Api.oneAfterAnother(routes, route -> enrol(admin, route)))
        .compose(made -> member(admin, BREAKER))
        .compose(made -> admin.enrol(BREAKER, BREAKER, "Breaks off"))
        .onSuccess(token -> breakerToken = token)
        .compose(made -> admin.post("/v1/gateways", gateway.put("devices", devices)))
        .onSuccess(made -> gatewayToken = made.getString("token"))
        .mapEmpty();
  }

  private Future<Void> enrol(Api admin, Route route) {
    return member(admin, route.member())
        .compose(made -> admin.enrol(route.member(), route.device(), "Walks"))
        .onSuccess(tokens::add)
        .mapEmpty();
  }

  private static Future<JsonObject> member(Api admin, String id) {
    return admin.put("/v1/members/" + id, new JsonObject().put("name", id).put("team", TEAM));
  }

  private Api login() throws Exception {
    return onLoop(() -> Api.login(vertx, house.api(), House.ADMIN, house.password()));
  }

  private <T> T onLoop(Supplier<Future<T>> action) throws Exception {
    Promise<T> done = Promise.promise();
    loop.runOnContext(go -> action.get().onComplete(done));
    return done.future().await(WITHIN_SECONDS, TimeUnit.SECONDS);
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
