package io.hexbeat.benchmarks;

import io.hexbeat.benchmarks.BenchRow.PeerName;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lookups of a report as bars, one panel a kind of fix, one group a size of the city, time on a
 * logarithmic scale. SVG that takes the reader's colour scheme. Immutable; any thread.
 */
final class BenchChart {
  private static final int WIDTH = 900;
  private static final int PANEL_HEIGHT = 250;
  private static final int LEFT = 64;
  private static final int TOP = 64;
  private static final int BAR_WIDTH = 34;
  private static final int BAR_GAP = 4;
  private static final int PLOT_HEIGHT = 160;

  /** A column of bars: its name, colour class and the time in a row. */
  private record Series(String title, String style, Function<BenchRow, @Nullable Double> ns) {}

  private static final List<Series> SERIES =
      Stream.concat(
              Stream.of(new Series("Hexbeat", "ours", BenchRow::oursNs)),
              Stream.of(PeerName.values())
                  .map(
                      peer ->
                          new Series(
                              peer.title,
                              peer.name().toLowerCase(Locale.ROOT),
                              row -> row.peersNs().get(peer))))
          .toList();

  private final List<List<BenchRow>> panels;
  private final int lowExponent;
  private final int highExponent;
  private final String subtitle;

  private BenchChart(
      List<List<BenchRow>> panels, int lowExponent, int highExponent, String subtitle) {
    this.panels = panels;
    this.lowExponent = lowExponent;
    this.highExponent = highExponent;
    this.subtitle = subtitle;
  }

  static BenchChart of(BenchReport report) {
    List<BenchRow> lookups = report.rows().stream().filter(row -> row.fixes() != null).toList();
    List<List<BenchRow>> panels =
        lookups.stream()
            .map(BenchRow::fixes)
            .distinct()
            .map(fixes -> lookups.stream().filter(row -> row.fixes().equals(fixes)).toList())
            .toList();
    double least = times(lookups).min().orElse(1);
    double most = times(lookups).max().orElse(10);
    return new BenchChart(
        panels,
        (int) Math.floor(Math.log10(Math.max(1, least))),
        (int) Math.max(1, Math.ceil(Math.log10(Math.max(10, most)))),
        "Time of one lookup, logarithmic, lower is better. %s, %d cores%s"
            .formatted(
                BenchReport.jvm(), BenchReport.cores(), report.quick() ? ", quick run" : ""));
  }

  private static java.util.stream.DoubleStream times(List<BenchRow> rows) {
    return rows.stream()
        .flatMap(row -> SERIES.stream().map(series -> series.ns.apply(row)))
        .filter(java.util.Objects::nonNull)
        .mapToDouble(Double::doubleValue);
  }

  /** The whole file. */
  String svg() {
    int height = TOP + panels.size() * PANEL_HEIGHT;
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="Fence lookups: Hexbeat beside its peers">
        <style>
        text { font: 12px system-ui, sans-serif; fill: #24292f; }
        .title { font-size: 15px; font-weight: 600; }
        .value { font-size: 10px; text-anchor: middle; }
        .group, .tick { fill: #57606a; }
        .group { text-anchor: middle; }
        .tick { text-anchor: end; }
        line { stroke: #8c959f; stroke-opacity: 0.35; }
        .ours { fill: #d9480f; }
        .jts_strtree { fill: #4c78a8; }
        .s2 { fill: #3a9188; }
        .textbook_h3 { fill: #8a6fb0; }
        .linear { fill: #8c959f; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .group, .tick { fill: #9da7b3; }
          .ours { fill: #ff7b39; }
          .jts_strtree { fill: #6ea3d8; }
          .s2 { fill: #56b8ad; }
          .textbook_h3 { fill: #b296dc; }
        }
        </style>
        """
            .formatted(WIDTH, height));
    addText(svg, LEFT, 20, "title", "Which fences contain this point?");
    addText(svg, LEFT, 38, "", subtitle);
    addLegend(svg);
    for (int i = 0; i < panels.size(); i++) {
      addPanel(svg, panels.get(i), TOP + i * PANEL_HEIGHT);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void addLegend(StringBuilder svg) {
    int x = LEFT;
    for (Series series : SERIES) {
      svg.append(
          "<rect class=\"%s\" x=\"%d\" y=\"48\" width=\"12\" height=\"12\"/>%n"
              .formatted(series.style, x));
      addText(svg, x + 17, 58, "", series.title);
      x += 120;
    }
  }

  private void addPanel(StringBuilder svg, List<BenchRow> rows, int top) {
    int base = top + 40 + PLOT_HEIGHT;
    BenchRow first = rows.get(0);
    addText(svg, LEFT, top + 28, "title", first.work() + ", " + first.fixes());
    for (int exponent = lowExponent; exponent <= highExponent; exponent++) {
      double y = base - heightOf(Math.pow(10, exponent));
      svg.append(
          "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>%n"
              .formatted(LEFT, WIDTH - 16, y, y));
      addText(svg, LEFT - 8, (int) y + 4, "tick", label(Math.pow(10, exponent)));
    }
    int groupWidth = (WIDTH - 16 - LEFT) / rows.size();
    for (int i = 0; i < rows.size(); i++) {
      addGroup(svg, rows.get(i), LEFT + i * groupWidth + groupWidth / 2, base);
    }
  }

  private void addGroup(StringBuilder svg, BenchRow row, int middle, int base) {
    List<Series> there = SERIES.stream().filter(series -> series.ns.apply(row) != null).toList();
    int x = middle - there.size() * (BAR_WIDTH + BAR_GAP) / 2;
    for (Series series : there) {
      Double ns = series.ns.apply(row);
      if (ns == null) {
        continue;
      }
      double height = Math.max(1, heightOf(ns));
      svg.append(
          "<rect class=\"%s\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>%n"
              .formatted(series.style, x, base - height, BAR_WIDTH, height));
      addText(svg, x + BAR_WIDTH / 2, (int) (base - height) - 4, "value", label(ns));
      x += BAR_WIDTH + BAR_GAP;
    }
    addText(svg, middle, base + 18, "group", "%,d fences".formatted(row.fences()));
  }

  private double heightOf(double ns) {
    double share = (Math.log10(ns) - lowExponent) / (highExponent - lowExponent);
    return Math.max(0, share) * PLOT_HEIGHT;
  }

  private static String label(double ns) {
    return ns < 9.95
        ? "%.1f ns".formatted(ns)
        : ns < 9_950 ? "%.0f ns".formatted(ns) : "%.0f us".formatted(ns / 1e3);
  }

  private static void addText(StringBuilder svg, int x, int y, String style, String text) {
    svg.append(
        "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>%n"
            .formatted(x, y, style, text.replace("&", "&amp;").replace("<", "&lt;")));
  }
}
