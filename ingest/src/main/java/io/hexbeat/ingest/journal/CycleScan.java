package io.hexbeat.ingest.journal;

import io.hexbeat.ingest.wire.InvalidRecordException;
import io.hexbeat.ingest.wire.RecordChecksum;
import io.hexbeat.ingest.wire.RecordEnvelope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks one file of a journal byte by byte, to the last of them, and tells what is in it: records,
 * gaps and where they end. Trusts nothing: neither the queue's own index nor a length. One thread,
 * off the loops; the file must not be appended to. Past a damaged place it looks for the next
 * record whose checksum is right, which also says how many records are missing in between.
 *
 * <pre>
 *  header i32: 30 bits length, META, NOT_COMPLETE | excerpt | padding to a multiple of 4
 *  0: nothing yet             META: the queue's index            NOT_COMPLETE + META: the file is sealed
 * </pre>
 */
final class CycleScan {
  /** Receives each whole record; the bytes are good until it returns. */
  @FunctionalInterface
  interface RecordVisitor {
    void accept(long index, long position, byte[] bytes, int length) throws IOException;
  }

  /**
   * A place without readable records.
   *
   * @param position where it begins in the file
   * @param until where it ends; the file's length if nothing readable follows
   * @param index of the first record that is missing
   * @param records how many are missing; 0 if nothing follows that would say
   * @param zeros its first page is empty, as one that was never written to the disk
   * @param beforeMs receive time of the record before it, 0 if there is none
   * @param afterMs and of the one behind it
   * @param memberHandle whose record begins there, if those bytes are still right
   */
  record Gap(
      long position,
      long until,
      long index,
      long records,
      boolean zeros,
      String reason,
      long beforeMs,
      long afterMs,
      int memberHandle) {}

  private static final int META = 0x4000_0000;
  private static final int NOT_COMPLETE = 0x8000_0000;
  private static final int SEALED = NOT_COMPLETE | META;
  private static final int LENGTH = META - 1;
  private static final int HEADER_BYTES = 4;
  private static final int MIN_EXCERPT_BYTES = HEADER_BYTES + RecordEnvelope.BYTES;
  private static final int MAX_EXCERPT_BYTES =
      RecordEnvelope.MAX_RECORD_BYTES + RecordChecksum.BYTES;
  private static final int PAGE_BYTES = 4096;
  private static final int WINDOW_BYTES = 1 << 20;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(WINDOW_BYTES);

