package io.hexbeat.api.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines of comma-separated values as RFC 4180 has them, safe to open in a spreadsheet: a text that
 * it would take for a formula begins with an apostrophe. Stateless; any thread.
 */
public final class CsvText {
  private static final String FORMULA_BEGINS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

  private CsvText() {}

  /** One line with its end; null is an empty cell, numbers are left as they are. */
  public static String line(List<? extends @Nullable Object> cells) {
    StringBuilder line = new StringBuilder();
    for (Object cell : cells) {
      String text = cell == null ? "" : cell.toString();
      boolean formula =
          !(cell instanceof Number)
              && !text.isEmpty()
              && FORMULA_BEGINS.indexOf(text.charAt(0)) >= 0;
      line.append(line.isEmpty() ? "\"" : ",\"")
          .append(formula ? "'" : "")
          .append(text.replace("\"", "\"\""))
          .append('"');
    }
    return line.append("\r\n").toString();
  }
}
