package io.hexbeat.load;

import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long each stage inside the server took, as its {@code /metrics} tells, of the slowest shard
 * and since the server's start. Immutable; any thread. Stages are those that the server names, in
 * the order of the line as far as this one knows it.
 *
 * @param us by stage, then by quantile, microseconds
 */
record Stages(Map<String, Map<String, Double>> us) {
  static final Stages NONE = new Stages(Map.of());

  private static final String FAMILY = "hexbeat_stage_seconds{";
  private static final Pattern STAGE = Pattern.compile("[{,]stage=\"([^\"]*)\"");
  private static final Pattern QUANTILE = Pattern.compile("[{,]quantile=\"([^\"]*)\"");

  private static final List<String> LINE =
      List.of(
          "decode",
          "inbox_wait",
          "decide",
          "append",
          "publish",
          "sync_wait",
          "ack_wait",
          "socket",
          "live");

  private static final Comparator<String> AS_ON_THE_LINE =
      Comparator.<String>comparingInt(
              stage -> LINE.contains(stage) ? LINE.indexOf(stage) : LINE.size())
          .thenComparing(Comparator.naturalOrder());

  private static final Comparator<String> MAX_LAST =
      Comparator.<String, Boolean>comparing("max"::equals).thenComparing(Comparator.naturalOrder());

  private static final double US_PER_SECOND = 1e6;

  static Stages of(String metrics) {
    Map<String, Map<String, Double>> us = new TreeMap<>(AS_ON_THE_LINE);
    metrics.lines().filter(line -> line.startsWith(FAMILY)).forEach(line -> add(us, line));
    return new Stages(us);
  }

  private static void add(Map<String, Map<String, Double>> us, String line) {
    Matcher stage = STAGE.matcher(line);
    Matcher quantile = QUANTILE.matcher(line);
    if (stage.find() && quantile.find()) {
      double sample = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)) * US_PER_SECOND;
      us.computeIfAbsent(stage.group(1), name -> new TreeMap<>(MAX_LAST))
          .merge(name(quantile.group(1)), sample, Math::max);
    }
  }

  /** 0.999 as p999, 1.0 as max. */
  private static String name(String quantile) {
    double share = Double.parseDouble(quantile);
    if (share >= 1) {
      return "max";
    }
    return "p" + String.format(Locale.ROOT, "%.1f", share * 100).replaceAll("\\.0$|\\.", "");
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    us.forEach(
        (stage, quantiles) -> {
          JsonObject of = new JsonObject();
          quantiles.forEach(of::put);
          json.put(stage, of);
        });
    return json;
  }

  /** For people: a line a stage that has happened, or nothing. */
  String text() {
    StringBuilder text = new StringBuilder();
    us.forEach(
        (stage, quantiles) -> {
          if (quantiles.values().stream().allMatch(value -> value == 0)) {
            return;
          }
          text.append(String.format(Locale.ROOT, "  %-14s", stage));
          quantiles.forEach(
              (name, value) -> text.append(String.format(Locale.ROOT, "  %s %,.1f", name, value)));
          text.append(" us\n");
        });
    return text.toString();
  }
}
