package io.hexbeat.load.sim;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.load.Args;
import io.hexbeat.load.sim.StillHours.Stretch;
import io.hexbeat.load.sim.StillHours.Told;
import io.hexbeat.load.sim.TraceFolder.Trace;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * {@code hexbeat sim still}: replays recorded traces through presence and reports each hour in
 * which somebody stands still, and each ENTER and EXIT told in it. The main thread does it all.
 */
final class StillReport {
  static final String HELP =
      """
      usage: hexbeat sim still --data DIR [options]

      Replays recorded traces through presence and looks at every stretch in which somebody stands still: what was told of
      the places in DIR, and of circles laid so that their edges run through where they stand, beside it and round it.

        --data DIR      .csv (user,timestamp_ms,lat,lon in any order) and .geojson files below it, gzipped or not
        --minutes N     how long somebody stands still at least (default 60)
        --within-m N    how far no fix of that time is from its first (default 25)
        --gap-min N     a longer silence ends it (default 60)
        --radius-m N    of the circle that a point becomes (default 100)
        --json FILE     the report for machines
        --help          this text

      What is told in the first ten minutes belongs to the arrival. Exit 0 if nobody's presence changed, 1 if somebody's did or
      there is nothing to look at, 2 for wrong arguments.
      """;

  private static final Set<String> VALUED =
      Set.of("data", "minutes", "within-m", "gap-min", "radius-m", "json");

  private StillReport() {}

  /** The exit code. */
  static int run(String[] argv) throws IOException {
    Args args = Args.parse(argv, VALUED, Set.of());
    String folder = args.text("data");
    if (folder == null) {
      throw new IllegalArgumentException("--data is missing; see hexbeat sim still --help");
    }
    StillHours.Rules rules =
        new StillHours.Rules(
            args.integer("minutes", 60, 11, 10_000) * 60_000L,
            args.integer("within-m", 25, 1, 1_000),
            args.integer("gap-min", 60, 1, 100_000) * 60_000L);
    TraceFolder read = TraceFolder.read(Path.of(folder), args.integer("radius-m", 100, 1, 10_000));
    List<Stretch> stretches = new ArrayList<>();
    for (Trace trace : read.traces()) {
      stretches.addAll(StillHours.of(trace, rules));
    }
    FenceIndex places = FenceIndex.of(1, StillHours.near(read.fences(), stretches));
    System.out.printf(
        Locale.ROOT,
        "%,d traces, %,d places (%,d features are none), %d of them where somebody stands still%n%n",
        read.traces().size(),
        read.fences().size(),
        read.skippedFeatures(),
        places.size());
    JsonArray rows = new JsonArray();
    int changes = print(stretches, places, rows);
    String file = args.text("json");
    if (file != null) {
      JsonObject report =
          new JsonObject().put("command", "sim still").put("changes", changes).put("rows", rows);
      Files.writeString(Path.of(file), report.encodePrettily());
    }
    return changes > 0 || stretches.isEmpty() ? 1 : 0;
  }

  private static int print(List<Stretch> stretches, FenceIndex places, JsonArray rows) {
    StillHours hours = new StillHours(PresencePolicy.DEFAULT);
    System.out.printf(
        "%-34s %-12s %-21s %7s %6s %7s %8s %8s %9s %10s%n",
        "file", "who", "from", "minutes", "fixes", "metres", "changes", "naive", "circles",
        "naive");
    double allHours = 0;
    int[] sums = new int[5];
    for (Stretch stretch : stretches) {
      Told told = hours.told(places, stretch);
      List<String> circleChanges = new ArrayList<>();
      int circles = 0;
      int changed = 0;
      int naive = 0;
      for (FenceIndex circle : StillHours.circlesAt(stretch)) {
        Told ofCircle = hours.told(circle, stretch);
        String name = circle.fences().iterator().next().id();
        ofCircle.changes().forEach(change -> circleChanges.add(name + ": " + change));
        changed += ofCircle.changes().isEmpty() ? 0 : 1;
        naive += ofCircle.naiveChanges();
        circles++;
      }
      double minutes = (stretch.toMs() - stretch.fromMs()) / 60_000.0;
      System.out.printf(
          Locale.ROOT,
          "%-34s %-12s %-21s %7.0f %6d %7.1f %8d %8d %4d/%4d %10d%n",
          stretch.trace().file(),
          stretch.trace().user(),
          Instant.ofEpochMilli(stretch.fromMs()),
          minutes,
          stretch.to() - stretch.from(),
          stretch.spreadMeters(),
          told.changes().size(),
          told.naiveChanges(),
          changed,
          circles,
          naive);
      told.changes().forEach(change -> System.out.println("    " + change));
      circleChanges.forEach(change -> System.out.println("    " + change));
      rows.add(
          new JsonObject()
              .put("file", stretch.trace().file())
              .put("user", stretch.trace().user())
              .put("from", Instant.ofEpochMilli(stretch.fromMs()).toString())
              .put("minutes", minutes)
              .put("changes", new JsonArray(told.changes()))
              .put("circle_changes", new JsonArray(circleChanges))
              .put("naive_changes", told.naiveChanges())
              .put("naive_circle_changes", naive));
      allHours += minutes / 60;
      sums[0] += told.changes().size();
      sums[1] += told.naiveChanges();
      sums[2] += changed;
      sums[3] += circles;
      sums[4] += naive;
    }
    System.out.printf(
        Locale.ROOT,
        "%n%d stretches, %.1f hours: %d changes of presence in places (raw server %,d),"
            + " %,d of %,d circles changed (raw server %,d changes)%n",
        stretches.size(),
        allHours,
        sums[0],
        sums[1],
        sums[2],
        sums[3],
        sums[4]);
    return sums[0] + sums[2];
  }
}
