package io.hexbeat.api.visits;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counters of what becomes of visits. Any thread. */
public final class VisitStats {
  private final Map<VisitChange.Kind, LongAdder> changes = new EnumMap<>(VisitChange.Kind.class);
  final LongAdder failed = new LongAdder();
  final LongAdder restedMs = new LongAdder();

  final VisitLag lag = new VisitLag();

  /** Written by the follower, read for metrics. */
  volatile boolean behind;

  /** Nothing has happened yet. */
  public VisitStats() {
    for (VisitChange.Kind kind : VisitChange.Kind.values()) {
      changes.put(kind, new LongAdder());
    }
  }

  void count(VisitChange.Kind kind) {
    adder(kind).increment();
  }

  /** The kinds of changes by the name that the live socket has for them. */
  public static Iterable<String> kinds() {
    return Arrays.stream(VisitChange.Kind.values()).map(VisitChange.Kind::text).toList();
  }

  /** How many visits changed that way. */
  public long changes(String kind) {
    return adder(VisitChange.Kind.valueOf(kind.toUpperCase(Locale.ROOT))).sum();
  }

  /** Members whose visits could not be made because of what is stored of them. */
  public long failed() {
    return failed.sum();
  }

  /** Seconds that the follower rested because the line was short of time. */
  public double restedSeconds() {
    return restedMs.sum() / 1000.0;
  }

  /** Whether something is known to wait. */
  public boolean behind() {
    return behind;
  }

  /** Rows of work that wait, at most; as the follower last saw them. */
  public long waiting() {
    return lag.waiting();
  }

  /** How long the oldest of them has been known to wait, in seconds. */
  public double lagSeconds() {
    return lag.seconds(System.nanoTime());
  }

  private LongAdder adder(VisitChange.Kind kind) {
    LongAdder adder = changes.get(kind);
    if (adder == null) {
      throw new IllegalStateException("kind=" + kind);
    }
    return adder;
  }
}
