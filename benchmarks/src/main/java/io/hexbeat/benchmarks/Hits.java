package io.hexbeat.benchmarks;

import java.util.Arrays;

/**
 * The fences that a peer found, in whatever order it finds them; reused from lookup to lookup. One
 * thread; allocates only when it must grow.
 */
final class Hits {
  private int[] handles = new int[16];
  private int size;

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  void add(int handle) {
    if (size == handles.length) {
      handles = Arrays.copyOf(handles, size * 2);
    }
    handles[size++] = handle;
  }

  int[] sorted() {
    int[] sorted = Arrays.copyOf(handles, size);
    Arrays.sort(sorted);
    return sorted;
  }
}
