package io.hexbeat.geofence;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * When a customer is open, by the days of a week in the customer's own zone. Immutable but for what
 * it remembers of its last answer, which is one object, so that any thread may ask. An answer costs
 * two comparisons until the customer opens or closes; then the next such time is computed, a
 * microsecond and an object. Hours are those of the wall: on the day the clocks change, 08:00 is
 * 08:00, a time that is skipped comes with the first after it, and one that comes twice counts from
 * its first to its first.
 */
public final class OpeningHours {
  /** Minutes of a day, its end included. */
  public static final int DAY_MINUTES = 24 * 60;

  /** No week looks farther ahead or back for a change. */
  private static final int LOOK_DAYS = 8;

  /**
   * From a minute of the day to another, the latter not included.
   *
   * @param fromMinute 0..1439
   * @param toMinute later, up to {@link #DAY_MINUTES}
   */
  public record Span(int fromMinute, int toMinute) {
    public Span {
      if (fromMinute < 0 || toMinute > DAY_MINUTES || fromMinute >= toMinute) {
        throw new IllegalArgumentException(
            "span="
                + fromMinute
                + ".."
                + toMinute
                + " must be within a day and end after it begins");
      }
    }
  }

  /** Nothing changes from one time to another. */
  private record Answer(long fromMs, long untilMs, boolean open) {}

  private final ZoneId zone;
  private final Map<DayOfWeek, List<Span>> week;

  /** Of some thread's last question; an old one is as true. */
  private Answer last = new Answer(0, 0, false);

  /**
   * Hours of a week; days that are not named are closed.
   *
   * @throws IllegalArgumentException if spans of a day overlap or are not in order
   */
  public OpeningHours(ZoneId zone, Map<DayOfWeek, List<Span>> week) {
    this.zone = zone;
    this.week = new EnumMap<>(DayOfWeek.class);
    week.forEach(
        (day, spans) -> {
          for (int i = 1; i < spans.size(); i++) {
            if (spans.get(i).fromMinute() < spans.get(i - 1).toMinute()) {
              throw new IllegalArgumentException(
                  day + ": " + spans.get(i) + " begins before " + spans.get(i - 1) + " ends");
            }
          }
          this.week.put(day, List.copyOf(spans));
        });
  }

  public boolean openAt(long timeMs) {
    return at(timeMs).open();
  }

  /** The first time after this one at which it may open or close. */
  public long changesAtMs(long timeMs) {
    return at(timeMs).untilMs();
  }

  /** When it last opened or closed, up to this time. */
  public long changedAtMs(long timeMs) {
    return at(timeMs).fromMs();
  }

  private Answer at(long timeMs) {
    Answer known = last;
    if (timeMs >= known.fromMs() && timeMs < known.untilMs()) {
      return known;
    }
    Answer answer = compute(timeMs);
    last = answer;
    return answer;
  }

  /** Walks the openings around the time; what touches is one. */
  private Answer compute(long timeMs) {
    LocalDate today = Instant.ofEpochMilli(timeMs).atZone(zone).toLocalDate();
    long closedSinceMs = startMs(today.minusDays(LOOK_DAYS), 0);
    long openedMs = Long.MIN_VALUE;
    long closesMs = Long.MIN_VALUE;
    List<long[]> openings = openings(today);
    for (int i = 0; i < openings.size(); i++) {
      long[] opening = openings.get(i);
      if (closesMs == opening[0]) {
        closesMs = opening[1];
      } else {
        if (openedMs <= timeMs && timeMs < closesMs) {
          break;
        }
        if (opening[0] > timeMs) {
          return new Answer(Math.max(closedSinceMs, closesMs), opening[0], false);
        }
        openedMs = opening[0];
        closesMs = opening[1];
      }
    }
    if (openedMs <= timeMs && timeMs < closesMs) {
      return new Answer(openedMs, closesMs, true);
    }
    return new Answer(
        Math.max(closedSinceMs, closesMs), startMs(today.plusDays(LOOK_DAYS + 1), 0), false);
  }

  private List<long[]> openings(LocalDate today) {
    List<long[]> openings = new ArrayList<>();
    for (int days = -LOOK_DAYS; days <= LOOK_DAYS; days++) {
      LocalDate day = today.plusDays(days);
      for (Span span : week.getOrDefault(day.getDayOfWeek(), List.of())) {
        long fromMs = startMs(day, span.fromMinute());
        long toMs = startMs(day, span.toMinute());
        if (fromMs < toMs) {
          openings.add(new long[] {fromMs, toMs});
        }
      }
    }
    return openings;
  }

  private long startMs(LocalDate day, int minute) {
    LocalDate date = minute == DAY_MINUTES ? day.plusDays(1) : day;
    int ofDay = minute % DAY_MINUTES;
    return date.atTime(ofDay / 60, ofDay % 60).atZone(zone).toInstant().toEpochMilli();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OpeningHours hours
        && hours.zone.equals(zone)
        && hours.week.equals(week);
  }

  @Override
  public int hashCode() {
    return 31 * zone.hashCode() + week.hashCode();
  }

  @Override
  public String toString() {
    return zone + " " + week;
  }
}
