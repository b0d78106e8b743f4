package io.hexbeat.ingest.live;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.StateFields;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One member's place on the {@link LiveBoard}. The shard's thread writes and never waits; any
 * thread reads and retries the few nanoseconds in which a write is under way (a sequence lock).
 * Writing allocates nothing; a read allocates what it returns. Each write marks the slot dirty for
 * the feeds.
 */
public final class LiveSlot {
  private static final VarHandle SEQUENCE;
  private static final VarHandle DIRTY_FEEDS;
  private static final int[] NO_FENCES = {};

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      SEQUENCE = lookup.findVarHandle(LiveSlot.class, "sequence", int.class);
      DIRTY_FEEDS = lookup.findVarHandle(LiveSlot.class, "dirtyFeeds", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LiveBoard board;
  private final int memberHandle;
  private final int ordinal;

  /** Even: at rest, 0 never written; odd: a write is under way. */
  private int sequence;

  /** One bit a feed that has been told and hasn't looked yet. */
  @SuppressWarnings("unused") // through DIRTY_FEEDS
  private long dirtyFeeds;

  private int deviceHandle;
  private int latE7;
  private int lngE7;
  private long fixTimeMs;
  private long receivedTimeMs;
  private int accuracyCm;
  private int speedCmps;
  private int bearingCdeg;
  private int batteryPct;
  private int[] fenceHandles = NO_FENCES;

  LiveSlot(LiveBoard board, int memberHandle, int ordinal) {
    this.board = board;
    this.memberHandle = memberHandle;
    this.ordinal = ordinal;
  }

  /** By the shard: the member is there now. {@code fenceHandles} is shared from now on. */
  public void moved(int deviceHandle, Fix fix, int[] fenceHandles) {
    beginWrite();
    this.deviceHandle = deviceHandle;
    this.latE7 = fix.latE7();
    this.lngE7 = fix.lngE7();
    this.fixTimeMs = fix.fixTimeMs();
    this.receivedTimeMs = fix.receivedTimeMs();
    this.accuracyCm = fix.accuracyCm();
    this.speedCmps = fix.speedCmps();
    this.bearingCdeg = fix.bearingCdeg();
    this.batteryPct = fix.batteryPct();
    this.fenceHandles = fenceHandles;
    endWrite();
  }

  /** By the shard: the phone that is shown was heard of, without news of where it is. */
  public void heard(int deviceHandle, long receivedTimeMs, int batteryPct) {
    if (sequence == 0 || this.deviceHandle != deviceHandle) {
      return;
    }
    beginWrite();
    this.receivedTimeMs = Math.max(this.receivedTimeMs, receivedTimeMs);
    if (batteryPct != Fix.UNKNOWN) {
      this.batteryPct = batteryPct;
    }
    endWrite();
  }

  /** By the shard: the fences around the phone that is shown have changed. */
  public void fences(int deviceHandle, int[] fenceHandles) {
    if (sequence == 0 || this.deviceHandle != deviceHandle) {
      return;
    }
    beginWrite();
    this.fenceHandles = fenceHandles;
    endWrite();
  }

  /** By the shard: what is shown, kept or restored. */
  public void keep(StateFields fields) {
    if (!fields.flag(sequence != 0)) {
      return;
    }
    beginWrite();
    deviceHandle = fields.i32(deviceHandle);
    latE7 = fields.i32(latE7);
    lngE7 = fields.i32(lngE7);
    fixTimeMs = fields.i64(fixTimeMs);
    receivedTimeMs = fields.i64(receivedTimeMs);
    accuracyCm = fields.i32(accuracyCm);
    speedCmps = fields.i32(speedCmps);
    bearingCdeg = fields.i32(bearingCdeg);
    batteryPct = fields.i32(batteryPct);
    int fences = fields.i32(fenceHandles.length);
    if (fields.restoring() && fences > 0) {
      fenceHandles = new int[fences];
    }
    fields.i32s(fenceHandles, fences);
    endWrite();
  }

  /** The newest position, or null when there was none yet. */
  @Nullable LivePosition read() {
    while (true) {
      int before = (int) SEQUENCE.getAcquire(this);
      if (before == 0) {
        return null;
      }
      if ((before & 1) == 0) {
        LivePosition position =
            new LivePosition(
                memberHandle,
                deviceHandle,
                latE7,
                lngE7,
                fixTimeMs,
                receivedTimeMs,
                accuracyCm,
                speedCmps,
                bearingCdeg,
                batteryPct,
                fenceHandles);
        VarHandle.acquireFence();
        if ((int) SEQUENCE.getOpaque(this) == before) {
          return position;
        }
      }
      Thread.onSpinWait();
    }
  }

  /** Dense number of the slot on its board, from 0. */
  int ordinal() {
    return ordinal;
  }

  /** Sets a feed's bit; false if it was set already. */
  boolean setDirty(long feedBit) {
    return ((long) DIRTY_FEEDS.getAndBitwiseOr(this, feedBit) & feedBit) == 0;
  }

  /** Clears a feed's bit; what is written from now on marks the slot again. */
  void clearDirty(long feedBit) {
    long unused = (long) DIRTY_FEEDS.getAndBitwiseAnd(this, ~feedBit);
  }

  private void beginWrite() {
    SEQUENCE.setOpaque(this, sequence + 1);
    VarHandle.storeStoreFence();
  }

  private void endWrite() {
    int next = sequence + 1;
    SEQUENCE.setRelease(this, next == 0 ? 2 : next);
    board.changed(this);
  }
}
