package io.hexbeat.benchmarks;

import java.util.List;

/** Every fence is asked: its box first, then its whole ring or its distance. */
final class LinearScan implements Peer {
  private final RingTest[] fences;

  private LinearScan(RingTest[] fences) {
    this.fences = fences;
  }

  static LinearScan of(List<Outline> outlines) {
    return new LinearScan(outlines.stream().map(RingTest::of).toArray(RingTest[]::new));
  }

  @Override
  public void containing(int latE7, int lngE7, Hits out) {
    out.clear();
    for (int i = 0; i < fences.length; i++) {
      if (fences[i].contains(latE7, lngE7)) {
        out.add(i + 1);
      }
    }
  }
}
