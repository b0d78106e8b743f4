package io.hexbeat.load;

import io.hexbeat.load.LineChart.Line;
import io.hexbeat.load.LineChart.Tick;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A load report as one page that needs nothing else: figures, percentiles and the time line of each
 * door, light or dark as the reader's system is. Stateless; any thread.
 */
final class HtmlReport {
  private static final List<Tick> PERCENTILES =
      List.of(
          new Tick(0, "0%"),
          new Tick(1, "90%"),
          new Tick(2, "99%"),
          new Tick(3, "99.9%"),
          new Tick(4, "99.99%"));
  private static final double STEP = 0.05;
  private static final int TIME_TICKS = 6;

  private static final String STYLE =
      """
      :root { --page: #ffffff; --card: #f6f8fa; --ink: #1f2328; --soft: #57606a; --ours: #d9480f; --floor: #4c78a8;
        --live: #3a9188; --relay: #8c959f; --punch: #8a6fb0; }
      @media (prefers-color-scheme: dark) { :root { --page: #0d1117; --card: #161b22; --ink: #e6edf3; --soft: #9da7b3;
        --ours: #ff7b39; --floor: #6ea3d8; --live: #56b8ad; --relay: #8c959f; --punch: #b296dc; } }
      body { margin: 0 auto; max-width: 1180px; padding: 24px 20px 60px; background: var(--page); color: var(--ink);
        font: 15px/1.5 system-ui, sans-serif; }
      h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 10px; }
      p { color: var(--soft); margin: 0 0 6px; }
      .tiles { display: flex; flex-wrap: wrap; gap: 10px; margin-bottom: 12px; }
      .tile { background: var(--card); border-radius: 8px; padding: 10px 16px; min-width: 118px; }
      .tile b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
      .tile span { color: var(--soft); font-size: 13px; }
      .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 12px; }
      svg, pre { background: var(--card); border-radius: 8px; } svg { width: 100%; }
      svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg .title { font-size: 14px; font-weight: 600; }
      svg .tick { fill: var(--soft); } .middle { text-anchor: middle; } .end { text-anchor: end; }
      .line { fill: none; stroke-width: 2; stroke-linejoin: round; } .grid { stroke: var(--soft); stroke-opacity: 0.25; }
      .ours { stroke: var(--ours); } .floor { stroke: var(--floor); } .live { stroke: var(--live); }
      .relay { stroke: var(--relay); } .punch { stroke: var(--punch); }
      pre { padding: 14px; overflow-x: auto; font-size: 12.5px; line-height: 1.45; }
      """;

  private HtmlReport() {}

