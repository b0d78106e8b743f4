package io.hexbeat.geofence.trust;

import java.util.Locale;

/** How loud an alert is, by its score. Immutable; any thread. */
public enum Severity {
  INFO,
  WARNING,
  CRITICAL;

  /** 71 and more is critical (held for review), 40 and more a warning. */
  public static Severity ofScore(int score) {
    if (score > 70) {
      return CRITICAL;
    }
    return score >= 40 ? WARNING : INFO;
  }

  /** Lower case, as in the API. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
