package io.hexbeat.load.sim;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;

/**
 * One line of a simulation's report. Immutable; any thread.
 *
 * @param kind what was asked
 * @param cases how many true ones there were
 * @param falsePerPersonWeek told of nothing, a person and week
 * @param bySignal figures of parts, where there are any
 */
record SimRow(
    String kind,
    long cases,
    double precision,
    double recall,
    double falsePerPersonWeek,
    double naivePrecision,
    double naiveRecall,
    Map<String, Object> bySignal) {
  static final String HEAD =
      String.format(
          Locale.ROOT,
          "%-24s %9s %9s %9s %12s %12s %12s",
          "kind",
          "cases",
          "precision",
          "recall",
          "false/week",
          "naive prec.",
          "naive recall");

  SimRow {
    bySignal = Map.copyOf(bySignal);
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%-24s %,9d %9.4f %9.4f %12.2f %12.4f %12.4f",
        kind,
        cases,
        precision,
        recall,
        falsePerPersonWeek,
        naivePrecision,
        naiveRecall);
  }

  JsonObject json() {
    return new JsonObject()
        .put("kind", kind)
        .put("cases", cases)
        .put("precision", precision)
        .put("recall", recall)
        .put("false_per_person_week", falsePerPersonWeek)
        .put("naive_precision", naivePrecision)
        .put("naive_recall", naiveRecall)
        .put("by_signal", new JsonObject(bySignal));
  }
}