  /**
   * The whole page.
   *
   * @param text the same for terminals, which is shown below
   */
  static String of(LoadReport report, String text) {
    StringBuilder html = new StringBuilder();
    html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\">")
        .append("<title>Hexbeat load</title>\n<style>\n")
        .append(STYLE)
        .append("</style></head>\n<body>\n<h1>Hexbeat under load</h1>\n<p>")
        .append(
            escaped(
                String.format(
                    Locale.ROOT,
                    "%s · %,d devices · %,d fences · %,d managers · %s · %s",
                    report.startedAt(),
                    report.plan().devices(),
                    report.plan().fences(),
                    report.plan().managers(),
                    LoadReport.host(),
                    LoadReport.jvm())))
        .append(
            "</p>\n<p>Latencies count from the intended send time. The floor is a server that only answers,")
        .append(" and a bare relay, under the same fleet in the same run.</p>\n");
    report.rows().forEach(row -> section(html, row));
    return html.append("<h2>All figures</h2>\n<pre>")
        .append(escaped(text))
        .append("</pre>\n</body></html>\n")
        .toString();
  }

  private static void section(StringBuilder html, LoadRow row) {
    FleetResult pings = row.pings();
    FleetResult floor = row.floor();
    html.append("<h2>")
        .append(row.door().label())
        .append(row.batch() == 1 ? "" : ", " + row.batch() + " pings a message")
        .append("</h2>\n<div class=\"tiles\">\n");
    tile(html, "pings acked a second", String.format(Locale.ROOT, "%,.0f", pings.ackedPerSecond()));
    if (floor != null) {
      tile(
          html,
          "of the bare server's rate",
          String.format(Locale.ROOT, "%.2f", row.ratioToFloor()));
    }
    tile(html, "ack p50", ms(pings.acks().ms(50)));
    tile(html, "ack p99", ms(pings.acks().ms(99)));
    if (row.live().count() > 0) {
      tile(html, "live p50", ms(row.live().ms(50)));
      tile(html, "live p99", ms(row.live().ms(99)));
    }
    tile(html, "lost", String.format(Locale.ROOT, "%,d", pings.lost()));
    html.append("</div>\n<div class=\"charts\">\n")
        .append(percentiles(row).svg())
        .append(latencyByTime(row).svg())
        .append(rateByTime(row).svg())
        .append("</div>\n");
  }

  private static LineChart percentiles(LoadRow row) {
    List<Line> lines = new ArrayList<>();
    FleetResult floor = row.floor();
    FleetResult punches = row.punches();
    add(lines, "ack", "ours", row.pings().acks());
    add(lines, "ack, floor", "floor", floor == null ? null : floor.acks());
    add(lines, "live", "live", row.live());
    add(lines, "live, relay", "relay", row.liveFloor());
    add(lines, "punch", "punch", punches == null ? null : punches.acks());
    return new LineChart("Latency by percentile", "ms", true, PERCENTILES, lines);
  }

  private static void add(
      List<Line> lines, String name, String style, @Nullable Latencies latencies) {
    if (latencies == null || latencies.count() == 0) {
      return;
    }
    List<double[]> points = new ArrayList<>();
    double last = Math.min(4, Math.log10(Math.max(10.0, (double) latencies.count())));
    for (double x = 0; x <= last; x += STEP) {
      points.add(new double[] {x, latencies.ms(100 * (1 - Math.pow(10, -x)))});
    }
    lines.add(new Line(name, style, points));
  }

  private static LineChart latencyByTime(LoadRow row) {
    List<Second> seconds = row.pings().seconds();
    return new LineChart(
        "Ack latency by second, warm-up included",
        "ms",
        true,
        ticks(seconds.size()),
        List.of(
            byTime("p50", "floor", seconds, Second::p50Ms),
            byTime("p99", "ours", seconds, Second::p99Ms),
            byTime("max", "relay", seconds, Second::maxMs)));
  }

  private static LineChart rateByTime(LoadRow row) {
    List<Second> seconds = row.pings().seconds();
    return new LineChart(
        "Pings by second, warm-up included",
        "/s",
        false,
        ticks(seconds.size()),
        List.of(
            byTime("acked", "ours", seconds, second -> (double) second.acked()),
            byTime("waiting", "relay", seconds, second -> (double) second.late())));
  }

  private static Line byTime(
      String name, String style, List<Second> seconds, ToDoubleFunction<Second> figure) {
    return new Line(
        name,
        style,
        seconds.stream()
            .map(second -> new double[] {second.second() + 1, figure.applyAsDouble(second)})
            .toList());
  }

  private static List<Tick> ticks(int seconds) {
    List<Tick> ticks = new ArrayList<>();
    int step = Math.max(1, seconds / TIME_TICKS);
    for (int at = 0; at <= seconds; at += step) {
      ticks.add(new Tick(at, at + " s"));
    }
    return ticks;
  }

  private static void tile(StringBuilder html, String name, String figure) {
    html.append("<div class=\"tile\"><b>")
        .append(figure)
        .append("</b><span>")
        .append(name)
        .append("</span></div>\n");
  }

  private static String ms(double ms) {
    return String.format(Locale.ROOT, ms < 10 ? "%.2f ms" : "%,.0f ms", ms);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}
