package io.hexbeat.ingest.door;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one device takes of the doors: its token bucket of records and its open connections. Any
 * thread; asking and spending allocate nothing and wait for nobody. A device whose bucket is empty
 * is told how long to wait; what it is refused costs it nothing, so that it is never locked out.
 * Past its connections the oldest is closed.
 *
 * <p>A request is let in while there is any credit and may then overdraw it by a whole batch, so
 * that a batch larger than the bucket still gets through.
 */
public final class DeviceShare {
  private final int maxConnections;
  private final long nsPerRecord;
  private final long capacityNs;

  /** When the bucket is full again; how far it lies ahead is what has been spent. */
  private final AtomicLong fullAtNs;

  private final Deque<Runnable> connections = new ArrayDeque<>(2);

  /** When the newest connection was opened that resumes its records by sequence. */
  private final AtomicLong newestOpenedNs;

  DeviceShare(FairShare share, long nowNs) {
    maxConnections = share.connectionsPerDevice();
    nsPerRecord = Math.max(1, TimeUnit.SECONDS.toNanos(1) / share.recordsPerSecond());
    capacityNs = nsPerRecord * share.recordsBurst();
    fullAtNs = new AtomicLong(nowNs);
    newestOpenedNs = new AtomicLong(nowNs - Long.MAX_VALUE / 2);
  }

  /** How long to wait before the next request, 0 if it may come in now. */
  public long waitNs(long nowNs) {
    return Math.max(0, fullAtNs.get() - nowNs - capacityNs + nsPerRecord);
  }

  /** The same in whole milliseconds, rounded up, for a timer. */
  long waitMs(long nowNs) {
    return TimeUnit.NANOSECONDS.toMillis(waitNs(nowNs) + TimeUnit.MILLISECONDS.toNanos(1) - 1);
  }

  /** Takes so many records out of the bucket, below empty if need be. */
  public void spend(int records, long nowNs) {
    long before;
    long after;
    do {
      before = fullAtNs.get();
      after = (before - nowNs > 0 ? before : nowNs) + records * nsPerRecord;
    } while (!fullAtNs.compareAndSet(before, after));
  }

  /**
   * Counts a connection in.
   *
   * @param close ends it, from any thread; the same object is given to {@link #closed}
   * @return whether an older one had to be closed for it
   */
  public boolean opened(Runnable close) {
    @Nullable Runnable oldest = null;
    synchronized (connections) {
      connections.addLast(close);
      if (connections.size() > maxConnections) {
        oldest = connections.removeFirst();
      }
    }
    if (oldest == null) {
      return false;
    }
    oldest.run();
    return true;
  }

  /**
   * Whether no newer connection has sent for it, which has sent again whatever this one still
   * holds: taken after those records, it would be stored twice.
   *
   * @param openedNs when the connection was opened, a {@code System.nanoTime()}
   */
  boolean isNewest(long openedNs) {
    long newest = newestOpenedNs.get();
    while (openedNs - newest > 0) {
      if (newestOpenedNs.compareAndSet(newest, openedNs)) {
        return true;
      }
      newest = newestOpenedNs.get();
    }
    return openedNs == newest;
  }

  public void closed(Runnable close) {
    synchronized (connections) {
      connections.remove(close);
    }
  }
}
