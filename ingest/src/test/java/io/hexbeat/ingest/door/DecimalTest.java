package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DecimalTest {
  private final Decimal decimal = new Decimal();

  @Test
  void shouldFindTheDoubleThatTheJdkFinds() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 300_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
      appendDigits(text, random, random.nextInt(20));
      if (random.nextInt(4) > 0) {
        text.append('.');
        appendDigits(text, random, 1 + random.nextInt(22));
      }
      if (text.indexOf("0") < 0 && text.indexOf("1") < 0) {
        text.append('7');
      }
      if (random.nextInt(6) == 0) {
        text.append('e').append(random.nextInt(60) - 30);
      }
      assertSame(text.toString(), seed);
    }
  }

  @Test
  void shouldFindTheDoubleNextToTheMiddleOfTwo() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      double some = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(6));
      BigDecimal middle =
          new BigDecimal(some).add(new BigDecimal(Math.nextUp(some))).divide(BigDecimal.valueOf(2));
      int places = 15 + random.nextInt(4);
      assertSame(middle.setScale(places, RoundingMode.HALF_UP).toPlainString(), seed);
      assertSame(middle.setScale(places, RoundingMode.HALF_DOWN).toPlainString(), seed);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "0.0",
        "1",
        "180",
        "-122.084",
        "37.785834000000001",
        "9007199254740993",
        "999999999999999999",
        "1e22",
        "1e23",
        "4.9e-324",
        "1e-400",
        "0e9999",
        "123456789012345678",
        "0.000000000000000001",
        "18.",
        ".5",
        "+5",
        "1.5E3",
        "9223372036854775807"
      })
  void shouldReadEachWayOfWriting(String text) {
    assertSame(text, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+",
        ".",
        "e5",
        "1e",
        "1e+",
        "NaN",
        "Infinity",
        "0x1p3",
        "1f",
        "1d",
        " 1",
        "1 ",
        "1,5",
        "--1",
        "1e999",
        "1-2",
        "1.2.3"
      })
  void shouldFindNoNumberInAnythingElse(String text) {
    assertTrue(Double.isNaN(decimal.parse(slice(text))), text);
  }

  private void assertSame(String text, long seed) {
    double expected = Double.parseDouble(text);
    double found = decimal.parse(slice(text));
    assertEquals(expected, found, 0.0, () -> text + " seed=" + seed);
  }

  private static void appendDigits(StringBuilder text, Random random, int digits) {
    for (int i = 0; i < digits; i++) {
      text.append((char) ('0' + random.nextInt(10)));
    }
  }

  private static TextSlice slice(String text) {
    byte[] bytes = ("#" + text + "7").getBytes(StandardCharsets.US_ASCII);
    TextSlice slice = new TextSlice();
    slice.set(bytes, 1, bytes.length - 1, true, false);
    return slice;
  }
}
