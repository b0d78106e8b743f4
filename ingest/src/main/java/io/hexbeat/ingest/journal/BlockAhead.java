package io.hexbeat.ingest.journal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import net.openhft.chronicle.bytes.MappedBytes;
import net.openhft.chronicle.bytes.MappedBytesStore;
import net.openhft.chronicle.core.io.ReferenceOwner;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueStore;
import net.openhft.posix.MAdviseFlag;
import net.openhft.posix.PosixAPI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps disk space, the next block's mapping and the next pages ready before a shard's appends get
 * there, and gives old blocks back behind them, so that the loop does neither. A thread of its own;
 * {@link #at} and {@link #hasRoom} are the loop's. A full disk is known here first: appends that
 * would run beyond what is allocated are refused then, since touching a page without space behind
 * it kills a process. Where a file system can't allocate ahead, only mappings are prepared.
 *
 * <p>What is still to be written is mapped as read at random: a kernel that takes it for a file
 * that is read in order brings in as much as its readahead allows as one piece of memory (8 MiB
 * where this was measured), and the first byte written to a piece then costs the preparation of all
 * its pages, 20 ms, and each sync writes the whole piece.
 */
final class BlockAhead implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockAhead.class);

  /** Some seconds of a busy shard; what an idle one holds for nothing. */
  private static final long AHEAD_BYTES = 16L << 20;

  private static final long LOW_BYTES = AHEAD_BYTES / 2;

  /** Pages that are ready to be written to, and how many at once: some tenths of a millisecond. */
  private static final long TOUCHED_BYTES = 2L << 20;

  private static final long TOUCHED_LOW_BYTES = TOUCHED_BYTES - (256L << 10);
  private static final long PAGE_BYTES = 4096;
  private static final long RETRY_NS = 1_000_000_000L;

  /** {@code fallocate}: keep the length, make it a hole. */
  private static final int PUNCH_HOLE = 3;

  private static final int O_RDWR = 2;

  private final SingleChronicleQueue queue;
  private final long blockBytes;
  private final boolean touches;
  private final ReferenceOwner owner = ReferenceOwner.temporary("hexbeat-ahead");
  private final Thread thread;

  /** The mapping of a block that this thread holds, by its number in the file. */
  private record Held(long block, MappedBytesStore mapping) {}

  // this thread's
  private final Deque<Held> held = new ArrayDeque<>();
  private int cycle = Integer.MIN_VALUE;
  private @Nullable SingleChronicleQueueStore store;
  private @Nullable MappedBytes bytes;
  private long touchedUpTo;

  // written by this thread, read by the loop
  private volatile int calmCycle = Integer.MIN_VALUE;
  private volatile long calmUpTo;

  // written by the loop, read by this thread
  private volatile int wantedCycle = Integer.MIN_VALUE;
  private volatile long wantedPosition;
  private volatile boolean wanted;
  private volatile boolean closing;

  // written by reserve(), read by the loop
  private boolean cannotAllocate;
  private volatile int readyCycle = Integer.MIN_VALUE;
  private volatile long readyUpTo;
  private volatile boolean full;

  private BlockAhead(SingleChronicleQueue queue, boolean touches, String name) {
    this.queue = queue;
    this.touches = touches;
    this.blockBytes = queue.blockSize();
    this.thread = new Thread(this::run, name);
  }

  /**
   * @param touches whether pages are touched too: no use if each sync protects them again at once
   */
  static BlockAhead start(SingleChronicleQueue queue, boolean touches, String name) {
    BlockAhead ahead = new BlockAhead(queue, touches, name);
    ahead.thread.setDaemon(true);
    ahead.thread.start();
    return ahead;
  }

  /** The next append goes there; by the loop after each append, costs two reads. */
  void at(int nextCycle, long position) {
    boolean calm = nextCycle == calmCycle && position < calmUpTo;
    if (calm || wanted) {
      return;
    }
    wantedCycle = nextCycle;
    wantedPosition = position;
    wanted = true;
    LockSupport.unpark(thread);
  }

  /**
   * Whether an append may write up to there; by the loop before each append, two reads as long as
   * this thread is ahead of it, else it reserves the space itself.
   */
  boolean hasRoom(int appendCycle, long end, File file) {
    if (appendCycle != readyCycle || end <= readyUpTo) {
      return true;
    }
    if (!full) {
      reserve(appendCycle, file.toPath(), end);
    }
    return end <= readyUpTo;
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    ThreadEnd.await(thread);
  }

  /** Gives the space behind a file's last record back; the file keeps its length. */
  static void trim(Path file, long end) throws IOException {
    long from = (end + 2 * PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    long length = Files.size(file) - from;
    if (length > 0) {
      fallocate(file, PUNCH_HOLE, from, length);
    }
  }

  private void run() {
    while (!closing) {
      if (!wanted) {
        LockSupport.park(this);
        continue;
      }
      try {
        prepare(wantedCycle, wantedPosition);
      } catch (IOException | RuntimeException e) {
        LOG.warn("{}: nothing is prepared: {}", thread.getName(), e.toString());
      }
      if (full) {
        LockSupport.parkNanos(this, RETRY_NS);
      }
      wanted = false;
    }
    release();
  }

  private void prepare(int nextCycle, long position) throws IOException {
    if (nextCycle != cycle) {
      release();
      cycle = nextCycle;
      store = queue.storeForCycle(nextCycle, 0, false, null);
      bytes = store == null ? null : store.bytes();
      touchedUpTo = 0;
    }
    SingleChronicleQueueStore open = store;
    MappedBytes mapped = bytes;
    if (open == null || mapped == null) {
      return;
    }
    map(mapped, position);
    if (position >= readyUpTo - LOW_BYTES || nextCycle != readyCycle) {
      reserve(nextCycle, open.currentFile().toPath(), position);
    }
    long calm = readyUpTo - LOW_BYTES;
    if (touches && !cannotAllocate && !full) {
      touch(position, Math.min(readyUpTo, position + TOUCHED_BYTES));
      calm = Math.min(calm, touchedUpTo - TOUCHED_LOW_BYTES);
    }
    calmUpTo = calm;
    calmCycle = readyCycle;
  }

  private void map(MappedBytes mapped, long position) throws IOException {
    long block = position / blockBytes;
    while (!held.isEmpty() && held.getFirst().block() < block) {
      held.removeFirst().mapping().release(owner);
    }
    boolean nextSoon = position % blockBytes > blockBytes / 2;
    for (long ahead = block; ahead <= block + (nextSoon ? 1 : 0); ahead++) {
      if (held.isEmpty() || held.getLast().block() < ahead) {
        MappedBytesStore mapping = mapped.mappedFile().acquireByteStore(owner, ahead * blockBytes);
        held.addLast(new Held(ahead, mapping));
        long from = Math.max(mapping.start(), pageOf(position));
        long end = mapping.start() + blockBytes + mapped.mappedFile().overlapSize();
        PosixAPI.posix().madvise(mapping.addressForRead(from), end - from, MAdviseFlag.MADV_RANDOM);
      }
    }
  }

  /** Writes nothing, and to whole pages nobody has written to: the appender may be in them now. */
  private void touch(long position, long upTo) {
    long page = Math.max(touchedUpTo, pageOf(position) + PAGE_BYTES);
    for (Held block : held) {
      long end = Math.min(upTo, (block.block() + 1) * blockBytes);
      for (; page < end; page += PAGE_BYTES) {
        block.mapping().compareAndSwapInt(page, 0, 0);
      }
    }
    touchedUpTo = page;
  }

  private static long pageOf(long position) {
    return position / PAGE_BYTES * PAGE_BYTES;
  }

  private synchronized void reserve(int inCycle, Path file, long position) {
    long from = pageOf(position);
    if (cannotAllocate || fallocate(file, 0, from, AHEAD_BYTES)) {
      ready(inCycle, from + AHEAD_BYTES);
      return;
    }
    long usable = file.toFile().getUsableSpace();
    if (usable >= AHEAD_BYTES) {
      LOG.info("{}: this file system allocates no space ahead", thread.getName());
      cannotAllocate = true;
      ready(inCycle, from + AHEAD_BYTES);
    } else if (!full) {
      LOG.error(
          "{}: the disk is full, {} bytes are left; what is sent is refused until there is space",
          thread.getName(),
          usable);
      full = true;
    }
  }

  private void ready(int inCycle, long upTo) {
    readyUpTo = inCycle == readyCycle ? Math.max(readyUpTo, upTo) : upTo;
    readyCycle = inCycle;
    if (full) {
      LOG.info("{}: there is space again", thread.getName());
      full = false;
    }
  }

  private static boolean fallocate(Path file, int mode, long offset, long length) {
    PosixAPI posix = PosixAPI.posix();
    int descriptor = posix.open(file.toString(), O_RDWR, 0);
    if (descriptor < 0) {
      return false;
    }
    try {
      return posix.fallocate(descriptor, mode, offset, length) == 0;
    } catch (UnsupportedOperationException e) {
      return false;
    } finally {
      posix.close(descriptor);
    }
  }

  private void release() {
    while (!held.isEmpty()) {
      held.removeFirst().mapping().release(owner);
    }
    MappedBytes mapped = bytes;
    if (mapped != null) {
      mapped.releaseLast();
    }
    SingleChronicleQueueStore open = store;
    if (open != null) {
      queue.closeStore(open);
    }
    bytes = null;
    store = null;
  }
}
