package io.hexbeat.load.faults;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the suite does to a server. Immutable; any thread. */
enum FaultKind {
  /** {@code kill -9} at a random moment under load. */
  KILL,
  /** {@code kill -9} while it starts and replays. */
  KILL_STARTING,
  /** SIGTERM under load: it drains and ends with 0. */
  TERM,
  /** SIGSTOP, and SIGCONT a while later. */
  FREEZE,
  /** {@code kill -9} of its PostgreSQL, which then is gone. */
  PG_KILL,
  /** SIGSTOP of all of PostgreSQL, and SIGCONT a while later. */
  PG_FREEZE,
  /** PostgreSQL is told to stop. */
  PG_STOP,
  /** Whoever writes to the journal's file system waits for a while. */
  DISK_HANG,
  /** The next start is on a journal's file system without space, for a while. */
  DISK_FULL,
  /** A manager's socket that is not read any more. */
  SLOW_READER,
  /** Clients that break off in the middle of a request or frame. */
  BROKEN_FRAME,
  /** After a kill the unused end of the last journal file is cut off. */
  TORN_TAIL,
  /** The next start is with a clock that is hours or a day off. */
  CLOCK;

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static FaultKind of(String label) {
    for (FaultKind kind : values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("--only=" + label + " must be among " + labels());
  }

  static String labels() {
    return Arrays.stream(values()).map(FaultKind::label).collect(Collectors.joining(", "));
  }
}
