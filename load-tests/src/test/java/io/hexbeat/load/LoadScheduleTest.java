package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LoadScheduleTest {
  private static final long START_NS = -5_000_000_000L;
  private static final long NS_PER_SECOND = LoadSchedule.NS_PER_SECOND;

  @Test
  void shouldSpreadMessagesEvenlyWhateverTheRate() {
    for (int batch : new int[] {1, 64}) {
      for (int rate : new int[] {1, 7, 999, 12_345, 1_000_000}) {
        LoadSchedule schedule = schedule(200, batch, rate, 1, 2);
        assertEquals(3L * rate / batch, schedule.messages());
        for (long message = 1; message < Math.min(50_000, schedule.messages()); message++) {
          double gapNs = schedule.intendedNs(message) - schedule.intendedNs(message - 1);
          assertEquals(1e9 * batch / rate, gapNs, 1, "rate " + rate + " message " + message);
        }
      }
    }
  }

  @Test
  void shouldOweExactlyTheMessagesWhoseTimeHasCome() {
    for (int rate : new int[] {1, 7, 999, 12_345}) {
      LoadSchedule schedule = schedule(200, 1, rate, 0, 1);
      assertEquals(0, schedule.dueBy(START_NS - 1));
      for (long elapsedNs = 0; elapsedNs < NS_PER_SECOND; elapsedNs += 3_333_333) {
        long due = schedule.dueBy(START_NS + elapsedNs);
        assertTrue(schedule.intendedNs(due - 1) <= START_NS + elapsedNs + 1);
        if (due < schedule.messages()) {
          assertTrue(schedule.intendedNs(due) >= START_NS + elapsedNs);
        }
      }
      assertEquals(schedule.messages(), schedule.dueBy(START_NS + 10 * NS_PER_SECOND));
    }
  }

  @Test
  void shouldGiveEachDeviceADifferentPingEachTime() {
    LoadSchedule schedule = schedule(3, 4, 3_000, 0, 2);
    Set<String> seen = new HashSet<>();
    for (long message = 0; message < schedule.messages(); message++) {
      for (int i = 0; i < 4; i++) {
        assertTrue(seen.add(schedule.device(message) + "@" + (schedule.firstPing(message) + i)));
      }
    }
  }

  @Test
  void shouldTellTheMessageFromDeviceAndPingAlone() {
    LoadSchedule schedule = schedule(7, 64, 100_000, 1, 1);

    for (long message = 0; message < schedule.messages(); message++) {
      long first = schedule.firstPing(message);
      assertEquals(message, schedule.messageOf(schedule.device(message), first));
      assertEquals(message, schedule.messageOf(schedule.device(message), first + 63));
    }
    assertEquals(-1, schedule.messageOf(0, schedule.firstPing() - 1));
    assertEquals(-1, schedule.messageOf(0, 1_000_000_000));
  }

  @Test
  void shouldNotMeasureTheWarmUp() {
    LoadSchedule schedule = schedule(10, 1, 100, 2, 3);

    assertFalse(schedule.measured(START_NS + 2 * NS_PER_SECOND - 1));
    assertTrue(schedule.measured(START_NS + 2 * NS_PER_SECOND));
    assertTrue(schedule.measured(START_NS + 5 * NS_PER_SECOND - 1));
    assertFalse(schedule.measured(START_NS + 5 * NS_PER_SECOND));
    assertEquals(START_NS + 5 * NS_PER_SECOND, schedule.endNs());
  }

  @Test
  void shouldHoldAnHourAtAMillionASecond() {
    LoadSchedule schedule = schedule(64, 64, 1_000_000, 0, 3_600);

    long last = schedule.messages() - 1;

    assertTrue(schedule.endNs() - schedule.intendedNs(last) < 100_000);
    assertEquals(last + 1, schedule.dueBy(schedule.endNs()));
  }

  private static LoadSchedule schedule(
      int devices, int batch, int rate, int warmUpSeconds, int seconds) {
    return new LoadSchedule(
        devices,
        batch,
        rate,
        START_NS,
        warmUpSeconds * NS_PER_SECOND,
        seconds * NS_PER_SECOND,
        1_000);
  }
}
