package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * A reusable set of fence handles in ascending order, filled by {@link FenceIndex#containing}. One
 * thread; allocates only when it must grow.
 */
public final class FenceIds {
  private int[] handles = new int[16];
  private int size;

  public int size() {
    return size;
  }

  /** The i-th smallest handle. */
  public int get(int i) {
    if (i >= size) {
      throw new IndexOutOfBoundsException("i=" + i + " size=" + size);
    }
    return handles[i];
  }

  public boolean contains(int handle) {
    return Arrays.binarySearch(handles, 0, size, handle) >= 0;
  }

  public void clear() {
    size = 0;
  }

  /** Adds a handle, keeping the order; a handle that is there already changes nothing. */
  public void add(int handle) {
    int at = size;
    while (at > 0 && handles[at - 1] > handle) {
      at--;
    }
    if (at > 0 && handles[at - 1] == handle) {
      return;
    }
    if (size == handles.length) {
      handles = Arrays.copyOf(handles, size * 2);
    }
    System.arraycopy(handles, at, handles, at + 1, size - at);
    handles[at] = handle;
    size++;
  }

  public int[] toArray() {
    return Arrays.copyOf(handles, size);
  }

  @Override
  public String toString() {
    return Arrays.toString(toArray());
  }
}
