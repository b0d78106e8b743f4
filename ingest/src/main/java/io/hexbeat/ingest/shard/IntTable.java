package io.hexbeat.ingest.shard;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A hash table from positive handles to state, without boxes: open addressing with linear probing,
 * at most half full. One thread. Allocates only when it grows; nothing is ever removed.
 */
final class IntTable<V> {
  private int[] keys = new int[64];
  private @Nullable Object[] values = new Object[64];
  private int size;

  int size() {
    return size;
  }

  @SuppressWarnings("unchecked") // put() lets only V in
  @Nullable V get(int key) {
    int at = slot(key);
    return (V) values[at];
  }

  /** All keys, ascending; a new array. */
  int[] keys() {
    return Arrays.stream(keys).filter(key -> key != 0).sorted().toArray();
  }

  /** The key must be new. */
  void put(int key, V value) {
    if (key <= 0) {
      throw new IllegalArgumentException("handle=" + key + " is not positive");
    }
    if (size * 2 == keys.length) {
      grow();
    }
    int at = slot(key);
    keys[at] = key;
    values[at] = value;
    size++;
  }

  @SuppressWarnings("unchecked") // put() lets only V in
  void forEach(Consumer<V> consumer) {
    for (Object value : values) {
      if (value != null) {
        consumer.accept((V) value);
      }
    }
  }

  /** The same for one of several parts of the table; all parts together are all values. */
  @SuppressWarnings("unchecked") // put() lets only V in
  void forEach(int part, int parts, Consumer<V> consumer) {
    int to = (int) ((long) values.length * (part + 1) / parts);
    for (int i = (int) ((long) values.length * part / parts); i < to; i++) {
      Object value = values[i];
      if (value != null) {
        consumer.accept((V) value);
      }
    }
  }

  /** Where the key is, or the free place where it belongs. */
  private int slot(int key) {
    int mask = keys.length - 1;
    int at = ((key * 0x9e3779b9) >>> 7) & mask;
    while (keys[at] != 0 && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new int[oldKeys.length * 2];
    values = new Object[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int at = slot(oldKeys[i]);
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }
}
