package io.hexbeat.load.faults;

import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.load.Api;
import io.hexbeat.load.ServerProcess;
import io.hexbeat.load.faults.Tables.Table;
import io.hexbeat.load.faults.Truth.Stored;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Holds what a started server has and says against the {@link Truth} and the {@link FenceHistory},
 * while nobody sends. The run's thread. Remembers how far it has read journal and tables, so that
 * each record is looked at once.
 */
final class Inspection {
  private static final long PROJECTED_WITHIN_MS = 60_000;
  private static final long LOOK_EVERY_MS = 20;
  private static final int PUNCHES_REPEATED = 3;

  private final PhoneLoop loop;
  private final House house;
  private final Enrolment enrolment;
  private final Truth truth;
  private final FenceHistory fences;
  private final Violations violations;
  private final long[] journalRead = new long[House.SHARDS];
  private final long[] tablesChecked = new long[House.SHARDS];
  private final Map<Table, Long> rowsExpected = new EnumMap<>(Table.class);

  Inspection(
      PhoneLoop loop,
      House house,
      Enrolment enrolment,
      Truth truth,
      FenceHistory fences,
      Violations violations) {
    this.loop = loop;
    this.house = house;
    this.enrolment = enrolment;
    this.truth = truth;
    this.fences = fences;
    this.violations = violations;
    Arrays.fill(journalRead, -1);
    Arrays.fill(tablesChecked, -1);
  }

  /** Nobody sends: journal, tables, presence and receipts stand still and must agree. */
  void check(Api admin, ServerProcess running) throws Exception {
    try (Tables tables = Tables.open(loop.vertx(), house.data())) {
      fences.settle(tables.fences(), tables.fenceVersion());
      for (int shard = 0; shard < House.SHARDS; shard++) {
        readJournal(shard);
      }
      truth.check();
      fences.checkAdopted();
      checkPresence(admin);
      checkTables(tables, running);
    }
    checkReceipts();
  }

  /**
   * Nobody sends: visits that were made piece by piece, through all that was done to the server,
   * must be those that are made of the whole at once, under the same names and versions.
   *
   * @return how many were compared
   */
  int checkVisits(ServerProcess running) throws Exception {
    List<String> members =
        enrolment.routes().stream().filter(Route::keepsSites).map(Route::member).toList();
    try (Tables tables = Tables.open(loop.vertx(), house.data())) {
      awaitVisits(tables, running);
      Map<String, String> found = tables.visits(members);
      tables.makeVisitsAgain(members);
      awaitVisits(tables, running);
      Map<String, String> expected = tables.visits(members);
      expected.forEach(
          (id, visit) -> {
            if (!visit.equals(found.get(id))) {
              violations.add("visits", id + " was " + found.get(id) + ", must be " + visit);
            }
          });
      return expected.size();
    }
  }

  private static void awaitVisits(Tables tables, ServerProcess running) throws Exception {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PROJECTED_WITHIN_MS);
    while (tables.visitsWait()) {
      if (System.nanoTime() > deadlineNs) {
        throw new IllegalStateException(
            "visits are not made after " + PROJECTED_WITHIN_MS + " ms:\n" + running.lastOutput());
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
  }

  private void readJournal(int shard) {
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

  private void checkPresence(Api admin) throws Exception {
    JsonArray positions =
        loop.await(() -> admin.get("/v1/positions")).getJsonArray("positions", new JsonArray());
    Map<String, String> found = new TreeMap<>();
    for (int i = 0; i < positions.size(); i++) {
      JsonObject position = positions.getJsonObject(i);
      List<String> in =
          position.getJsonArray("fences", new JsonArray()).stream()
              .map(String::valueOf)
              .sorted()
              .toList();
      found.put(
          position.getString("member"),
          in
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

  private void checkReceipts() throws Exception {
    for (Map.Entry<String, Truth.Punch> punch : truth.answered(PUNCHES_REPEATED).entrySet()) {
      String token = enrolment.token(punch.getValue().phone);
      String again = Crowd.repeat(house.device(), token, punch.getValue().body);
      if (!again.equals("200 " + punch.getValue().receipt)) {
        violations.add("receipt", "punch " + punch.getKey() + " sent again: " + again);
      }
    }
  }

  private void checkTables(Tables tables, ServerProcess running) throws Exception {
    for (int shard = 0; shard < House.SHARDS; shard++) {
      awaitProjected(tables, shard, running);
    }
    compare(tables, Table.POSITIONS, truth.takePositions());
    compare(tables, Table.TRANSITIONS, truth.takeTransitions());
    compare(tables, Table.PUNCHES, truth.takePunches());
    compare(tables, Table.ALERTS, truth.takeAlerts());
    System.arraycopy(journalRead, 0, tablesChecked, 0, House.SHARDS);
  }

  private void awaitProjected(Tables tables, int shard, ServerProcess running) throws Exception {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PROJECTED_WITHIN_MS);
    while (tables.progress(shard) < journalRead[shard]) {
      if (System.nanoTime() > deadlineNs) {
        throw new IllegalStateException(
            "shard "
                + shard
                + " is not projected after "
                + PROJECTED_WITHIN_MS
                + " ms:\n"
                + running.lastOutput());
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
  }

  private void compare(Tables tables, Table table, List<Stored> expected) throws Exception {
    Map<Stored, Integer> difference = new HashMap<>();
    expected.forEach(row -> difference.merge(row, 1, Integer::sum));
    for (int shard = 0; shard < House.SHARDS; shard++) {
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
}
