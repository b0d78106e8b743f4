package io.hexbeat.load.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Promises found broken, counted by kind. Any thread. Keeps the words of the first ones only, so
 * that a server that is wholly wrong does not fill the memory.
 */
final class Violations {
  private static final int TOLD = 30;

  private final Map<String, Long> counts = new TreeMap<>();
  private final List<String> told = new ArrayList<>();
  private String when = "";

  /** What is going on from here on, for the words. */
  synchronized void during(String when) {
    this.when = when;
  }

  synchronized void add(String kind, String what) {
    counts.merge(kind, 1L, Long::sum);
    if (told.size() < TOLD) {
      told.add(kind + ": " + what + " (" + when + ")");
    }
  }

  synchronized long of(String kind) {
    return counts.getOrDefault(kind, 0L);
  }

  synchronized boolean none() {
    return counts.isEmpty();
  }

  synchronized Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }

  synchronized List<String> told() {
    return List.copyOf(told);
  }
}
