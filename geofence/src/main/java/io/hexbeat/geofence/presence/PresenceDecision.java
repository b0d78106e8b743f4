package io.hexbeat.geofence.presence;

import java.util.Arrays;

/**
 * What was decided about one fix: its order and the changes of presence, silent ones included.
 * Reusable, one thread; allocates only when it must grow, up to {@link #MAX_CHANGES}. A decision
 * that is full takes no more: what is left is decided again at the next fix. Written to the journal
 * and read back, it is all that {@link PresenceEngine#apply} needs besides the fix.
 */
public final class PresenceDecision {
  /** Most changes of one fix: the journal counts them in a byte. */
  public static final int MAX_CHANGES = 255;

  private FixOrder order = FixOrder.HEARTBEAT;
  private int count;
  private int[] fences = new int[8];
  private ChangeKind[] kinds = new ChangeKind[8];
  private boolean[] inferred = new boolean[8];
  private long[] atMs = new long[8];

  /** Empties it and sets the order. */
  public PresenceDecision reset(FixOrder order) {
    this.order = order;
    this.count = 0;
    return this;
  }

  /** Adds a change; false when there is no room for it. */
  public boolean add(int fenceHandle, ChangeKind kind, boolean inferred, long atMs) {
    if (count == MAX_CHANGES) {
      return false;
    }
    if (count == fences.length) {
      int room = Math.min(MAX_CHANGES, count * 2);
      fences = Arrays.copyOf(fences, room);
      kinds = Arrays.copyOf(kinds, room);
      this.inferred = Arrays.copyOf(this.inferred, room);
      this.atMs = Arrays.copyOf(this.atMs, room);
    }
    fences[count] = fenceHandle;
    kinds[count] = kind;
    this.inferred[count] = inferred;
    this.atMs[count] = atMs;
    count++;
    return true;
  }

  public FixOrder order() {
    return order;
  }

  /** Number of changes, in the order in which they are applied. */
  public int count() {
    return count;
  }

  public int fenceHandle(int i) {
    return fences[checked(i)];
  }

  public ChangeKind kind(int i) {
    return kinds[checked(i)];
  }

  /** Whether the change was concluded from the line between two fixes instead of seen. */
  public boolean inferred(int i) {
    return inferred[checked(i)];
  }

  /** Unix milliseconds; see {@link ChangeKind} for which time it is. */
  public long atMs(int i) {
    return atMs[checked(i)];
  }

  boolean hasRoomFor(int changes) {
    return count + changes <= MAX_CHANGES;
  }

  private int checked(int i) {
    if (i < 0 || i >= count) {
      throw new IndexOutOfBoundsException("i=" + i + " count=" + count);
    }
    return i;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(order.name());
    for (int i = 0; i < count; i++) {
      text.append(' ').append(kinds[i]).append('(').append(fences[i]);
      text.append(inferred[i] ? ", inferred, " : ", ").append(atMs[i]).append(')');
    }
    return text.toString();
  }
}
