package io.hexbeat.ingest.door;

import java.util.Arrays;

/**
 * The names that a format knows, found from their bytes without making a String. Immutable; any
 * thread. A hash table at a quarter of its room, so that a name is mostly found where it is first
 * looked for; returns the very String it was made with, on which a format can {@code switch}.
 */
final class FieldNames {
  /** Returned for a name that the format does not know. */
  static final String OTHER = "";

  private final String[] table;

  private FieldNames(String[] table) {
    this.table = table;
  }

  static FieldNames of(String... names) {
    String[] table = new String[Integer.highestOneBit(names.length) * 8];
    Arrays.fill(table, OTHER);
    for (String name : names) {
      int slot = slot(name.hashCode(), table.length);
      while (!table[slot].isEmpty()) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = name;
    }
    return new FieldNames(table);
  }

  /** The known name that says the same, or {@link #OTHER}. */
  String find(TextSlice name) {
    int hash = name.hash();
    int slot = slot(hash, table.length);
    while (true) {
      String known = table[slot];
      if (known.isEmpty() || (known.hashCode() == hash && name.sameAs(known))) {
        return known;
      }
      slot = (slot + 1) & (table.length - 1);
    }
  }

  private static int slot(int hash, int slots) {
    return (hash ^ (hash >>> 15)) & (slots - 1);
  }
}
