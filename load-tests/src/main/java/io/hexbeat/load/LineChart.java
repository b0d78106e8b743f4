package io.hexbeat.load;

import java.util.List;
import java.util.Locale;

/**
 * Lines over a horizontal axis as SVG that takes its colours from the page. Immutable; any thread.
 * Without a point it is an empty frame.
 *
 * @param title of the chart, also for those who can't see it
 * @param unit of the values
 * @param logarithmic whether the vertical axis is; else it begins at 0
 * @param ticks of the horizontal axis
 */
record LineChart(
    String title, String unit, boolean logarithmic, List<Tick> ticks, List<Line> lines) {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 300;
  private static final int LEFT = 80;
  private static final int RIGHT = 30;
  private static final int TOP = 46;
  private static final int BOTTOM = 34;
  private static final int LEGEND_STEP = 118;
  private static final double LEAST = 0.01;

  /** A named place of the horizontal axis. */
  record Tick(double x, String label) {}

  /** One line: its name, the class that colours it, and its points from left to right. */
  record Line(String name, String style, List<double[]> points) {}

  String svg() {
    double mostX = Math.max(most(0), ticks.isEmpty() ? 1 : ticks.get(ticks.size() - 1).x);
    double high =
        logarithmic ? Math.ceil(Math.log10(Math.max(LEAST * 10, most(1)))) : nice(most(1));
    double low = logarithmic ? Math.floor(Math.log10(Math.max(LEAST, least()))) : 0;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n"
            .formatted(WIDTH, HEIGHT, title));
    text(svg, LEFT, 18, "title", title);
    legend(svg);
    horizontalLines(svg, low, high);
    for (Tick tick : ticks) {
      text(svg, x(tick.x, mostX), HEIGHT - 12, "tick middle", tick.label);
    }
    for (Line line : lines) {
      StringBuilder path = new StringBuilder();
      for (double[] point : line.points) {
        double value = logarithmic ? Math.log10(Math.max(LEAST, point[1])) : point[1];
        path.append(
            String.format(Locale.ROOT, "%.1f,%.1f ", x(point[0], mostX), y(value, low, high)));
      }
      svg.append(
          "<polyline class=\"line %s\" points=\"%s\"/>%n"
              .formatted(line.style, path.toString().strip()));
    }
    return svg.append("</svg>\n").toString();
  }

  private void legend(StringBuilder svg) {
    double x = LEFT;
    for (Line line : lines) {
      svg.append(
          "<line class=\"line %s\" x1=\"%.0f\" x2=\"%.0f\" y1=\"31\" y2=\"31\"/>%n"
              .formatted(line.style, x, x + 18));
      text(svg, x + 24, 35, "", line.name);
      x += LEGEND_STEP;
    }
  }

  private void horizontalLines(StringBuilder svg, double low, double high) {
    int steps = logarithmic ? (int) Math.max(1, high - low) : 4;
    for (int i = 0; i <= steps; i++) {
      double value = low + (high - low) * i / steps;
      double y = y(value, low, high);
      svg.append(
          "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>%n"
              .formatted(LEFT, WIDTH - RIGHT, number(y), number(y)));
      String label = number(logarithmic ? Math.pow(10, value) : value);
      text(svg, LEFT - 8, y + 4, "tick end", i == steps ? label + " " + unit : label);
    }
  }

  private static double x(double value, double most) {
    return LEFT + (WIDTH - LEFT - RIGHT) * (most == 0 ? 0 : value / most);
  }

  private static double y(double value, double low, double high) {
    double share = high == low ? 0 : (value - low) / (high - low);
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.max(0, Math.min(1, share));
  }

  private double most(int axis) {
    return lines.stream()
        .flatMap(line -> line.points.stream())
        .mapToDouble(point -> point[axis])
        .max()
        .orElse(1);
  }

  private double least() {
    return lines.stream()
        .flatMap(line -> line.points.stream())
        .mapToDouble(point -> point[1])
        .filter(value -> value > 0)
        .min()
        .orElse(LEAST);
  }

  /** The next round number that quarters well. */
  private static double nice(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(1, value))));
    for (double factor : new double[] {1, 1.2, 1.6, 2, 3, 4, 6, 8}) {
      if (factor * power >= value) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value) {
    return value >= 1_000
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
  }

  private static void text(StringBuilder svg, double x, double y, String style, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.0f\" y=\"%.0f\">%s</text>%n",
            style,
            x,
            y,
            text));
  }
}
