package io.hexbeat.geofence;

import org.jspecify.annotations.Nullable;

/**
 * Where a state's fields go to be kept, or come from. A state names each of its fields once, in one
 * order: {@code count = fields.i32(count)}. One that keeps gives each value back as it is, one that
 * restores gives the value that was kept, so that writing and reading can't come apart. Belongs to
 * the thread that owns the state.
 */
public interface StateFields {
  /** Whether values come from here instead of going here. */
  boolean restoring();

  int i32(int value);

  long i64(long value);

  boolean flag(boolean value);

  @Nullable String text(@Nullable String value);

  /** The first values of the array, in place. */
  void i32s(int[] values, int count);

  /** The first values of the array, in place. */
  void i64s(long[] values, int count);

  /** The same for values that have no smaller form, such as hashes. */
  void bits(long[] values, int count);

  /** Text that is always there. */
  default String required(String value) {
    String kept = text(value);
    if (kept == null) {
      throw new IllegalStateException("a required text is missing in a kept state");
    }
    return kept;
  }
}
