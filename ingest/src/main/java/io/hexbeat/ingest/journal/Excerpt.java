package io.hexbeat.ingest.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What stands in the journal in place of a record that a repair had to give up. Any thread. */
final class Excerpt {
  /** Keeps the index of every record behind it. */
  private static final byte[] LOST = "LOST".getBytes(StandardCharsets.US_ASCII);

  private Excerpt() {}

  static byte[] lost() {
    return LOST.clone();
  }

  static boolean isLost(byte[] bytes, int length) {
    return length == LOST.length && Arrays.equals(bytes, 0, length, LOST, 0, LOST.length);
  }
}
