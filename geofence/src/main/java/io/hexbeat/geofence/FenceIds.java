package io.hexbeat.geofence;

import java.util.Arrays;

/**
 * A reusable set of fence handles, filled by {@link FenceIndex#containing} and read in ascending
 * order. It is put in order when it is first read, so that counting costs nothing. One thread;
 * allocates only when it must grow.
 */
public final class FenceIds {
  private int[] handles = new int[16];
  private int size;
  private boolean ordered = true;

  public int size() {
    return size;
  }

  /** The i-th smallest handle. */
  public int get(int i) {
    if (i >= size) {
      throw new IndexOutOfBoundsException("i=" + i + " size=" + size);
    }
    order();
    return handles[i];
  }

  public boolean contains(int handle) {
    order();
    return Arrays.binarySearch(handles, 0, size, handle) >= 0;
  }

  public void clear() {
    size = 0;
    ordered = true;
  }

  /** Adds a handle that is not there yet. */
  public void add(int handle) {
    if (size == handles.length) {
      grow(size + 1);
    }
    ordered &= size == 0 || handles[size - 1] < handle;
    handles[size++] = handle;
  }

  /** Adds handles that are not there yet. */
  void addAll(int[] more) {
    if (more.length == 0) {
      return;
    }
    if (size + more.length > handles.length) {
      grow(size + more.length);
    }
    System.arraycopy(more, 0, handles, size, more.length);
    size += more.length;
    ordered = false;
  }

  private void grow(int least) {
    handles = Arrays.copyOf(handles, Math.max(2 * handles.length, least));
  }

  private void order() {
    if (!ordered) {
      Arrays.sort(handles, 0, size);
      ordered = true;
    }
  }

  public int[] toArray() {
    order();
    return Arrays.copyOf(handles, size);
  }

  @Override
  public String toString() {
    return Arrays.toString(toArray());
  }
}
