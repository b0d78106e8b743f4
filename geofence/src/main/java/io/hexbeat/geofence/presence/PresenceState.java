package io.hexbeat.geofence.presence;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.SafeRegion;
import java.util.Arrays;

/**
 * Where one device was last and which fences it is in. Plain fields of the shard that owns the
 * device; only {@link PresenceEngine#apply} writes. Allocates when the device is in more fences at
 * once than ever before. Two states that took the same recorded decisions are equal field by field.
 */
public final class PresenceState {
  /**
   * Recent fixes remembered to recognise a batch that is sent again; a longer batch's head is then
   * STALE instead of DUPLICATE.
   */
  static final int REMEMBERED_FIXES = 64;

  private static final long NOT_PENDING = Long.MIN_VALUE;

  private boolean placed;
  private long lastTimeMs = Long.MIN_VALUE;
  private int lastLatE7;
  private int lastLngE7;
  private int lastAccuracyCm = Fix.UNKNOWN;

  private int size;
  private int[] fences = new int[4];
  private long[] sinceMs = new long[4];
  private boolean[] dwelt = new boolean[4];
  private long[] pendingSinceMs = new long[4];
  private int[] pendingFixes = new int[4];

  private final long[] remembered = new long[REMEMBERED_FIXES];
  private int rememberedCount;
  private int rememberedNext;
  private long newestFixTimeMs = Long.MIN_VALUE;

  /** Derived, of the last fix that was looked up in full; never journaled or compared. */
  private final SafeRegion region = new SafeRegion();

  private long quietFromMs;
  private long quietUntilMs = Long.MIN_VALUE;

  /** Whether any fix has been applied; before that there is no last position. */
  public boolean placed() {
    return placed;
  }

  /** Effective time of the last applied fix; never goes back. */
  public long lastTimeMs() {
    return lastTimeMs;
  }

  public int lastLatE7() {
    return lastLatE7;
  }

  public int lastLngE7() {
    return lastLngE7;
  }

  /** Centimetres or {@link Fix#UNKNOWN}. */
  public int lastAccuracyCm() {
    return lastAccuracyCm;
  }

  /** Number of fences the device is in. */
  public int size() {
    return size;
  }

  /** The i-th fence the device is in, ascending handles. */
  public int fenceHandle(int i) {
    return fences[checked(i)];
  }

  /** When it was entered, Unix milliseconds. */
  public long sinceMs(int i) {
    return sinceMs[checked(i)];
  }

  /** Whether DWELL has been told for this stay. */
  public boolean dwelt(int i) {
    return dwelt[checked(i)];
  }

  /** Whether a fix outside awaits confirmation. */
  public boolean exitPending(int i) {
    return pendingSinceMs[checked(i)] != NOT_PENDING;
  }

  /** Effective time of the first fix outside; only while {@link #exitPending}. */
  public long exitPendingSinceMs(int i) {
    return pendingSinceMs[checked(i)];
  }

  /** Fixes in a row that said outside; 0 when none. */
  public int exitPendingFixes(int i) {
    return pendingFixes[checked(i)];
  }

  public boolean isIn(int fenceHandle) {
    return indexOf(fenceHandle) >= 0;
  }

  /** The handles of the fences the device is in, ascending; a new array. */
  public int[] fenceHandles() {
    return Arrays.copyOf(fences, size);
  }

  boolean remembers(long fixTimeMs, int latE7, int lngE7) {
    if (fixTimeMs > newestFixTimeMs) {
      return false;
    }
    long print = print(fixTimeMs, latE7, lngE7);
    for (int i = 0; i < rememberedCount; i++) {
      if (remembered[i] == print) {
        return true;
      }
    }
    return false;
  }

  void remember(long fixTimeMs, int latE7, int lngE7) {
    remembered[rememberedNext] = print(fixTimeMs, latE7, lngE7);
    rememberedNext = (rememberedNext + 1) % REMEMBERED_FIXES;
    rememberedCount = Math.min(rememberedCount + 1, REMEMBERED_FIXES);
    newestFixTimeMs = Math.max(newestFixTimeMs, fixTimeMs);
  }

  void moveTo(long timeMs, int latE7, int lngE7, int accuracyCm) {
    placed = true;
    lastTimeMs = Math.max(lastTimeMs, timeMs);
    lastLatE7 = latE7;
    lastLngE7 = lngE7;
    lastAccuracyCm = accuracyCm;
  }

  SafeRegion region() {
    return region;
  }

