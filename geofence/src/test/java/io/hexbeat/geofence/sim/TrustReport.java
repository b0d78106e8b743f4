package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.trust.TrustSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * {@code hexbeat sim trust}: {@link TrustSim} over one seed or several, added up, with a table by
 * kind, by signal and by hardship, and as JSON. One thread.
 */
public final class TrustReport {
  /** Seeds that no limit was chosen by. */
  private static final long FIRST_SEED = 101;

  /** People over whom the finders' cost is told. */
  private static final int CROWD = 10_000;

  private static final String HELP =
      """
      usage: hexbeat sim trust [--seed N] [--seeds N] [--people N] [--days N] [--attacks SHARE] [--surprises] [--json FILE]

      Honest people with all their hardships and a share of forged days, through the real engines and finders. A
      person-day is flagged if an alert of severity warning or critical was raised about it. --seed is the first of --seeds crowds
      (101 and 4), --people (400) and --days (5, after 3 of history) are those of each, --attacks (0.02) is the
      share of forged days.
      """;

  private final List<TrustSim> sims;

  private final double tandemCorePct = FinderCost.tandemCorePct(CROWD);
  private final double shapesCorePct = FinderCost.shapesCorePct(CROWD);

  private TrustReport(List<TrustSim> sims) {
    this.sims = sims;
  }

  /** Prints the report. */
  public static void main(String[] words) throws IOException {
    long seed = FIRST_SEED;
    int seeds = 4;
    int people = 400;
    int days = 5;
    double attacks = 0.02;
    boolean surprises = false;
    Path json = null;
    for (int i = 0; i < words.length; i++) {
      switch (words[i]) {
        case "--seed" -> {
          seed = Long.parseLong(words[++i]);
          seeds = 1;
        }
        case "--seeds" -> seeds = Integer.parseInt(words[++i]);
        case "--people" -> people = Integer.parseInt(words[++i]);
        case "--days" -> days = Integer.parseInt(words[++i]);
        case "--attacks" -> attacks = Double.parseDouble(words[++i]);
        case "--surprises" -> surprises = true;
        case "--json" -> json = Path.of(words[++i]);
        case "--help" -> {
          System.out.print(HELP);
          return;
        }
        default -> {
          System.err.print("hexbeat sim trust: " + words[i] + " is unknown\n" + HELP);
          System.exit(2);
        }
      }
    }
    List<TrustSim> sims = new ArrayList<>();
    for (int i = 0; i < seeds; i++) {
      sims.add(TrustSim.run(seed + i, people, days, attacks));
    }
    TrustReport report = new TrustReport(sims);
    System.out.print(report.text(surprises));
    if (json != null) {
      Files.writeString(json, report.json());
    }
  }

  private int sum(ToIntFunction<TrustSim> figure) {
    return sims.stream().mapToInt(figure).sum();
  }

  private double precision() {
    int caught = sum(TrustSim::caught);
    return caught / (double) Math.max(1, caught + sum(TrustSim::flaggedHonest));
  }

  private double recall() {
    return sum(TrustSim::caught) / (double) Math.max(1, sum(TrustSim::attackDays));
  }

  private double honestFlagged() {
    return sum(TrustSim::flaggedHonest) / (double) Math.max(1, sum(TrustSim::honestDays));
  }

  private static <K extends Enum<K>> Map<K, int[]> merged(Class<K> type, List<Map<K, int[]>> maps) {
    Map<K, int[]> merged = new EnumMap<>(type);
    for (Map<K, int[]> map : maps) {
      map.forEach(
          (key, counts) -> {
            int[] sums = merged.computeIfAbsent(key, k -> new int[2]);
            sums[0] += counts[0];
            sums[1] += counts[1];
          });
    }
    return merged;
  }

