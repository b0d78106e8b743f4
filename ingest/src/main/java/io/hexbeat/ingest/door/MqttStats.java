package io.hexbeat.ingest.door;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happened at the MQTT door beyond what {@link DoorStats} counts of every door. Every loop
 * adds, any thread reads; a reader sees each count at some recent value. Allocates nothing after
 * construction.
 */
public final class MqttStats {
  private final AtomicInteger connections = new AtomicInteger();
  private final LongAdder connectionsRefused = new LongAdder();
  final LongAdder takenOver = new LongAdder();
  final LongAdder revoked = new LongAdder();
  final LongAdder foreignTopics = new LongAdder();
  final LongAdder subscriptionsDenied = new LongAdder();
  final LongAdder paused = new LongAdder();

  /** Connections that are open now, with their CONNECT or without. */
  public int connections() {
    return connections.get();
  }

  /** Connections refused because there were too many. */
  public long connectionsRefused() {
    return connectionsRefused.sum();
  }

  /** Connections closed because their client connected again. */
  public long takenOver() {
    return takenOver.sum();
  }

  /** Connections closed because their token was revoked. */
  public long revoked() {
    return revoked.sum();
  }

  /** Messages to topics that are not their device's. */
  public long foreignTopics() {
    return foreignTopics.sum();
  }

  /** Subscriptions to anything but a device's own commands. */
  public long subscriptionsDenied() {
    return subscriptionsDenied.sum();
  }

  /** Times that a socket was not read from because its shard or its window was full. */
  public long paused() {
    return paused.sum();
  }

  /** Counts a connection in if there is room for one more. */
  boolean connectionOpened(int maxConnections) {
    if (connections.incrementAndGet() <= maxConnections) {
      return true;
    }
    connections.decrementAndGet();
    connectionsRefused.increment();
    return false;
  }

  void connectionClosed() {
    connections.decrementAndGet();
  }
}
