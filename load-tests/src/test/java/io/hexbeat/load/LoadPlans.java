package io.hexbeat.load;

import java.util.Set;

/** Plans of tests, from the words that a user would type. */
final class LoadPlans {
  private LoadPlans() {}

  static LoadPlan of(String... argv) {
    return Load.plan(
        Args.parse(
            argv,
            Set.of(
                "doors",
                "batch",
                "devices",
                "rate",
                "window",
                "seconds",
                "warm-up",
                "fences",
                "managers",
                "live-hz",
                "views",
                "watched",
                "punches"),
            Set.of("closed", "ramp", "floor")));
  }
}
