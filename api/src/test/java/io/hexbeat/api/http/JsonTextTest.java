package io.hexbeat.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexbeat.api.store.Times;
import io.vertx.core.json.Json;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTextTest {
  @Test
  void shouldWriteTimesAsTheRestOfTheApiDoes() {
    long seed = 7;
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long timeMs = random.nextLong() % 200_000_000_000_000L;
      long withinYears = timeMs < -62_000_000_000_000L ? -timeMs : timeMs;
      StringBuilder out = new StringBuilder();
      JsonText.appendTime(out, withinYears);
      assertEquals(Times.iso(withinYears), out.toString(), "seed=" + seed);
    }
  }

  @Test
  void shouldWriteTimesThatNoCalendarHolds() {
    for (long timeMs : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
      StringBuilder out = new StringBuilder();
      JsonText.appendTime(out, timeMs);
      assertEquals('Z', out.charAt(out.length() - 1));
    }
  }

  @Test
  void shouldWriteScaledNumbersExactly() {
    long seed = 8;
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      int value = random.nextInt();
      StringBuilder out = new StringBuilder();
      JsonText.appendScaled(out, value, 7);
      assertEquals(
          0,
          new BigDecimal(out.toString()).compareTo(BigDecimal.valueOf(value, 7)),
          "seed=" + seed);
    }
    StringBuilder out = new StringBuilder();
    JsonText.appendScaled(out, -50, 2);
    assertEquals("-0.5", out.toString());
  }

  @Test
  void shouldEscapeStrings() {
    String text = "a\"b\\c\n\u0001\u2028上海";
    StringBuilder out = new StringBuilder();
    JsonText.appendString(out, text);
    assertEquals(text, Json.decodeValue(out.toString()));
  }
}
