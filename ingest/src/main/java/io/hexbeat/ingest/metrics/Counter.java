package io.hexbeat.ingest.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A number that only grows. One thread adds, any thread reads; nobody locks and nothing is
 * allocated. A reader may be late by the writer's last moments, never wrong. Wraps after 2^63.
 */
public final class Counter {
  private static final VarHandle VALUE = handle();

  @SuppressWarnings("unused") // through VALUE
  private long value;

  /** By the owning thread. */
  public void increment() {
    add(1);
  }

  /** By the owning thread. */
  public void add(long n) {
    VALUE.setOpaque(this, (long) VALUE.getOpaque(this) + n);
  }

  public long get() {
    return (long) VALUE.getOpaque(this);
  }

  private static VarHandle handle() {
    try {
      return MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
