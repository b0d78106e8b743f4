package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class RampTest {
  @Test
  void shouldComeCloseToTheHighestRateThatHolds() {
    for (int highest : new int[] {120, 1_000, 7_777, 43_210, 999_999}) {
      Ramp ramp = new Ramp(1_000, 2_000_000);
      int steps = 0;
      for (; ramp.next() > 0; steps++) {
        int rate = ramp.next();
        ramp.tried(rate, 1, rate <= highest ? "" : "too much");
      }
      assertTrue(ramp.held() <= highest, ramp.text());
      assertTrue(ramp.held() * 1.1 >= highest, ramp.text());
      assertTrue(steps <= 24, ramp.text());
    }
  }

  @Test
  void shouldEndAtTheMostThatMayBeAsked() {
    Ramp ramp = new Ramp(1_000, 5_000);
    while (ramp.next() > 0) {
      ramp.tried(ramp.next(), 1, "");
    }

    assertEquals(5_000, ramp.held());
  }

  @Test
  void shouldNeedASchedule() {
    assertEquals(500, LoadPlans.of("--ramp", "--rate", "500").ratePerSecond());
    assertThrows(IllegalArgumentException.class, () -> LoadPlans.of("--ramp", "--rate", "max"));
  }

  @Test
  void shouldEndWhenNothingHolds() {
    Ramp ramp = new Ramp(1_000, 5_000);
    while (ramp.next() > 0) {
      ramp.tried(ramp.next(), 1, "down");
    }

    assertEquals(0, ramp.held());
    assertTrue(ramp.text().contains("0/s held"), ramp.text());
  }
}
