package io.hexbeat.load.sim;

import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.sim.PresenceFigures;
import io.hexbeat.geofence.sim.PresenceScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The rows of {@code hexbeat sim presence}: transitions of each kind of day, then dwells. */
final class PresenceSim {
  private PresenceSim() {}

  static List<SimRow> rows(long seed, int people, int days, Consumer<String> progress) {
    List<PresenceFigures.Row> figures =
        new PresenceFigures(seed, people, days, PresencePolicy.DEFAULT).all(progress);
    List<SimRow> rows = new ArrayList<>();
    for (PresenceFigures.Row row : figures) {
      rows.add(transitions(row));
    }
    for (PresenceFigures.Row row : figures.subList(0, 2)) {
      rows.add(dwells(row));
    }
    return rows;
  }

  private static SimRow transitions(PresenceFigures.Row row) {
    PresenceScore ours = row.ours();
    PresenceScore naive = row.naive();
    return new SimRow(
        row.kind(),
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
