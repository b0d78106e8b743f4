package io.hexbeat.api.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The place between two pages of history: the sort keys of the last row that was given. Immutable;
 * any thread. Clients get it as text that they can't take for anything else; a text that this
 * server didn't make is a {@link Problem} at {@code /query/cursor}.
 */
public record Cursor(List<String> keys) {
  private static final String SEPARATOR = "|";

  public Cursor {
    keys = List.copyOf(keys);
  }

  /** Of the last row's keys. */
  public static Cursor after(Object... keys) {
    return new Cursor(java.util.Arrays.stream(keys).map(String::valueOf).toList());
  }

  /** The cursor of the request, or null for its first page. */
  public static @Nullable Cursor of(Call call, int keyCount) {
    String text = call.cursor();
    if (text == null) {
      return null;
    }
    try {
      String joined = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      List<String> keys = List.of(joined.split("\\|", -1));
      if (keys.size() == keyCount) {
        return new Cursor(keys);
      }
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
    throw invalid();
  }

  /** A key that is a number. */
  public long number(int key) {
    try {
      return Long.parseLong(keys.get(key));
    } catch (NumberFormatException e) {
      throw invalid();
    }
  }

  /** A key as it is. */
  public String text(int key) {
    return keys.get(key);
  }

  /** What the client sends back. */
  public String encode() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.join(SEPARATOR, keys).getBytes(StandardCharsets.UTF_8));
  }

  private static Problem invalid() {
    return Problem.invalid("/query/cursor", "is not the next_cursor of an earlier page");
  }
}
