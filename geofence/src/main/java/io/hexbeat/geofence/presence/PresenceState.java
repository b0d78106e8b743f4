package io.hexbeat.geofence.presence;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.SafeRegion;
import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * Where one device was last and which fences it is in. Plain fields of the shard that owns the
 * device; only {@link PresenceEngine#apply} writes. Allocates when the device is in more fences at
 * once than ever before, or sends its largest batch. Two states that took the same recorded
 * decisions are equal field by field, but for the safe region: that is derived of the last fix that
 * was looked up in full, and never journaled or compared.
 */
public final class PresenceState extends SafeRegion {
  /**
   * Recent fixes always remembered to recognise what is sent again: as many as a phone has on their
   * way at once.
   */
  static final int REMEMBERED_FIXES = 10;

  /**
   * So many of who sends batches; a longer one's head, sent again, is STALE instead of DUPLICATE.
   */
  static final int REMEMBERED_OF_BATCH = 64;

  /** Fixes received less apart come from one batch, or from one window of a stream. */
  private static final int BURST_MS = 500;

  private static final long NOT_PENDING = Long.MIN_VALUE;

  /** Longs of a stay: fence and flags, since when, pending since when. */
  private static final int STAY = 3;

  private static final long[] NO_STAYS = {};
  private static final long DWELT = 1L << 31;
  private static final int FENCE_SHIFT = 32;
  private static final long PENDING_FIXES = DWELT - 1;

  private byte rememberedCount;
  private byte rememberedNext;

  private int lastLatE7;
  private int lastLngE7;
  private int lastAccuracyCm = Fix.UNKNOWN;
  private int size;

  /** Lowest bits of when the last fix was received. */
  private int batchTimeMs;

  /** How long nothing changes without a move. */
  private int quietMs;

  private boolean still;

  private long lastTimeMs = Long.MIN_VALUE;
  private long newestFixTimeMs = Long.MIN_VALUE;
  private long quietFromMs;

  /** By ascending fence, {@link #STAY} each; made when it first enters one. */
  private long[] stays = NO_STAYS;

  /** Fence and since when it may have been entered, by pairs; made when first needed. */
  private long[] entering = NO_STAYS;

  private int enteringCount;

  /** When it last left a fence; nothing is entered before. */
  private long lastExitMs = Long.MIN_VALUE;

  /** Where the device is by its fixes since it last moved. */
  final Steady steady = new Steady();

  /** Prints, a ring. */
  private long[] remembered = new long[REMEMBERED_FIXES];

  /** Whether any fix has been applied; before that there is no last position. */
  public boolean placed() {
    return lastTimeMs != Long.MIN_VALUE;
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
    return (int) (stays[at(i)] >>> FENCE_SHIFT);
  }

  /** When it was entered, Unix milliseconds. */
  public long sinceMs(int i) {
    return stays[at(i) + 1];
  }

  /** Whether DWELL has been told for this stay. */
  public boolean dwelt(int i) {
    return (stays[at(i)] & DWELT) != 0;
  }

  /** Whether a fix outside awaits confirmation. */
  public boolean exitPending(int i) {
    return stays[at(i) + 2] != NOT_PENDING;
  }

  /** Effective time of the first fix outside; only while {@link #exitPending}. */
  public long exitPendingSinceMs(int i) {
    return stays[at(i) + 2];
  }

  /** Fixes in a row that said outside; 0 when none. */
  public int exitPendingFixes(int i) {
    return (int) (stays[at(i)] & PENDING_FIXES);
  }

  long lastExitMs() {
    return lastExitMs;
  }

  /** Fences that it may have entered, which is not certain yet. */
  int entering() {
    return enteringCount;
  }

  /** Whether there is a fence that it may have entered. */
  public boolean mayBeEntering() {
    return enteringCount > 0;
  }

  int enteringFence(int i) {
    return (int) entering[2 * i];
  }

  /** Since when it may be in the fence; {@link Long#MIN_VALUE} if nothing says so. */
  long enteringSinceMs(int fenceHandle) {
    for (int i = 0; i < enteringCount; i++) {
      if (entering[2 * i] == fenceHandle) {
        return entering[2 * i + 1];
      }
    }
    return NOT_PENDING;
  }

  public boolean isIn(int fenceHandle) {
    return indexOf(fenceHandle) >= 0;
  }

  /** The handles of the fences the device is in, ascending; a new array. */
  public int[] fenceHandles() {
    int[] handles = new int[size];
    for (int i = 0; i < size; i++) {
      handles[i] = fenceHandle(i);
    }
    return handles;
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

  /**
   * Who sends fixes in one batch or hardly apart may have a window of them under way, part of which
   * came earlier: before such a fix would push another out, the ring grows.
   */
  void remember(long fixTimeMs, int latE7, int lngE7, long receivedTimeMs) {
    int sinceMs = (int) receivedTimeMs - batchTimeMs;
    boolean burst = rememberedCount > 0 && sinceMs >= 0 && sinceMs < BURST_MS;
    batchTimeMs = (int) receivedTimeMs;
    if (burst) {
      growRing();
    }
    remembered[rememberedNext] = print(fixTimeMs, latE7, lngE7);
    rememberedNext = (byte) (rememberedNext + 1 == remembered.length ? 0 : rememberedNext + 1);
    rememberedCount = (byte) Math.min(rememberedCount + 1, remembered.length);
    newestFixTimeMs = Math.max(newestFixTimeMs, fixTimeMs);
  }

  /** The oldest first; full, so the next to be written is the oldest. */
  private void growRing() {
    int length = remembered.length;
    int longer = Math.min(2 * length, REMEMBERED_OF_BATCH);
    if (longer > length && rememberedCount == length) {
      long[] ring = new long[longer];
      System.arraycopy(remembered, rememberedNext, ring, 0, length - rememberedNext);
      System.arraycopy(remembered, 0, ring, length - rememberedNext, rememberedNext);
      remembered = ring;
      rememberedNext = (byte) length;
    }
  }

  void moveTo(long timeMs, int latE7, int lngE7, int accuracyCm) {
    lastTimeMs = Math.max(lastTimeMs, timeMs);
    lastLatE7 = latE7;
    lastLngE7 = lngE7;
    lastAccuracyCm = accuracyCm;
  }

  /** Between the two times nothing changes by time alone, nor, if it is still, in the region. */
  void setQuiet(long fromMs, long untilMs, boolean isStill) {
    quietFromMs = fromMs;
    quietMs = untilMs <= fromMs ? 0 : (int) Math.min(Integer.MAX_VALUE, untilMs - fromMs);
    still = isStill;
  }

  /** All fences are to be looked at with the next fix. */
  void unsettle() {
    quietMs = 0;
  }

  long quietUntilMs() {
    return quietFromMs + quietMs;
  }

  /** Whether time alone changes nothing then of the fences it is in, since all were looked at. */
  boolean isSettled(FenceIndex index, long atMs) {
    return atMs >= quietFromMs && atMs - quietFromMs < quietMs && belongsTo(index);
  }

  /**
   * Whether a fix there and then changes nothing: it and the last applied one, and so the straight
   * way between them, are where membership is the same as when all of it was looked at.
   */
  boolean isQuiet(FenceIndex index, int latE7, int lngE7, long atMs) {
    return still
        && isSettled(index, atMs)
        && holds(index, latE7, lngE7)
        && holds(index, lastLatE7, lastLngE7);
  }

  /**
   * Whether no edge crosses the straight way from the last applied fix: round one end nothing
   * changes within so many units, round the other within the region's, and together they cover it.
   */
  boolean isClearTo(FenceIndex index, int latE7, int lngE7, double clearUnits) {
    return coversWay(index, latE7, lngE7, lastLatE7, lastLngE7, clearUnits)
        || (holds(index, latE7, lngE7) && holds(index, lastLatE7, lastLngE7));
  }

  private void doubt(int fenceHandle, long atMs) {
    for (int i = 0; i < enteringCount; i++) {
      if (entering[2 * i] == fenceHandle) {
        entering[2 * i + 1] = Math.min(atMs, entering[2 * i + 1]);
        return;
      }
    }
    if (2 * enteringCount == entering.length) {
      entering = Arrays.copyOf(entering, Math.max(4, 2 * entering.length));
    }
    entering[2 * enteringCount] = fenceHandle;
    entering[2 * enteringCount + 1] = atMs;
    enteringCount++;
  }

  private void forget(int fenceHandle) {
    for (int i = 0; i < enteringCount; i++) {
      if (entering[2 * i] == fenceHandle) {
        enteringCount--;
        System.arraycopy(entering, 2 * i + 2, entering, 2 * i, 2 * (enteringCount - i));
        return;
      }
    }
  }

  void change(int fenceHandle, ChangeKind kind, long atMs) {
    int at = indexOf(fenceHandle);
    if (kind == ChangeKind.ENTER_PENDING) {
      doubt(fenceHandle, atMs);
      return;
    }
    if (kind == ChangeKind.ENTER_CANCELLED) {
      forget(fenceHandle);
      return;
    }
    if (kind == ChangeKind.ENTER) {
      forget(fenceHandle);
      if (at < 0) {
        insert(-at - 1, fenceHandle, atMs);
      }
      return;
    }
    if (at < 0) {
      return;
    }
    int stay = STAY * at;
    switch (kind) {
      case EXIT, REMOVED -> {
        remove(at);
        lastExitMs = Math.max(lastExitMs, atMs);
      }
      case DWELL -> stays[stay] |= DWELT;
      case EXIT_PENDING -> {
        if (stays[stay + 2] == NOT_PENDING) {
          stays[stay + 2] = atMs;
        }
        if ((stays[stay] & PENDING_FIXES) < PENDING_FIXES) {
          stays[stay]++;
        }
      }
      case EXIT_DOUBTED -> {
        if (stays[stay + 2] == NOT_PENDING) {
          stays[stay + 2] = atMs;
        }
        stays[stay] &= ~PENDING_FIXES;
      }
      case EXIT_CANCELLED -> {
        stays[stay + 2] = NOT_PENDING;
        stays[stay] &= ~PENDING_FIXES;
      }
      default -> throw new IllegalStateException("change kind=" + kind);
    }
  }

  private void insert(int at, int fenceHandle, long atMs) {
    if (STAY * size == stays.length) {
      stays = Arrays.copyOf(stays, STAY * Math.max(1, 2 * size));
    }
    System.arraycopy(stays, STAY * at, stays, STAY * (at + 1), STAY * (size - at));
    size++;
    stays[STAY * at] = (long) fenceHandle << FENCE_SHIFT;
    stays[STAY * at + 1] = atMs;
    stays[STAY * at + 2] = NOT_PENDING;
  }

  private void remove(int at) {
    size--;
    System.arraycopy(stays, STAY * (at + 1), stays, STAY * at, STAY * (size - at));
  }

  /** As a binary search answers. */
  private int indexOf(int fenceHandle) {
    int from = 0;
    int to = size - 1;
    while (from <= to) {
      int middle = (from + to) >>> 1;
      int there = (int) (stays[STAY * middle] >>> FENCE_SHIFT);
      if (there == fenceHandle) {
        return middle;
      }
      if (there < fenceHandle) {
        from = middle + 1;
      } else {
        to = middle - 1;
      }
    }
    return -from - 1;
  }

  private int at(int i) {
    if (i < 0 || i >= size) {
      throw new IndexOutOfBoundsException("i=" + i + " size=" + size);
    }
    return STAY * i;
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

  /** Every field, kept or restored. */
  public void keep(StateFields fields) {
    lastTimeMs = fields.i64(lastTimeMs);
    lastLatE7 = fields.i32(lastLatE7);
    lastLngE7 = fields.i32(lastLngE7);
    lastAccuracyCm = fields.i32(lastAccuracyCm);
    newestFixTimeMs = fields.i64(newestFixTimeMs);
    batchTimeMs = fields.i32(batchTimeMs);
    int ring = fields.i32(remembered.length);
    if (ring != remembered.length) {
      remembered = new long[ring];
    }
    rememberedCount = (byte) fields.i32(rememberedCount);
    rememberedNext = (byte) fields.i32(rememberedNext);
    fields.bits(remembered, rememberedCount);
    size = fields.i32(size);
    if (stays.length < STAY * size) {
      stays = new long[STAY * size];
    }
    fields.i64s(stays, STAY * size);
    enteringCount = fields.i32(enteringCount);
    if (entering.length < 2 * enteringCount) {
      entering = new long[2 * enteringCount];
    }
    fields.i64s(entering, 2 * enteringCount);
    lastExitMs = fields.i64(lastExitMs);
    steady.keep(fields);
  }

  /** Every field, so that two states can be compared in a test. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(256);
    text.append("placed=").append(placed()).append(" lastTimeMs=").append(lastTimeMs);
    text.append(" last=(").append(lastLatE7).append(", ").append(lastLngE7).append(") accuracyCm=");
    text.append(lastAccuracyCm).append(" fences=[");
    for (int i = 0; i < size; i++) {
      text.append(i == 0 ? "" : ", ").append(fenceHandle(i)).append(" since ").append(sinceMs(i));
      text.append(dwelt(i) ? " dwelt" : "");
      if (exitPending(i)) {
        text.append(" pending ").append(exitPendingFixes(i));
        text.append(" since ").append(exitPendingSinceMs(i));
      }
    }
    text.append("] entering=");
    text.append(Arrays.toString(Arrays.copyOf(entering, 2 * enteringCount)));
    text.append(" steady=").append(steady);
    text.append(" newestFixTimeMs=").append(newestFixTimeMs).append(" remembered=");
    text.append(rememberedNext).append(Arrays.toString(Arrays.copyOf(remembered, rememberedCount)));
    return text.toString();
  }
}
