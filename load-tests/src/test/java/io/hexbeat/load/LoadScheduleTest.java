package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.load.LoadPlan.Door;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LoadScheduleTest {
  private static final long START_MS = 1_800_000_000_000L;
  private static final long START_NS = -5_000_000_000L;
  private static final long NS_PER_MS = 1_000_000;

  @Test
  void shouldSpreadPingsEvenlyWhateverTheRate() {
    for (int rate : new int[] {1, 7, 999, 1_000, 12_345}) {
      LoadSchedule schedule = schedule(200, rate, 1, 2);
      assertEquals(3L * rate, schedule.pings());
      for (long ping = 1; ping < schedule.pings(); ping++) {
        long gapMs = schedule.fixTimeMs(ping) - schedule.fixTimeMs(ping - 1);
        assertTrue(Math.abs(gapMs - 1_000.0 / rate) <= 1, "rate " + rate + " ping " + ping);
      }
    }
  }

  @Test
  void shouldOweExactlyThePingsWhoseTimeHasCome() {
    for (int rate : new int[] {1, 7, 999, 1_000, 12_345}) {
      LoadSchedule schedule = schedule(200, rate, 0, 1);
      assertEquals(0, schedule.dueBy(START_NS - 1));
      for (long elapsedMs = 0; elapsedMs < 1_100; elapsedMs += 3) {
        long due = schedule.dueBy(START_NS + elapsedMs * NS_PER_MS);
        if (due > 0) {
          assertTrue(schedule.fixTimeMs(due - 1) <= START_MS + elapsedMs);
        }
        if (due < schedule.pings()) {
          assertTrue(schedule.fixTimeMs(due) > START_MS + elapsedMs);
        }
      }
      assertEquals(schedule.pings(), schedule.dueBy(START_NS + 10_000 * NS_PER_MS));
    }
  }

  @Test
  void shouldGiveEachDeviceADifferentFixTimeEachPing() {
    LoadSchedule schedule = schedule(3, 3_000, 0, 2);
    Set<String> seen = new HashSet<>();
    for (long ping = 0; ping < schedule.pings(); ping++) {
      assertTrue(seen.add(schedule.device(ping) + "@" + schedule.fixTimeMs(ping)));
    }
  }

  @Test
  void shouldTellTheIntendedTimeFromTheFixTimeAlone() {
    LoadSchedule schedule = schedule(200, 1_000, 1, 1);

    assertEquals(START_NS, schedule.intendedNs(schedule.fixTimeMs(0)));
    assertEquals(START_NS + 1_234 * NS_PER_MS, schedule.intendedNs(schedule.fixTimeMs(1_234)));
  }

  @Test
  void shouldNotMeasureTheWarmUp() {
    LoadSchedule schedule = schedule(10, 100, 2, 3);

    assertFalse(schedule.measured(START_MS + 1_999));
    assertTrue(schedule.measured(START_MS + 2_000));
    assertTrue(schedule.measured(START_MS + 4_999));
    assertFalse(schedule.measured(START_MS + 5_000));
  }

  @Test
  void shouldRefuseMoreThanAPingAMillisecondFromADevice() {
    assertThrows(IllegalArgumentException.class, () -> schedule(1, 1_001, 0, 1));
  }

  private static LoadSchedule schedule(int devices, int rate, int warmUp, int seconds) {
    LoadPlan plan = new LoadPlan(Door.HTTP, devices, rate, warmUp, seconds, 1);
    return new LoadSchedule(plan, START_MS, START_NS);
  }
}
