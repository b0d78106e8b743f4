package io.hexbeat.ingest.snapshot;

import io.hexbeat.geofence.StateFields;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of one shard, the last two of them. One worker thread at a time. A snapshot that
 * says what isn't so is told in the log and set aside as {@code *.refused}, so that none of a
 * history that was cut can come back. One that another version wrote stays in its place for that
 * version, until two of this one have followed.
 *
 * <pre>
 *  shard-N-INDEX.snapshot = header (64 bytes) | fields | CRC32C of all before, i32 little endian
 * </pre>
 */
public final class SnapshotBook {
  /** The one before is there in case the disk spoils the last. */
  static final int KEPT = 2;

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotBook.class);
  private static final String SUFFIX = ".snapshot";
  private static final int CHECKSUM_BYTES = 4;

  private final Path dir;
  private final int shard;
  private final int encoding;

  /** One of them, whose bytes are all right. */
  public record Snapshot(Path file, SnapshotHeader header, long bytes) {
    /** Hands the fields to the state, in the order in which they were kept. */
    public void restore(Consumer<StateFields> state) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        FieldReader reader = new FieldReader(channel);
        reader.header();
        state.accept(reader);
      }
    }
  }

  /**
   * A snapshot as it lies there.
   *
   * @param fault why a start does without it, null if it does not
   * @param foreign whether another version of this program can use it
   */
  public record Found(
      Path file,
      long bytes,
      @Nullable SnapshotHeader header,
      @Nullable String fault,
      boolean foreign) {}

  /**
   * @param encoding the version of fields that this code reads and writes
   */
  public SnapshotBook(Path dir, int shard, int encoding) {
    this.dir = dir;
    this.shard = shard;
    this.encoding = encoding;
  }

  /** Those whose bytes are all right, of whatever version; what is damaged is set aside. */
  public List<Snapshot> whole() throws IOException {
    List<Snapshot> whole = new ArrayList<>();
    for (Path file : files()) {
      try {
        whole.add(checked(file));
      } catch (IllegalStateException e) {
        refuse(file, e.getMessage());
      }
    }
    return whole;
  }

  /** Whether this version reads it. */
  public boolean canRead(Snapshot snapshot) {
    return snapshot.header().encoding() == encoding;
  }

  /** Why this version doesn't. */
  public String unreadable(Snapshot snapshot) {
    return "it was written by another version of Hexbeat (encoding="
        + snapshot.header().encoding()
        + ", this one reads "
        + encoding
        + ")";
  }

  /**
   * All of them, the newest first, as a start would judge them; nothing is set aside.
   *
   * @param lastIndex of the journal's records
   */
  public List<Found> look(long lastIndex) throws IOException {
    List<Found> found = new ArrayList<>();
    for (Path file : files()) {
      try {
        found.add(judged(checked(file), lastIndex));
      } catch (IllegalStateException e) {
        found.add(new Found(file, Files.size(file), null, String.valueOf(e.getMessage()), false));
      }
    }
    return found;
  }

  private Found judged(Snapshot snapshot, long lastIndex) {
    SnapshotHeader header = snapshot.header();
    boolean borneOut = header.index() <= lastIndex;
    String fault =
        !borneOut
            ? "the journal doesn't hold its last record"
            : canRead(snapshot) ? null : unreadable(snapshot);
    return new Found(
        snapshot.file(), snapshot.bytes(), header, fault, borneOut && !canRead(snapshot));
  }

  /** Sets a snapshot aside that says what isn't so. */
  public void refuse(Path file, String reason) throws IOException {
    LOG.warn("{} is not used: {}", file, reason);
    Files.move(
        file,
        file.resolveSibling(file.getFileName() + ".refused"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Writes another one, durably and whole or not at all, and deletes those past the last two. */
  public Snapshot write(SnapshotHeader header, Consumer<StateFields> state) throws IOException {
    Files.createDirectories(dir);
    Path file =
        dir.resolve(prefix() + String.format(Locale.ROOT, "%016x", header.index()) + SUFFIX);
    Path half = dir.resolve(prefix() + "half");
    try (FileChannel channel =
        FileChannel.open(
            half,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      FieldWriter writer = new FieldWriter(channel);
      writer.header(header);
      state.accept(writer);
      writer.finish();
      channel.force(true);
    }
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(dir, StandardOpenOption.READ)) {
      channel.force(true);
    }
    List<Path> files = files();
    for (Path older : files.subList(Math.min(KEPT, files.size()), files.size())) {
      Files.delete(older);
    }
    return new Snapshot(file, header, Files.size(file));
  }

  private Snapshot checked(Path file) throws IOException {
    long bytes = Files.size(file);
    if (bytes < SnapshotHeader.BYTES + CHECKSUM_BYTES) {
      throw new IllegalStateException("bytes=" + bytes + " are too few");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      requireRightChecksum(channel, bytes);
      SnapshotHeader header = new FieldReader(channel.position(0)).header();
      if (header.shard() != shard) {
        throw new IllegalStateException("it is of shard " + header.shard());
      }
      return new Snapshot(file, header, bytes);
    }
  }

  private static void requireRightChecksum(FileChannel channel, long bytes) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    long summed = 0;
    while (summed < bytes - CHECKSUM_BYTES) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - CHECKSUM_BYTES - summed));
      if (channel.read(buffer, summed) < 0) {
        throw new IllegalStateException("it was cut while it was read");
      }
      summed += buffer.position();
      crc.update(buffer.flip());
    }
    ByteBuffer kept = ByteBuffer.allocate(CHECKSUM_BYTES).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    if (channel.read(kept, bytes - CHECKSUM_BYTES) != CHECKSUM_BYTES
        || kept.getInt(0) != (int) crc.getValue()) {
      throw new IllegalStateException("its checksum is wrong");
    }
  }

  /** The files of a shard's snapshots, the newest first; unread. */
  public static List<Path> files(Path dir, int shard) throws IOException {
    return new SnapshotBook(dir, shard, 0).files();
  }

  /** The index of the last record in a snapshot, as its name tells. */
  public static long indexOf(Path file) {
    String name = name(file);
    return Long.parseUnsignedLong(
        name.substring(name.lastIndexOf('-') + 1, name.length() - SUFFIX.length()), 16);
  }

  /** The newest first. */
  private List<Path> files() throws IOException {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(dir)) {
      return paths
          .filter(path -> name(path).startsWith(prefix()) && name(path).endsWith(SUFFIX))
          .sorted(Comparator.comparing(SnapshotBook::name).reversed())
          .toList();
    }
  }

  private String prefix() {
    return "shard-" + shard + "-";
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
