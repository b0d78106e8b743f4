package io.hexbeat.load.faults;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run has found. Immutable; any thread.
 *
 * @param rounds starts that were checked
 * @param faults how many of each kind
 * @param acks acknowledgements that were held against journal and tables
 * @param records of the journal
 * @param events told to the manager's socket
 * @param edits of fences that were answered
 * @param visits that were compared with what is made of the whole at once
 * @param violations by kind; none is good
 * @param told the first of them in words
 * @param skipped kinds that this machine can't do, and why
 */
record FaultReport(
    FaultPlan plan,
    Instant startedAt,
    long seconds,
    int rounds,
    Map<FaultKind, Integer> faults,
    long acks,
    long records,
    long events,
    long edits,
    long visits,
    Map<String, Long> violations,
    List<String> told,
    List<String> skipped) {
  boolean good() {
    return violations.isEmpty();
  }

  int kills() {
    return faults.getOrDefault(FaultKind.KILL, 0) + faults.getOrDefault(FaultKind.KILL_STARTING, 0);
  }

  /** For people. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            """
            faults     %,d kills and %,d other faults in %,d rounds, %,d s, seed %d
            checked    %,d acks, %,d journal records, %,d events told, %,d fence edits
            lost       %,d acknowledged records
            duplicated %,d records in journal or tables
            repeated   %,d events told
            presence   %,d mismatches
            visits     %,d mismatches in %,d visits
            """,
            kills(),
            faults.values().stream().mapToInt(count -> count).sum() - kills(),
            rounds,
            seconds,
            plan.seed(),
            acks,
            records,
            events,
            edits,
            of("lost"),
            of("duplicated"),
            of("repeated"),
            of("presence"),
            of("visits"),
            visits));
    faults.forEach(
        (kind, count) ->
            text.append(
                String.format(Locale.ROOT, "           %-14s %,6d%n", kind.label(), count)));
    violations.forEach(
        (kind, count) ->
            text.append("violated   ").append(kind).append(' ').append(count).append('\n'));
    told.forEach(words -> text.append("           ").append(words).append('\n'));
    skipped.forEach(words -> text.append("skipped    ").append(words).append('\n'));
    return text.toString();
  }

  /** For machines. */
  JsonObject json() {
    JsonObject counts = new JsonObject();
    faults.forEach((kind, count) -> counts.put(kind.label(), count));
    JsonObject broken = new JsonObject();
    violations.forEach(broken::put);
    JsonObject row =
        new JsonObject()
            .put("seed", plan.seed())
            .put("rounds", rounds)
            .put("kills", kills())
            .put("faults", counts)
            .put("acks_checked", acks)
            .put("records", records)
            .put("events_told", events)
            .put("fence_edits", edits)
            .put("lost", of("lost"))
            .put("duplicated", of("duplicated"))
            .put("repeated", of("repeated"))
            .put("presence_mismatches", of("presence"))
            .put("visits_checked", visits)
            .put("visit_mismatches", of("visits"))
            .put("violations", broken)
            .put("skipped", new JsonArray(skipped))
            .put("seconds", seconds);
    String packaged = FaultReport.class.getPackage().getImplementationVersion();
    return new JsonObject()
        .put("command", "test faults")
        .put("version", packaged == null ? "development" : packaged)
        .put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version())
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("started_at", startedAt.toString())
        .put("rows", new JsonArray().add(row));
  }

  private long of(String kind) {
    return violations.getOrDefault(kind, 0L);
  }
}
