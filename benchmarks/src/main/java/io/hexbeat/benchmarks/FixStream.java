package io.hexbeat.benchmarks;

/**
 * Fixes in the order in which a server would see them: the i-th is of device {@code devices[i]}, 0
 * to {@code deviceCount - 1}, at {@code (latsE7[i], lngsE7[i])}. The arrays are shared, not copied,
 * and not written after construction.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FixStream(int[] devices, int[] latsE7, int[] lngsE7, int deviceCount) {
  int size() {
    return latsE7.length;
  }
}
