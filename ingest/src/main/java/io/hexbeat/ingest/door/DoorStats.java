package io.hexbeat.ingest.door;

import io.hexbeat.ingest.metrics.LoopStages;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happened at the doors since the start. Doors on every loop add, any thread reads; a reader
 * sees each count at some recent value. Allocates nothing after construction.
 */
public final class DoorStats {
  private final Map<Door, Map<DoorOutcome, LongAdder>> outcomes = new EnumMap<>(Door.class);
  private final Map<Door, Map<QuarantineReason, LongAdder>> quarantined = new EnumMap<>(Door.class);
  private final Map<DoorClosure, LongAdder> closed = new EnumMap<>(DoorClosure.class);
  private final AtomicInteger connections = new AtomicInteger();
  private final LoopStages stages = new LoopStages(EnumSet.of(Stage.DECODE, Stage.SOCKET));

  public DoorStats() {
    for (DoorClosure reason : DoorClosure.values()) {
      closed.put(reason, new LongAdder());
    }
    for (Door door : Door.values()) {
      Map<DoorOutcome, LongAdder> byOutcome = new EnumMap<>(DoorOutcome.class);
      for (DoorOutcome outcome : DoorOutcome.values()) {
        byOutcome.put(outcome, new LongAdder());
      }
      outcomes.put(door, byOutcome);
      Map<QuarantineReason, LongAdder> byReason = new EnumMap<>(QuarantineReason.class);
      for (QuarantineReason reason : QuarantineReason.values()) {
        byReason.put(reason, new LongAdder());
      }
      quarantined.put(door, byReason);
    }
  }

  public long count(Door door, DoorOutcome outcome) {
    return adder(door, outcome).sum();
  }

  /** Records that went to quarantine for this reason. */
  public long quarantined(Door door, QuarantineReason reason) {
    return adder(door, reason).sum();
  }

  /** How long the doors' own stages take; some requests of each connection are timed. */
  public LoopStages stages() {
    return stages;
  }

  /** Connections that are open now. */
  public int connections() {
    return connections.get();
  }

  /** Connections that a door closed of its own accord for this reason. */
  public long closed(DoorClosure reason) {
    return Objects.requireNonNull(closed.get(reason)).sum();
  }

  void add(DoorClosure reason) {
    Objects.requireNonNull(closed.get(reason)).increment();
  }

  void add(Door door, DoorOutcome outcome) {
    adder(door, outcome).increment();
  }

  void add(Door door, DoorOutcome outcome, int count) {
    adder(door, outcome).add(count);
  }

  void addQuarantined(Door door, QuarantineReason reason, int count) {
    adder(door, reason).add(count);
  }

  /** Counts a connection in if there is room for one more. */
  boolean connectionOpened(int maxConnections) {
    if (connections.incrementAndGet() <= maxConnections) {
      return true;
    }
    connections.decrementAndGet();
    return false;
  }

  void connectionClosed() {
    connections.decrementAndGet();
  }

  private LongAdder adder(Door door, DoorOutcome outcome) {
    return Objects.requireNonNull(outcomes.get(door)).get(outcome);
  }

  private LongAdder adder(Door door, QuarantineReason reason) {
    return Objects.requireNonNull(quarantined.get(door)).get(reason);
  }
}
