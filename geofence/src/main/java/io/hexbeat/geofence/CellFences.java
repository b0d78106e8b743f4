package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * What is known about one cell: the fences that hold all of it, and a test for each whose edge may
 * run through it. Immutable; any thread.
 */
final class CellFences {
  private static final BoundaryCheck[] NO_TESTS = {};
  static final CellFences NONE = new CellFences(new int[0], NO_TESTS);

  private final int[] inside;
  private final BoundaryCheck[] tests;

  private CellFences(int[] inside, BoundaryCheck[] tests) {
    this.inside = inside;
    this.tests = tests;
  }

  boolean isEmpty() {
    return inside.length == 0 && tests.length == 0;
  }

  void containing(int latE7, int lngE7, FenceIds out) {
    for (int handle : inside) {
      out.add(handle);
    }
    for (BoundaryCheck test : tests) {
      if (test.contains(latE7, lngE7)) {
        out.add(test.handle);
      }
    }
  }

  /** The same, and limits the region, whose anchor the point is, to where the answer holds. */
  void containing(int latE7, int lngE7, FenceIds out, SafeRegion region) {
    for (int handle : inside) {
      out.add(handle);
    }
    for (BoundaryCheck test : tests) {
      if (test.contains(latE7, lngE7, region)) {
        out.add(test.handle);
      }
    }
  }

  CellFences withInside(int handle) {
    int[] more = Arrays.copyOf(inside, inside.length + 1);
    more[inside.length] = handle;
    return new CellFences(more, tests);
  }

  CellFences withTest(BoundaryCheck test) {
    BoundaryCheck[] more = Arrays.copyOf(tests, tests.length + 1);
    more[tests.length] = test;
    return new CellFences(inside, more);
  }

  CellFences without(int handle) {
    int[] insideLeft = Arrays.stream(inside).filter(h -> h != handle).toArray();
    BoundaryCheck[] testsLeft =
        Arrays.stream(tests).filter(test -> test.handle != handle).toArray(BoundaryCheck[]::new);
    return insideLeft.length == 0 && testsLeft.length == 0
        ? NONE
        : new CellFences(insideLeft, testsLeft);
  }
}
