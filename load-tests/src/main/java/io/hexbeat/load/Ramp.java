package io.hexbeat.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The search for the highest rate that a server holds: up by half until a step fails, then by
 * halves between the last that held and the first that failed. Belongs to one thread. Ends after
 * {@link #MAX_STEPS}, or when both are within {@link #CLOSE_ENOUGH} of each other.
 */
final class Ramp {
  private static final int MAX_STEPS = 24;
  private static final double UP = 1.5;
  private static final double CLOSE_ENOUGH = 1.06;

  private final List<Step> steps = new ArrayList<>();
  private final int mostPerSecond;
  private int next;
  private int held;
  private int failed;

  /** One rate that was tried, and why it failed, or an empty text. */
  private record Step(int ratePerSecond, double p99Ms, String failure) {}

  /**
   * Nothing tried yet.
   *
   * @param firstPerSecond the rate to begin with
   * @param mostPerSecond the rate to end with if that holds
   */
  Ramp(int firstPerSecond, int mostPerSecond) {
    this.next = firstPerSecond;
    this.mostPerSecond = mostPerSecond;
  }

  /** The rate to try next, or 0 when the search is over. */
  int next() {
    return next;
  }

  /** The highest rate that held, or 0. */
  int held() {
    return held;
  }

  /**
   * A rate was tried.
   *
   * @param failure why it doesn't hold, or empty
   */
  void tried(int ratePerSecond, double p99Ms, String failure) {
    steps.add(new Step(ratePerSecond, p99Ms, failure));
    if (failure.isEmpty()) {
      held = Math.max(held, ratePerSecond);
    } else {
      failed = failed == 0 ? ratePerSecond : Math.min(failed, ratePerSecond);
    }
    if (steps.size() == MAX_STEPS || held >= mostPerSecond) {
      next = 0;
    } else if (failed == 0) {
      next = (int) Math.min(mostPerSecond, Math.ceil(held * UP));
    } else if (held == 0) {
      next = failed / 2;
    } else {
      next = failed < held * CLOSE_ENOUGH ? 0 : (int) (((long) held + failed) / 2);
    }
  }

  /** For people. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Step step : steps) {
      text.append(
          String.format(
              Locale.ROOT,
              "ramp       %,9d/s  p99 %8.2f ms  %s%n",
              step.ratePerSecond,
              step.p99Ms,
              step.failure.isEmpty() ? "held" : step.failure));
    }
    return text.append(String.format(Locale.ROOT, "highest    %,d/s held%n", held)).toString();
  }

  /** For machines. */
  JsonObject json() {
    JsonArray tried = new JsonArray();
    for (Step step : steps) {
      tried.add(
          new JsonObject()
              .put("rate_per_s", step.ratePerSecond)
              .put("p99_ms", step.p99Ms)
              .put("held", step.failure.isEmpty())
              .put("failure", step.failure));
    }
    return new JsonObject().put("highest_per_s", held).put("steps", tried);
  }
}
