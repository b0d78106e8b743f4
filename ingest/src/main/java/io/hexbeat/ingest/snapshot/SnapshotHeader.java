package io.hexbeat.ingest.snapshot;

/**
 * What a snapshot is of. Immutable; any thread.
 *
 * @param encoding version of how the state names its fields; another one can't be read
 * @param index of the journal's last record that is in it
 * @param position of that record in its file
 * @param records of the journal that are in it, from the first on
 * @param indexVersion of the fence index that the shard decided by
 * @param madeMs when, Unix milliseconds
 */
public record SnapshotHeader(
    int encoding,
    int shard,
    long index,
    long position,
    long records,
    long indexVersion,
    long madeMs) {
  static final int BYTES = 64;

  /** "HEXSNAP" and the version of this layout. */
  static final long MAGIC = 0x4845_5853_4E41_5001L;
}
