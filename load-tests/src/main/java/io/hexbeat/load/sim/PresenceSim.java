package io.hexbeat.load.sim;

import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.sim.PresenceFigures;
import io.hexbeat.geofence.sim.PresenceScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of {@code hexbeat sim presence}: transitions of each kind of day, then dwells. */
final class PresenceSim {
  private static final String STRICT = PresenceFigures.HEADLINE + "_strict";

  private PresenceSim() {}

  /** What late fixes amended is told of these kinds of days. */
  private static final Set<String> WITH_LATE_FIXES = Set.of("mixed", "dead_zone_newest_first");

  static List<SimRow> rows(
      long seed, int people, int days, PresenceFigures.Rules rules, boolean misses) {
    List<PresenceFigures.Row> figures =
        new PresenceFigures(seed, people, days, PresencePolicy.DEFAULT, rules)
            .all(kind -> System.err.println("simulating " + kind));
    System.err.println("simulating " + STRICT);
    PresenceFigures.Row strict =
        new PresenceFigures(
                seed, people, days, PresencePolicy.DEFAULT, PresenceFigures.Rules.STRICT)
            .headline();
    List<SimRow> rows = new ArrayList<>();
    rows.add(transitions(figures.get(0).kind(), figures.get(0).ours(), figures.get(0).naive()));
    rows.add(transitions(STRICT, strict.ours(), strict.naive()));
    for (PresenceFigures.Row row : figures.subList(1, figures.size())) {
      rows.add(transitions(row.kind(), row.ours(), row.naive()));
      if (WITH_LATE_FIXES.contains(row.kind())) {
        rows.add(transitions(row.kind() + "_live", row.live(), row.naive()));
      }
    }
    for (PresenceFigures.Row row : figures.subList(0, 2)) {
      rows.add(dwells(row));
    }
    if (misses) {
      for (PresenceFigures.Row row : figures) {
        row.ours().misses().forEach(miss -> System.out.println(row.kind() + " " + miss));
      }
    }
    return rows;
  }

  private static SimRow transitions(String kind, PresenceScore ours, PresenceScore naive) {
    return new SimRow(
        kind,
        ours.cases(),
        ours.precision(),
        ours.recall(),
        ours.falsePairsPerPersonWeek(),
        naive.precision(),
        naive.recall(),
        Map.of("naive_false_per_person_week", naive.falsePairsPerPersonWeek()));
  }

  private static SimRow dwells(PresenceFigures.Row row) {
    PresenceScore ours = row.ours();
    PresenceScore naive = row.naive();
    return new SimRow(
        "dwell_" + row.kind(),
        ours.dwellCases(),
        ours.dwellPrecision(),
        ours.dwellRecall(),
        ours.falseDwellsPerPersonWeek(),
        naive.dwellPrecision(),
        naive.dwellRecall(),
        Map.of());
  }
}
