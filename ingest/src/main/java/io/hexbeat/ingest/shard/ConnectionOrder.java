package io.hexbeat.ingest.shard;

/**
 * Keeps the records of one connection in the order in which they came, where several submissions of
 * it are under way: once a shard has refused one, those behind it are refused as well. Its client
 * sends all of them again, and none may have been journaled before its turn. Broken for good; the
 * next connection has one of its own. Any shard's loop.
 */
public final class ConnectionOrder {
  /** Written by the shard that refused, read by each shard before it takes the next. */
  private volatile boolean broken;

  void breakOff() {
    broken = true;
  }

  boolean isBroken() {
    return broken;
  }
}
