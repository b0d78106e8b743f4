package io.hexbeat.geofence;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A reusable set of fence handles, filled by {@link FenceIndex#containing} and read in ascending
 * order. It is put in order when it is first read, so that counting costs nothing. One thread;
 * allocates only when it must grow.
 */
public final class FenceIds {
  /** So many are looked through as they lie. */
  private static final int FEW = 16;

  private int[] handles = new int[16];
  private int size;
  private boolean ordered = true;

  /** The shared set that it is, null once it was told more. */
  private int @Nullable [] set;

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
    if (size <= FEW) {
      for (int i = 0; i < size; i++) {
        if (handles[i] == handle) {
          return true;
        }
      }
      return false;
    }
    order();
    return Arrays.binarySearch(handles, 0, size, handle) >= 0;
  }

  public void clear() {
    size = 0;
    ordered = true;
    set = null;
  }

  /**
   * Overwrites it with handles in ascending order, which are never changed: where it already is
   * that very set there is nothing to do.
   */
  void setTo(int[] ascending) {
    if (set == ascending) {
      return;
    }
    set = ascending;
    int length = ascending.length;
    if (length > handles.length) {
      handles = new int[Math.max(2 * handles.length, length)];
    }
    System.arraycopy(ascending, 0, handles, 0, length);
    size = length;
    ordered = true;
  }

  /** Adds a handle that is not there yet. */
  public void add(int handle) {
    if (size == handles.length) {
      handles = Arrays.copyOf(handles, 2 * size);
    }
    set = null;
    ordered &= size == 0 || handles[size - 1] < handle;
    handles[size++] = handle;
  }

  /** Adds a handle to a few. */
  public void addIfAbsent(int handle) {
    for (int i = 0; i < size; i++) {
      if (handles[i] == handle) {
        return;
      }
    }
    add(handle);
  }

  /** Adds handles that are not there yet. */
  void addAll(int[] from, int at, int count) {
    if (count == 0) {
      return;
    }
    if (size + count > handles.length) {
      handles = Arrays.copyOf(handles, 2 * (size + count));
    }
    System.arraycopy(from, at, handles, size, count);
    set = null;
    size += count;
    ordered = false;
  }

  private void order() {
    if (ordered) {
      return;
    }
    if (size > FEW) {
      Arrays.sort(handles, 0, size);
    } else {
      insertionSort();
    }
    ordered = true;
  }

  /** Nothing to call, for a few. */
  private void insertionSort() {
    for (int i = 1; i < size; i++) {
      int handle = handles[i];
      int at = i;
      for (; at > 0 && handles[at - 1] > handle; at--) {
        handles[at] = handles[at - 1];
      }
      handles[at] = handle;
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