  private final FileChannel channel;
  private final long size;
  private final long firstIndex;
  private final RecordChecksum checksum = new RecordChecksum();
  private final byte[] excerpt = new byte[MAX_EXCERPT_BYTES];
  private final ByteBuffer window =
      ByteBuffer.allocateDirect(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long windowAt;

  private final List<Gap> gaps = new ArrayList<>();
  private long nextIndex;
  private long end;
  private long lastPosition = -1;
  private long lastTimeMs;
  private long lost;
  private boolean sealed;
  private long leftOverBytes;

  private CycleScan(FileChannel channel, long firstIndex) throws IOException {
    this.channel = channel;
    this.size = channel.size();
    this.firstIndex = firstIndex;
    this.nextIndex = firstIndex;
  }

  /**
   * Reads the whole file.
   *
   * @param firstIndex of the file's cycle
   */
  static CycleScan of(Path file, long firstIndex, RecordVisitor visitor) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      CycleScan scan = new CycleScan(channel, firstIndex);
      scan.walk(visitor);
      return scan;
    }
  }

  /** Excerpts before the first that isn't there, and those lost in gaps before it. */
  long count() {
    return nextIndex - firstIndex;
  }

  /** The index after the last record. */
  long nextIndex() {
    return nextIndex;
  }

  /** Records that an earlier repair gave up. */
  long lost() {
    return lost;
  }

  /** Where the next record would begin. */
  long end() {
    return end;
  }

  /** Where the last record begins; -1 if there is none. */
  long lastPosition() {
    return lastPosition;
  }

  /** The queue has gone on to another file. */
  boolean sealed() {
    return sealed;
  }

  /** The receive time of the last record; 0 if there is none. */
  long lastTimeMs() {
    return lastTimeMs;
  }

  /** Bytes behind the end that an append left that never became a record. */
  long leftOverBytes() {
    return leftOverBytes;
  }

  /** Damaged places in their order; the last may reach to the file's end. */
  List<Gap> gaps() {
    return gaps;
  }

  private void walk(RecordVisitor visitor) throws IOException {
    long at = 0;
    while (true) {
      String reason = step(at, visitor);
      if (reason.isEmpty()) {
        at = end;
        continue;
      }
      if (sealed) {
        return;
      }
      long next = resync(at);
      if (next < 0) {
        tail(at, reason);
        return;
      }
      int member = memberAt(at);
      boolean zeros = zeros(at);
      long missing = lowIndexAt(next) - (nextIndex & 0xFFFF_FFFFL);
      long afterMs = RecordEnvelope.receivedTimeMs(excerpt, 0);
      gaps.add(new Gap(at, next, nextIndex, missing, zeros, reason, lastTimeMs, afterMs, member));
      nextIndex += missing;
      at = next;
      end = next;
    }
  }

  /** Takes the excerpt at the position; empty if {@link #end} has moved behind it, else why not. */
  private String step(long at, RecordVisitor visitor) throws IOException {
    end = at;
    int header = intAt(at);
    if (header == SEALED) {
      sealed = true;
      return "sealed";
    }
    if (header == 0 || (header & NOT_COMPLETE) != 0) {
      return "no record begins here";
    }
    int length = header & LENGTH;
    if (at + HEADER_BYTES + length > size) {
      return "a length of " + length + " runs past the end of the file";
    }
    if ((header & META) != 0) {
      end = aligned(at + HEADER_BYTES + length);
      return "";
    }
    if (length > MAX_EXCERPT_BYTES) {
      return "a length of " + length + " is longer than any record";
    }
    read(at + HEADER_BYTES, length);
    if (Excerpt.isLost(excerpt, length)) {
      lost++;
    } else {
      int recordBytes;
      try {
        recordBytes = checksum.check(excerpt, 0, length, nextIndex);
      } catch (InvalidRecordException e) {
        return e.getMessage() == null ? "no record" : e.getMessage();
      }
      lastTimeMs = RecordEnvelope.receivedTimeMs(excerpt, 0);
      visitor.accept(nextIndex, at, excerpt, recordBytes);
    }
    lastPosition = at;
    nextIndex++;
    end = aligned(at + HEADER_BYTES + length);
    return "";
  }

  /** Nothing readable follows: an unfinished append, or the torn end of the journal. */
  private void tail(long at, String reason) throws IOException {
    long last = lastNonZero(at);
    boolean unfinishedAppend = intAt(at) == 0 && last - at <= HEADER_BYTES + MAX_EXCERPT_BYTES + 8L;
    if (last < at || unfinishedAppend) {
      leftOverBytes = Math.max(0, last - at + 1);
    } else {
      gaps.add(new Gap(at, size, nextIndex, 0, zeros(at), reason, lastTimeMs, 0, memberAt(at)));
    }
  }

  /** The position of the next excerpt with a right checksum, -1 if there is none. */
  private long resync(long from) throws IOException {
    for (long at = nonZero(from); at + MIN_EXCERPT_BYTES <= size; at = nonZero(at + HEADER_BYTES)) {
      int length = intAt(at);
      if (length < MIN_EXCERPT_BYTES
          || length > MAX_EXCERPT_BYTES
          || at + HEADER_BYTES + length > size) {
        continue;
      }
      read(at + HEADER_BYTES, length);
      try {
        int recordBytes = RecordEnvelope.check(excerpt, 0, length);
        long missing = lowIndexAt(at) - (nextIndex & 0xFFFF_FFFFL);
        boolean plausible =
            missing + (at - from) > 0
                && missing >= 0
                && missing <= (at - from) / MIN_EXCERPT_BYTES + 1;
        if (recordBytes + RecordChecksum.BYTES == length && plausible) {
          return at;
        }
      } catch (InvalidRecordException e) {
        // not here either
      }
    }
    return -1;
  }

  /** What the checksum of the excerpt there says about its index. */
  private long lowIndexAt(long at) throws IOException {
    int length = intAt(at);
    read(at + HEADER_BYTES, length);
    return checksum.lowIndexOf(excerpt, 0, length - RecordChecksum.BYTES) & 0xFFFF_FFFFL;
  }

  private int memberAt(long at) throws IOException {
    if (at + HEADER_BYTES + RecordEnvelope.BYTES > size) {
      return 0;
    }
    read(at + HEADER_BYTES, RecordEnvelope.BYTES);
    return RecordEnvelope.memberHandle(excerpt, 0);
  }

  private boolean zeros(long at) throws IOException {
    long page = at / PAGE_BYTES * PAGE_BYTES;
    boolean restOfPage = lastNonZero(at, Math.min(size, page + PAGE_BYTES)) < at;
    long next = page + PAGE_BYTES;
    boolean nextPage = lastNonZero(next, Math.min(size, next + PAGE_BYTES)) < next;
    return restOfPage || nextPage;
  }

  private long lastNonZero(long from) throws IOException {
    return lastNonZero(from, size);
  }

  private long lastNonZero(long from, long until) throws IOException {
    long last = -1;
    for (long at = nonZero(from); at < until; at = nonZero(at + HEADER_BYTES)) {
      last = at + HEADER_BYTES - 1;
    }
    return last;
  }

  /**
   * The next position, in steps of a header, where there is anything; the file's length if none.
   */
  private long nonZero(long from) throws IOException {
    long at = aligned(from);
    while (at + HEADER_BYTES <= size) {
      show(at, HEADER_BYTES);
      int in = (int) (at - windowAt);
      int length = (window.limit() - in) & -HEADER_BYTES;
      int found = window.slice(in, length).mismatch(ZEROS.slice(0, length));
      if (found >= 0) {
        return at + (found & -HEADER_BYTES);
      }
      at += length;
    }
    return size;
  }

  private static long aligned(long position) {
    return (position + 3) & ~3L;
  }

  /** 0 past the end. */
  private int intAt(long at) throws IOException {
    if (at + HEADER_BYTES > size) {
      return 0;
    }
    show(at, HEADER_BYTES);
    return window.getInt((int) (at - windowAt));
  }

  private void read(long at, int length) throws IOException {
    show(at, length);
    window.get((int) (at - windowAt), excerpt, 0, length);
  }

  private void show(long at, int length) throws IOException {
    if (at >= windowAt && at + length <= windowAt + window.limit()) {
      return;
    }
    window.clear();
    windowAt = at;
    while (window.hasRemaining()) {
      int count = channel.read(window, windowAt + window.position());
      if (count < 0) {
        break;
      }
    }
    window.flip();
    if (window.limit() < length) {
      throw new IOException("position=" + at + " length=" + length + " is past the end");
    }
  }
}
