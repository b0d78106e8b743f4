package io.hexbeat.load.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ReplayClockTest {
  private static final long NOW_MS = 1_800_000_000_000L;

  @Test
  void shouldStartInThePastAndRunFaster() {
    ReplayClock clock = new ReplayClock(NOW_MS, 3_600_000, 30);

    assertEquals(NOW_MS - 3_600_000, clock.phoneMs(NOW_MS));
    assertEquals(NOW_MS - 3_600_000 + 30_000, clock.phoneMs(NOW_MS + 1_000));
  }

  @Test
  void shouldCatchUpWithNowAndGoOnAtRealSpeed() {
    ReplayClock clock = new ReplayClock(NOW_MS, 3_600_000, 30);
    long caughtUpMs = clock.caughtUpWallMs();

    assertTrue(clock.phoneMs(caughtUpMs - 1_000) < caughtUpMs - 1_000);
    assertEquals(caughtUpMs, clock.phoneMs(caughtUpMs));
    assertEquals(caughtUpMs + 60_000, clock.phoneMs(caughtUpMs + 60_000));
  }

  @Test
  void shouldNeverRunAheadOfTheWallNorBackwards() {
    ReplayClock clock = ReplayClock.startingAt(NOW_MS, 7);
    long before = Long.MIN_VALUE;
    for (long wallMs = NOW_MS; wallMs < NOW_MS + Duration.ofHours(1).toMillis(); wallMs += 777) {
      long phoneMs = clock.phoneMs(wallMs);
      assertTrue(phoneMs <= wallMs && phoneMs >= before);
      before = phoneMs;
    }
  }

  @Test
  void shouldLetTheSpedUpPartLastTwentyFiveMinutes() {
    for (int speed : new int[] {2, 10, 29, 30}) {
      ReplayClock clock = ReplayClock.startingAt(NOW_MS, speed);
      double minutes = (clock.caughtUpWallMs() - NOW_MS) / 60_000.0;
      assertEquals(25, minutes, 0.3, "speed " + speed);
    }
    assertEquals(Duration.ofHours(12).toMillis(), ReplayClock.startingAt(NOW_MS, 60).lagMs());
  }

  @Test
  void shouldBeNowAtSpeedOne() {
    ReplayClock clock = ReplayClock.startingAt(NOW_MS, 1);

    assertEquals(NOW_MS + 5, clock.phoneMs(NOW_MS + 5));
    assertEquals(NOW_MS, clock.caughtUpWallMs());
  }

  @Test
  void shouldRefuseALagThatIsNeverCaughtUp() {
    assertThrows(IllegalArgumentException.class, () -> new ReplayClock(NOW_MS, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new ReplayClock(NOW_MS, 0, 0));
  }
}
