package io.hexbeat.api.http;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts of alerts by signal, team, status and severity. Filled once, by one thread; holds a few
 * numbers a signal and team. The false-positive rate is that of decided alerts only: unclear ones
 * say nothing of the signal, and neither do those that nobody has looked at.
 */
final class AlertFigures {
  private final Map<String, Count> bySignal = new TreeMap<>();
  private final Map<String, Count> byTeam = new TreeMap<>();
  private final Map<String, Integer> byStatus = new TreeMap<>();
  private final Map<String, Integer> unresolvedBySeverity = new TreeMap<>();

  /** Alerts by what became of them. */
  private static final class Count {
    private long occurrences;
    private int raised;
    private int confirmed;
    private int honest;
    private int unclear;

    void add(@Nullable String resolution, int alerts, long occurrencesOfThem) {
      raised += alerts;
      occurrences += occurrencesOfThem;
      switch (resolution == null ? "" : resolution) {
        case "confirmed" -> confirmed += alerts;
        case "honest" -> honest += alerts;
        case "unclear" -> unclear += alerts;
        default -> {}
      }
    }

    JsonObject toJson() {
      int decided = confirmed + honest;
      return new JsonObject()
          .put("raised", raised)
          .put("occurrences", occurrences)
          .put("unresolved", raised - decided - unclear)
          .put("confirmed", confirmed)
          .put("honest", honest)
          .put("unclear", unclear)
          .put("false_positive_rate", decided == 0 ? null : (Double) (honest / (double) decided));
    }
  }

  private AlertFigures() {}

  /** Of rows {@code member, kind, status, severity, resolution, alerts, occurrences}. */
  static AlertFigures of(RowSet<Row> rows, Directory directory) {
    AlertFigures figures = new AlertFigures();
    for (Row row : rows) {
      Member member = directory.member(row.getInteger("member"));
      int alerts = row.getInteger("alerts");
      long occurrences = row.getLong("occurrences");
      String status = row.getString("status");
      String resolution = row.getString("resolution");
      figures
          .bySignal
          .computeIfAbsent(row.getString("kind"), kind -> new Count())
          .add(resolution, alerts, occurrences);
      if (member != null) {
        figures
            .byTeam
            .computeIfAbsent(member.teamId(), team -> new Count())
            .add(resolution, alerts, occurrences);
      }
      figures.byStatus.merge(status, alerts, Integer::sum);
      if (resolution == null) {
        figures.unresolvedBySeverity.merge(row.getString("severity"), alerts, Integer::sum);
      }
    }
    return figures;
  }

  JsonObject toJson() {
    JsonObject signals = new JsonObject();
    bySignal.forEach((kind, count) -> signals.put(kind, count.toJson()));
    JsonObject teams = new JsonObject();
    byTeam.forEach((team, count) -> teams.put(team, count.toJson()));
    JsonObject statuses = new JsonObject();
    byStatus.forEach(statuses::put);
    JsonObject severities = new JsonObject();
    unresolvedBySeverity.forEach(severities::put);
    return new JsonObject()
        .put("by_signal", signals)
        .put("by_team", teams)
        .put("by_status", statuses)
        .put("unresolved_by_severity", severities);
  }
}
