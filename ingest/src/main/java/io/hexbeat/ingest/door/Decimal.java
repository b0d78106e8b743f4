package io.hexbeat.ingest.door;

/**
 * Decimal numbers as forms carry them. Stateless; any thread. Stricter than {@link
 * Double#parseDouble}, which also takes hexadecimal, type suffixes, blanks and the word NaN.
 */
final class Decimal {
  /** Longer ones are no reading of any sensor. */
  private static final int MAX_CHARS = 64;

  private Decimal() {}

  /** The nearest double, or NaN for text that is not a finite decimal number. */
  static double parse(String text) {
    if (text.isEmpty() || text.length() > MAX_CHARS) {
      return Double.NaN;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
        return Double.NaN;
      }
    }
    try {
      double value = Double.parseDouble(text);
      return Double.isInfinite(value) ? Double.NaN : value;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** Whether the text can stand in JSON as a number and comes back the same from a double. */
  static boolean isJsonNumber(String text) {
    int length = text.length();
    int at = length > 0 && text.charAt(0) == '-' ? 1 : 0;
    int whole = digitsEnd(text, at);
    if (whole == at || length > 15 || (text.charAt(at) == '0' && whole > at + 1)) {
      return false;
    }
    if (whole == length) {
      return true;
    }
    return text.charAt(whole) == '.' && whole + 1 < length && digitsEnd(text, whole + 1) == length;
  }

  private static int digitsEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}
