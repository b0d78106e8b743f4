package io.hexbeat.load.demo;

import java.util.Locale;

/** What the replay has done so far. Immutable: the replay's loop makes one, any thread may read. */
record Tally(
    int moving,
    long pings,
    long verified,
    long unverified,
    long invalid,
    long alerts,
    long retries,
    long refused) {
  static final Tally NOTHING = new Tally(0, 0, 0, 0, 0, 0, 0, 0);

  /** One line for a terminal. */
  String line() {
    String line =
        String.format(
            Locale.ROOT,
            "%d moving | %,d pings | punches %d verified %d unverified %d invalid | %d alerts",
            moving,
            pings,
            verified,
            unverified,
            invalid,
            alerts);
    if (retries > 0) {
      line += " | " + retries + " sent again";
    }
    return refused > 0 ? line + " | " + refused + " refused" : line;
  }
}
