package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.MultiMap;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parsers of single values, each beside a plain one of the same meaning. */
final class ValueLaws {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern JSON_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?");
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,18}");
  private static final int MAX_NUMBER_BYTES = 64;

  private static final Pattern TIME =
      Pattern.compile(
          "([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})"
              + "(?::([0-9]{2})(?:[.,]([0-9]+))?)?(?:([Zz])|([-+ ])([0-9]{2})(?::?([0-9]{2}))?)?");

  private ValueLaws() {}

  /** The whole number that a text is, as far as a reader of phones takes one. */
  static long whole(String text) {
    boolean whole = WHOLE.matcher(text).matches();
    return whole ? new BigDecimal(text).longValueExact() : Long.MIN_VALUE;
  }

  static void number(byte[] input) {
    String text = latin(input);
    Decimal decimal = new Decimal();
    boolean isNumber = input.length <= MAX_NUMBER_BYTES && NUMBER.matcher(text).matches();
    double expected = isNumber ? Double.parseDouble(text) : Double.NaN;
    double found = decimal.parse(slice(input));
    assertEquals(Double.isInfinite(expected) ? Double.NaN : expected, found, text);
    boolean isJson = decimal.isJsonNumber(slice(input));
    assertEquals(input.length <= 15 && JSON_NUMBER.matcher(text).matches(), isJson, text);
    int end = decimal.scan(input, 0, input.length);
    assertTrue(end >= 0 && end <= input.length);
    if (end == input.length && decimal.isWhole()) {
      assertEquals(whole(text), decimal.whole());
    }
    if (decimal.isNumber()) {
      assertEquals(
          new BigDecimal(mantissa(latin(input).substring(0, end))).signum() == 0
              && decimalDigits(text.substring(0, end)) <= 18,
          decimal.isZero(),
          text);
    }
  }

  private static String mantissa(String number) {
    return number.replaceFirst("[eE].*", "");
  }

  private static long decimalDigits(String number) {
    return mantissa(number).chars().filter(c -> c >= '0' && c <= '9').count();
  }

  static void time(byte[] input) {
    TextSlice slice = slice(input);
    String text = latin(input);
    assertEquals(timeMs(text, false), PhoneTime.parseIso(slice, false), text);
    assertEquals(timeMs(text, true), PhoneTime.parseIso(slice, true), text);
    long parsed = PhoneTime.parse(slice, new Decimal());
    if (text.indexOf(':') >= 0) {
      assertEquals(timeMs(text, true), parsed, text);
    } else if (parsed != PhoneTime.UNREADABLE) {
      double number = Double.parseDouble(text);
      double ms = number < Integer.MAX_VALUE ? number * 1000 : number;
      assertEquals(Math.round(ms), parsed, text);
    }
  }

  private static long timeMs(String text, boolean utcByDefault) {
    Matcher time = TIME.matcher(text);
    boolean offset = time.matches() && (time.group(8) != null || time.group(9) != null);
    if (!time.matches() || (!offset && !utcByDefault)) {
      return PhoneTime.UNREADABLE;
    }
    int second = time.group(6) == null ? 0 : Integer.parseInt(time.group(6));
    String fraction = time.group(7) == null ? "" : time.group(7);
    int offsetHours = time.group(10) == null ? 0 : Integer.parseInt(time.group(10));
    int offsetMinutes = time.group(11) == null ? 0 : Integer.parseInt(time.group(11));
    if (second > 60 || offsetHours > 18 || offsetMinutes > 59) {
      return PhoneTime.UNREADABLE;
    }
    try {
      LocalDateTime local =
          LocalDateTime.of(
              Integer.parseInt(time.group(1)),
              Integer.parseInt(time.group(2)),
              Integer.parseInt(time.group(3)),
              Integer.parseInt(time.group(4)),
              Integer.parseInt(time.group(5)));
      long shiftMinutes = offsetHours * 60L + offsetMinutes;
      return local.toEpochSecond(ZoneOffset.UTC) * 1000
          + second * 1000L
          + Long.parseLong((fraction + "000").substring(0, 3))
          - ("-".equals(time.group(9)) ? -shiftMinutes : shiftMinutes) * 60_000;
    } catch (DateTimeException e) {
      return PhoneTime.UNREADABLE;
    }
  }

  static void credential(byte[] input) {
    String text = latin(input);
    PhoneRequest request = new PhoneRequest();
    request.open(MultiMap.caseInsensitiveMultiMap().add("Authorization", text), text);
    assertNotEquals("", Credential.token(request));
    String inQuery = Credential.inQuery(request, "token");
    if (inQuery != null) {
      assertFalse(inQuery.isEmpty() || inQuery.indexOf('&') >= 0, text);
      assertTrue(("&" + text).contains("&token=" + inQuery), text);
    }
  }

  /** Pairs come out as from a decoder that takes one byte at a time, also from a used reader. */
  static final class Form implements Law {
    private static final int MAX_PAIRS = 8;
    private final FormPairs<OsmAndFields.Field> reused = empty();

    @Override
    public void check(byte[] input) {
      List<String> expected = pairs(latin(input));
      FormPairs<OsmAndFields.Field> fresh = empty();
      fresh.read(input, input.length);
      reused.clear();
      reused.read(latin(input));
      assertEquals(expected, read(fresh));
      assertEquals(expected, read(reused));
      assertEquals(Math.max(0, allPairs(latin(input)).size() - MAX_PAIRS), fresh.leftOut());
    }

    private static FormPairs<OsmAndFields.Field> empty() {
      return new FormPairs<>(FieldNames.ofForm(OsmAndFields.Field.class), MAX_PAIRS);
    }

    private static List<String> read(FormPairs<OsmAndFields.Field> pairs) {
      List<String> read = new ArrayList<>();
      for (int i = 0; i < pairs.size(); i++) {
        read.add(pairs.name(i) + "=" + pairs.value(i));
        assertEquals(isPlain(pairs.value(i).toString()), pairs.value(i).isPlain());
        assertTrue(pairs.name(i).sameAs(pairs.name(i).toString()));
        assertEquals(fieldOf(pairs.name(i).toString()), pairs.field(i));
      }
      return read;
    }

    private static OsmAndFields.Field fieldOf(String name) {
      for (OsmAndFields.Field field : OsmAndFields.Field.values()) {
        if (field != OsmAndFields.Field.OTHER
            && field.name().toLowerCase(Locale.ROOT).equals(name)) {
          return field;
        }
      }
      return OsmAndFields.Field.OTHER;
    }

    private static boolean isPlain(String text) {
      return text.chars().allMatch(c -> c >= ' ' && c < 0x80 && c != '"' && c != '\\');
    }

    private static List<String> pairs(String form) {
      return allPairs(form).stream().limit(MAX_PAIRS).toList();
    }

    private static List<String> allPairs(String form) {
      List<String> pairs = new ArrayList<>();
      for (String pair : form.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        if (!pair.isEmpty()) {
          pairs.add(decoded(name) + "=" + decoded(value));
        }
      }
      return pairs;
    }

    private static String decoded(String part) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int i = 0; i < part.length(); i++) {
        char c = part.charAt(i);
        if (c == '%' && i + 2 < part.length() && isHex(part.substring(i + 1, i + 3))) {
          bytes.write(Integer.parseInt(part.substring(i + 1, i + 3), 16));
          i += 2;
        } else {
          bytes.write(c == '+' ? ' ' : c);
        }
      }
      return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isHex(String two) {
      return two.matches("[0-9a-fA-F]{2}");
    }
  }

  private static String latin(byte[] input) {
    return new String(input, StandardCharsets.ISO_8859_1);
  }

  /** To the very end of its array, where reading on shows. */
  private static TextSlice slice(byte[] input) {
    boolean plain = true;
    for (byte b : input) {
      plain &= ByteScan.isPlain(b);
    }
    TextSlice slice = new TextSlice();
    slice.set(input, 0, input.length, plain, false);
    return slice;
  }
}
