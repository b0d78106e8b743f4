package io.hexbeat.geofence.trust;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a punch says. Immutable; any thread. Byte codes are journaled and never change. */
public enum PunchKind {
  CLOCK_IN(0),
  CLOCK_OUT(1),
  VISIT_IN(2),
  VISIT_OUT(3);

  private static final PunchKind[] BY_CODE = values();

  private final byte code;

  PunchKind(int code) {
    this.code = (byte) code;
  }

  public byte code() {
    return code;
  }

  /** Lower case, as in the API: {@code clock_in}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind the API calls so, or null. */
  public static @Nullable PunchKind ofText(String text) {
    for (PunchKind kind : BY_CODE) {
      if (kind.text().equals(text)) {
        return kind;
      }
    }
    return null;
  }

  /**
   * The kind of a code.
   *
   * @throws IllegalArgumentException if no version so far has written that code
   */
  public static PunchKind of(byte code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("punch kind=" + code + " is unknown");
    }
    return BY_CODE[code];
  }
}
