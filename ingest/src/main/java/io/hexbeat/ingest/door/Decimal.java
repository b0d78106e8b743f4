package io.hexbeat.ingest.door;

import java.nio.charset.StandardCharsets;

/**
 * A decimal number as phones write it, read from bytes. Belongs to one reader and is reused;
 * allocates only for numbers of more than 18 digits or with far powers of ten. The value is the
 * nearest double, exactly as {@link Double#parseDouble} has it, but hexadecimal, type suffixes,
 * blanks and the word NaN are no numbers.
 */
final class Decimal {
  /** So many digits always fit into a long. */
  private static final int MAX_DIGITS = 18;

  /** Longer ones are no reading of any sensor. */
  private static final int MAX_BYTES = 64;

  /** Whole numbers up to here are doubles. */
  private static final long MAX_EXACT = 1L << 53;

  /** A power of ten beyond these is not an integer times a power of two within any double. */
  private static final int MAX_EXPONENT = 9_999;

  /** Powers of ten that are doubles. */
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private byte[] bytes = new byte[0];
  private int from;
  private int end;
  private boolean negative;
  private long digits;
  private int exponent;
  private boolean cut;
  private int wholeDigits;
  private int fractionDigits;
  private boolean point;
  private boolean power;

  /** The value of a text that is a number from end to end, else NaN. */
  double parse(TextSlice text) {
    boolean number =
        text.to() - text.from() <= MAX_BYTES
            && scan(text.bytes(), text.from(), text.to()) == text.to()
            && isNumber();
    return number ? value() : Double.NaN;
  }

  /** Whether the text can stand in JSON as a number and comes back the same from a double. */
  boolean isJsonNumber(TextSlice text) {
    return text.to() - text.from() <= 15
        && scan(text.bytes(), text.from(), text.to()) == text.to()
        && isJson()
        && !power;
  }

  /** Reads as much of a number as there is, and returns where it ends. */
  int scan(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.from = from;
    digits = 0;
    exponent = 0;
    fractionDigits = 0;
    point = false;
    power = false;
    int at = from;
    negative = at < to && bytes[at] == '-';
    if (negative || (at < to && bytes[at] == '+')) {
      at++;
    }
    int digitsFrom = at;
    at = scanDigits(at, to);
    wholeDigits = at - digitsFrom;
    if (at < to && bytes[at] == '.') {
      point = true;
      int fractionFrom = ++at;
      at = scanDigits(at, to);
      fractionDigits = at - fractionFrom;
      exponent = -fractionDigits;
    }
    cut = wholeDigits + fractionDigits > MAX_DIGITS;
    if (at < to && (bytes[at] | 0x20) == 'e') {
      at = scanPower(at, to);
    }
    end = at;
    return at;
  }

  /** Whether there was a digit. */
  boolean isNumber() {
    return wholeDigits + fractionDigits > 0;
  }

  /** Whether it is written as JSON demands. */
  boolean isJson() {
    int first = negative ? from + 1 : from;
    return wholeDigits > 0
        && bytes[from] != '+'
        && (wholeDigits == 1 || bytes[first] != '0')
        && (!point || fractionDigits > 0);
  }

  boolean isZero() {
    return !cut && digits == 0;
  }

  /** Whether it is a whole number that fits into a long, written as one. */
  boolean isWhole() {
    return wholeDigits > 0 && !point && !power && !cut;
  }

  /** The whole number. */
  long whole() {
    return negative ? -digits : digits;
  }

  /** The nearest double, NaN for what is beyond them. */
  double value() {
    double magnitude = Double.NaN;
    if (!cut && exponent >= -22 && exponent <= 22) {
      if (digits <= MAX_EXACT || exponent == 0) {
        // One operation on two exact numbers rounds once.
        magnitude = exponent < 0 ? digits / POWERS[-exponent] : digits * POWERS[exponent];
      } else if (exponent < 0) {
        magnitude = triageQuotient(digits, POWERS[-exponent]);
      }
    }
    if (Double.isNaN(magnitude)) {
      return exactValue();
    }
    return negative ? -magnitude : magnitude;
  }

  /**
   * The quotient as a double and a correction to it, added; NaN where the sum lies so near to the
   * middle of two doubles that the correction's own rounding could matter.
   */
  private static double triageQuotient(long dividend, double divisor) {
    double high = (double) dividend;
    double low = dividend - (long) high;
    double quotient = high / divisor;
    double rest = Math.fma(-quotient, divisor, high) + low;
    double correction = rest / divisor;
    double sum = quotient + correction;
    double lost = Math.abs(correction - (sum - quotient));
    double half = Math.ulp(sum) / 2;
    // Below a power of two the doubles lie twice as dense.
    boolean doubtful =
        Math.abs(lost - half) < half * 1e-6 || Math.abs(lost - half / 2) < half * 1e-6;
    return doubtful ? Double.NaN : sum;
  }

  private double exactValue() {
    double value =
        Double.parseDouble(new String(bytes, from, end - from, StandardCharsets.ISO_8859_1));
    return Double.isInfinite(value) ? Double.NaN : value;
  }

  /** Overflows harmlessly where there are more digits than {@link #MAX_DIGITS}. */
  private int scanDigits(int from, int to) {
    byte[] text = bytes;
    long value = digits;
    int at = from;
    while (at < to) {
      int digit = text[at] - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
      at++;
    }
    digits = value;
    return at;
  }

  /** An {@code e} without digits after it is none. */
  private int scanPower(int from, int to) {
    int at = from + 1;
    boolean down = at < to && bytes[at] == '-';
    if (down || (at < to && bytes[at] == '+')) {
      at++;
    }
    int digitsFrom = at;
    int value = 0;
    while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
      value = Math.min(value * 10 + (bytes[at] - '0'), MAX_EXPONENT);
      at++;
    }
    if (at == digitsFrom) {
      return from;
    }
    power = true;
    exponent += down ? -value : value;
    return at;
  }
}
