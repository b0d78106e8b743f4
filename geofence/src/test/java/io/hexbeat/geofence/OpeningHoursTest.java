package io.hexbeat.geofence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.OpeningHours.Span;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Held against the wall's clock, minute by minute, through both changes of it. */
class OpeningHoursTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static OpeningHours weekdays() {
    Map<DayOfWeek, List<Span>> week = new EnumMap<>(DayOfWeek.class);
    for (DayOfWeek day : DayOfWeek.values()) {
      if (day.getValue() <= 5) {
        week.put(day, List.of(new Span(8 * 60, 12 * 60), new Span(13 * 60, 18 * 60)));
      }
    }
    return new OpeningHours(BERLIN, week);
  }

  private static long ms(int month, int day, int hour, int minute) {
    return LocalDateTime.of(2026, month, day, hour, minute)
        .atZone(BERLIN)
        .toInstant()
        .toEpochMilli();
  }

  @Test
  void shouldOpenAndCloseByTheWallsClock() {
    OpeningHours hours = weekdays();
    assertFalse(hours.openAt(ms(3, 27, 7, 59)));
    assertTrue(hours.openAt(ms(3, 27, 8, 0)));
    assertFalse(hours.openAt(ms(3, 27, 12, 0)));
    assertTrue(hours.openAt(ms(3, 27, 17, 59)));
    assertFalse(hours.openAt(ms(3, 27, 18, 0)));
    assertFalse(hours.openAt(ms(3, 28, 10, 0)));
  }

  @Test
  void shouldTellWhenItChangesNext() {
    OpeningHours hours = weekdays();
    assertEquals(ms(3, 27, 8, 0), hours.changesAtMs(ms(3, 27, 3, 0)));
    assertEquals(ms(3, 27, 12, 0), hours.changesAtMs(ms(3, 27, 8, 0)));
    // over a weekend on which the clocks change
    assertEquals(ms(3, 30, 8, 0), hours.changesAtMs(ms(3, 27, 18, 0)));
    assertEquals(ms(10, 26, 8, 0), hours.changesAtMs(ms(10, 23, 18, 0)));
  }

  @Test
  void shouldAgreeWithTheWallsClockAtAnyTimeInAnyOrder() {
    Map<DayOfWeek, List<Span>> week = new EnumMap<>(DayOfWeek.class);
    week.put(DayOfWeek.SATURDAY, List.of(new Span(22 * 60, OpeningHours.DAY_MINUTES)));
    week.put(DayOfWeek.SUNDAY, List.of(new Span(0, 60), new Span(3 * 60 + 30, 4 * 60)));
    week.put(DayOfWeek.WEDNESDAY, List.of(new Span(9 * 60, 17 * 60)));
    OpeningHours hours = new OpeningHours(BERLIN, week);
    Random random = new Random(5);
    long fromMs = ms(1, 1, 0, 0);
    for (int i = 0; i < 20_000; i++) {
      long timeMs = fromMs + (long) (random.nextDouble() * 365 * 86_400_000L);
      ZonedDateTime wall = Instant.ofEpochMilli(timeMs).atZone(BERLIN);
      int minute = wall.getHour() * 60 + wall.getMinute();
      boolean open =
          week.getOrDefault(wall.getDayOfWeek(), List.of()).stream()
              .anyMatch(span -> minute >= span.fromMinute() && minute < span.toMinute());
      assertEquals(open, hours.openAt(timeMs), wall::toString);
      long changesMs = hours.changesAtMs(timeMs);
      assertTrue(changesMs > timeMs, wall::toString);
      assertEquals(open, hours.openAt(changesMs - 1), wall::toString);
    }
  }

  @Test
  void shouldTakeHoursThatTouchForOne() {
    OpeningHours always =
        new OpeningHours(
            BERLIN,
            Map.of(
                DayOfWeek.MONDAY, List.of(new Span(0, 600), new Span(600, 1440)),
                DayOfWeek.TUESDAY, List.of(new Span(0, 60))));
    assertEquals(ms(3, 24, 1, 0), always.changesAtMs(ms(3, 23, 5, 0)));
  }

  @Test
  void shouldRefuseSpansThatOverlap() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new OpeningHours(
                BERLIN, Map.of(DayOfWeek.MONDAY, List.of(new Span(0, 600), new Span(500, 700)))));
    assertThrows(IllegalArgumentException.class, () -> new Span(600, 600));
  }
}