  private String text(boolean surprises) {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "seeds %s: %d attacked and %d honest person-days%n"
                + "precision %.3f  recall %.3f  honest days flagged %.2f%% (%d)%n"
                + "a ping: engines %.0f ns, finders %.0f ns (%d pings)%n"
                + "of one core, over %d people: tandems %.3f%%, replayed tracks %.3f%%%n%n",
            sims.stream().map(TrustSim::seed).toList(),
            sum(TrustSim::attackDays),
            sum(TrustSim::honestDays),
            precision(),
            recall(),
            100 * honestFlagged(),
            sum(TrustSim::flaggedHonest),
            sims.stream().mapToDouble(TrustSim::engineNsPerPing).average().orElse(0),
            sims.stream().mapToDouble(TrustSim::finderNsPerPing).average().orElse(0),
            sims.stream().mapToLong(TrustSim::pings).sum(),
            CROWD,
            tandemCorePct,
            shapesCorePct));
    out.append("attack             days flagged\n");
    merged(AttackKind.class, sims.stream().map(TrustSim::byKind).toList())
        .forEach((kind, c) -> out.append(String.format("%-18s %4d %4d%n", kind, c[0], c[1])));
    out.append("\nsignal             on attacked days, on honest days\n");
    merged(TrustSignal.class, sims.stream().map(TrustSim::bySignal).toList())
        .forEach((signal, c) -> out.append(String.format("%-18s %4d %4d%n", signal, c[0], c[1])));
    out.append("\nhardship           honest days flagged\n");
    merged(Hardship.class, sims.stream().map(TrustSim::byHardship).toList())
        .forEach((hard, c) -> out.append(String.format("%-22s %5d %4d%n", hard, c[0], c[1])));
    if (surprises) {
      sims.forEach(sim -> sim.surprises().forEach(line -> out.append(line).append('\n')));
    }
    return out.toString();
  }

  private String json() {
    StringBuilder rows = new StringBuilder();
    merged(AttackKind.class, sims.stream().map(TrustSim::byKind).toList())
        .forEach((kind, c) -> rows.append(comma(rows)).append(row(kind.name(), c[0], c[1])));
    StringBuilder signals = new StringBuilder();
    merged(TrustSignal.class, sims.stream().map(TrustSim::bySignal).toList())
        .forEach(
            (signal, c) ->
                signals
                    .append(comma(signals))
                    .append(
                        String.format(
                            "\"%s\":{\"attacked_days\":%d,\"honest_days\":%d,\"precision\":%s}",
                            signal,
                            c[0],
                            c[1],
                            decimal(c[0] / (double) Math.max(1, c[0] + c[1])))));
    int caught = sum(TrustSim::caught);
    return String.format(
        "{\"command\":\"sim trust\",\"jvm\":\"%s\",\"cores\":%d,\"started_at\":\"%s\",\"rows\":["
            + "{\"kind\":\"all\",\"cases\":%d,\"honest_cases\":%d,\"flagged\":%d,\"precision\":%s,"
            + "\"recall\":%s,\"honest_flagged_share\":%s,\"engine_ns_per_ping\":%s,"
            + "\"finder_ns_per_ping\":%s,\"people\":%d,\"tandem_core_pct\":%s,"
            + "\"replayed_track_core_pct\":%s,\"by_signal\":{%s}},%s]}%n",
        Runtime.version(),
        Runtime.getRuntime().availableProcessors(),
        Instant.now(),
        sum(TrustSim::attackDays),
        sum(TrustSim::honestDays),
        caught,
        decimal(precision()),
        decimal(recall()),
        decimal(honestFlagged()),
        decimal(sims.stream().mapToDouble(TrustSim::engineNsPerPing).average().orElse(0)),
        decimal(sims.stream().mapToDouble(TrustSim::finderNsPerPing).average().orElse(0)),
        CROWD,
        decimal(tandemCorePct),
        decimal(shapesCorePct),
        signals,
        rows);
  }

  private static String row(String kind, int cases, int flagged) {
    return String.format(
        "{\"kind\":\"%s\",\"cases\":%d,\"flagged\":%d,\"recall\":%s}",
        kind, cases, flagged, decimal(flagged / (double) Math.max(1, cases)));
  }

  private static String comma(StringBuilder to) {
    return to.length() == 0 ? "" : ",";
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.5f", value);
  }
}
