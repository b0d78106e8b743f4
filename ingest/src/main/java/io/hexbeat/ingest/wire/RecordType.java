package io.hexbeat.ingest.wire;

/** What a record is; the code is the first byte of its envelope and never changes its meaning. */
public enum RecordType {
  /** A position or heartbeat of a device. */
  PING(1),
  /** A punch with its receipt. */
  PUNCH(2),
  /** The shard adopted a version of the fence index at this place in its order. */
  FENCES(3),
  /** Bytes of a known device that no format could read. */
  QUARANTINE(4);

  private final byte code;

  RecordType(int code) {
    this.code = (byte) code;
  }

  public byte code() {
    return code;
  }

  /**
   * The type of a code.
   *
   * @throws IllegalArgumentException if no version so far has written that code
   */
  public static RecordType of(byte code) {
    return switch (code) {
      case 1 -> PING;
      case 2 -> PUNCH;
      case 3 -> FENCES;
      case 4 -> QUARANTINE;
      default -> throw new IllegalArgumentException("record type=" + code + " is unknown");
    };
  }
}
