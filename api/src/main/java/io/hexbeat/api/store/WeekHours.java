package io.hexbeat.api.store;

import io.hexbeat.geofence.OpeningHours;
import io.hexbeat.geofence.OpeningHours.Span;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opening hours as the API tells them: {@code {"mon": ["08:00-12:00", "13:00-18:00"], ...}}.
 * Stateless; any thread. A day that is left out is closed, {@code 24:00} ends a day; who is open
 * past midnight says so in two days. What it can't take is a {@link Refusal} with a pointer.
 */
final class WeekHours {
  private static final Pattern SPAN =
      Pattern.compile("([01]\\d|2[0-3]):([0-5]\\d)-(?:([01]\\d|2[0-3]):([0-5]\\d)|24:00)");
  private static final int SPANS_MAX = 8;

  private WeekHours() {}

  static OpeningHours read(ZoneId zone, JsonObject hours, String pointer) {
    Map<DayOfWeek, List<Span>> week = new EnumMap<>(DayOfWeek.class);
    for (String name : hours.fieldNames()) {
      String at = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
      week.put(day(name, at), day(hours.getValue(name), at));
    }
    if (week.values().stream().allMatch(List::isEmpty)) {
      throw Refusal.invalid(pointer, "it is never open; leave opening_hours out for always");
    }
    return new OpeningHours(zone, week);
  }

  private static DayOfWeek day(String name, String pointer) {
    for (DayOfWeek day : DayOfWeek.values()) {
      if (day.name().substring(0, 3).toLowerCase(Locale.ROOT).equals(name)) {
        return day;
      }
    }
    throw Refusal.invalid(pointer, "a day is one of mon, tue, wed, thu, fri, sat, sun");
  }

  private static List<Span> day(Object value, String pointer) {
    if (!(value instanceof JsonArray array) || array.size() > SPANS_MAX) {
      throw Refusal.invalid(pointer, "a day is a list of at most " + SPANS_MAX + " spans");
    }
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      Span span = span(array.getValue(i), pointer + "/" + i);
      if (!spans.isEmpty() && span.fromMinute() < spans.get(i - 1).toMinute()) {
        throw Refusal.invalid(pointer + "/" + i, "it begins before the span before it ends");
      }
      spans.add(span);
    }
    return spans;
  }

  private static Span span(Object value, String pointer) {
    if (value instanceof String text) {
      Matcher matcher = SPAN.matcher(text);
      if (matcher.matches()) {
        int from = minute(matcher.group(1), matcher.group(2));
        int to =
            matcher.group(3) == null
                ? OpeningHours.DAY_MINUTES
                : minute(matcher.group(3), matcher.group(4));
        if (from < to) {
          return new Span(from, to);
        }
      }
    }
    throw Refusal.invalid(
        pointer,
        "a span is HH:MM-HH:MM of one day, its end later than its beginning, at most 24:00");
  }

  private static int minute(String hour, String minute) {
    return Integer.parseInt(hour) * 60 + Integer.parseInt(minute);
  }
}
