package io.hexbeat.ingest.door;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happened at one of the doors that keep their connections: {@link Door#STREAM} or {@link
 * Door#TCP}. The door's loops add, any thread reads. Allocates nothing after construction.
 */
public final class StreamStats {
  private final AtomicInteger connections = new AtomicInteger();
  private final LongAdder pauses = new LongAdder();
  private final LongAdder acks = new LongAdder();
  private final LongAdder refusedRecords = new LongAdder();
  private final Map<StreamEnd, LongAdder> ended = new EnumMap<>(StreamEnd.class);

  public StreamStats() {
    for (StreamEnd end : StreamEnd.values()) {
      ended.put(end, new LongAdder());
    }
  }

  /** Open now. */
  public int connections() {
    return connections.get();
  }

  /** Times that a socket was no longer read because too much of it was under way. */
  public long pauses() {
    return pauses.sum();
  }

  /** Acknowledgements sent. */
  public long acks() {
    return acks.sum();
  }

  /** Records of devices that their sender may not send for; not kept. */
  public long refusedRecords() {
    return refusedRecords.sum();
  }

  /** Streams that the server ended for this reason. */
  public long ended(StreamEnd end) {
    return Objects.requireNonNull(ended.get(end)).sum();
  }

  /** Counts a connection in if there is room for one more. */
  boolean opened(int max) {
    if (connections.incrementAndGet() <= max) {
      return true;
    }
    connections.decrementAndGet();
    return false;
  }

  void closed() {
    connections.decrementAndGet();
  }

  void paused() {
    pauses.increment();
  }

  void acked() {
    acks.increment();
  }

  void refused(int records) {
    refusedRecords.add(records);
  }

  void endedFor(StreamEnd end) {
    Objects.requireNonNull(ended.get(end)).increment();
  }
}
