package io.hexbeat.ingest.journal;

import java.util.Locale;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.RollCycles;

/** How a journal is cut into files, by UTC; fixed with the directory. Immutable; any thread. */
public enum JournalRoll {
  /** 24 files a day, so that little is kept beyond what must be. */
  HOURLY,
  DAILY;

  RollCycle cycle() {
    return switch (this) {
      case HOURLY -> RollCycles.FAST_HOURLY;
      case DAILY -> RollCycles.FAST_DAILY;
    };
  }

  /** As configuration and {@code journal.properties} write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The roll of a text.
   *
   * @throws IllegalArgumentException if there is no such roll
   */
  public static JournalRoll of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
