package io.hexbeat.api.alerts;

import java.util.Locale;

/** How far people are with an alert. */
public enum AlertStatus {
  /** Nobody has taken it. */
  OPEN,
  /** Somebody looks into it. */
  ASSIGNED,
  /** The member has said something to it that nobody has answered yet. */
  APPEALED,
  /** A person has decided. */
  RESOLVED;

  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AlertStatus ofCode(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