  /** Nothing changes in the region between the two times. */
  void setQuiet(long fromMs, long untilMs) {
    quietFromMs = fromMs;
    quietUntilMs = untilMs;
  }

  /**
   * Whether a fix there and then changes nothing: it and the last applied one, and so the straight
   * way between them, are where membership is the same as when all of it was looked at.
   */
  boolean isQuiet(FenceIndex index, int latE7, int lngE7, long atMs) {
    return atMs < quietUntilMs
        && atMs >= quietFromMs
        && region.holds(index, latE7, lngE7)
        && region.holds(index, lastLatE7, lastLngE7);
  }

  void change(int fenceHandle, ChangeKind kind, long atMs) {
    quietUntilMs = Long.MIN_VALUE;
    int at = indexOf(fenceHandle);
    if (kind == ChangeKind.ENTER) {
      if (at < 0) {
        insert(-at - 1, fenceHandle, atMs);
      }
      return;
    }
    if (at < 0) {
      return;
    }
    switch (kind) {
      case EXIT, REMOVED -> remove(at);
      case DWELL -> dwelt[at] = true;
      case EXIT_PENDING -> {
        if (pendingSinceMs[at] == NOT_PENDING) {
          pendingSinceMs[at] = atMs;
        }
        pendingFixes[at]++;
      }
      case EXIT_CANCELLED -> {
        pendingSinceMs[at] = NOT_PENDING;
        pendingFixes[at] = 0;
      }
      default -> throw new IllegalStateException("change kind=" + kind);
    }
  }

  private void insert(int at, int fenceHandle, long atMs) {
    if (size == fences.length) {
      int room = size * 2;
      fences = Arrays.copyOf(fences, room);
      sinceMs = Arrays.copyOf(sinceMs, room);
      dwelt = Arrays.copyOf(dwelt, room);
      pendingSinceMs = Arrays.copyOf(pendingSinceMs, room);
      pendingFixes = Arrays.copyOf(pendingFixes, room);
    }
    shift(at, at + 1);
    size++;
    fences[at] = fenceHandle;
    sinceMs[at] = atMs;
    dwelt[at] = false;
    pendingSinceMs[at] = NOT_PENDING;
    pendingFixes[at] = 0;
  }

  private void remove(int at) {
    shift(at + 1, at);
    size--;
  }

  private void shift(int from, int to) {
    int length = size - from;
    System.arraycopy(fences, from, fences, to, length);
    System.arraycopy(sinceMs, from, sinceMs, to, length);
    System.arraycopy(dwelt, from, dwelt, to, length);
    System.arraycopy(pendingSinceMs, from, pendingSinceMs, to, length);
    System.arraycopy(pendingFixes, from, pendingFixes, to, length);
  }

  private int indexOf(int fenceHandle) {
    return Arrays.binarySearch(fences, 0, size, fenceHandle);
  }

  private int checked(int i) {
    if (i < 0 || i >= size) {
      throw new IndexOutOfBoundsException("i=" + i + " size=" + size);
    }
    return i;
  }

  /**
   * 64 bits of (time, position), by the finalizer of SplitMix64; two fixes share one by a chance of
   * 2^-64.
   */
  private static long print(long fixTimeMs, int latE7, int lngE7) {
    return mix(mix(fixTimeMs) ^ ((long) latE7 << 32 | (lngE7 & 0xFFFF_FFFFL)));
  }

  private static long mix(long bits) {
    long z = bits + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return z ^ z >>> 31;
  }

  /** Every field, so that two states can be compared in a test. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(256);
    text.append("placed=").append(placed).append(" lastTimeMs=").append(lastTimeMs);
    text.append(" last=(").append(lastLatE7).append(", ").append(lastLngE7).append(") accuracyCm=");
    text.append(lastAccuracyCm).append(" fences=[");
    for (int i = 0; i < size; i++) {
      text.append(i == 0 ? "" : ", ").append(fences[i]).append(" since ").append(sinceMs[i]);
      text.append(dwelt[i] ? " dwelt" : "");
      if (pendingSinceMs[i] != NOT_PENDING) {
        text.append(" pending ")
            .append(pendingFixes[i])
            .append(" since ")
            .append(pendingSinceMs[i]);
      }
    }
    text.append("] newestFixTimeMs=").append(newestFixTimeMs).append(" remembered=");
    text.append(rememberedNext).append(Arrays.toString(Arrays.copyOf(remembered, rememberedCount)));
    return text.toString();
  }
}
