package io.hexbeat.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the forks of one run leave for each other in a temporary folder, named by the property
 * {@link #PROPERTY}. Forks run one after the other.
 */
final class BenchFiles {
  static final String PROPERTY = "hexbeat.bench.dir";

  private final Path dir;

  private BenchFiles(Path dir) {
    this.dir = dir;
  }

  /** Those of the run that this process belongs to. */
  static BenchFiles open() {
    String dir = System.getProperty(PROPERTY);
    if (dir == null) {
      throw new IllegalStateException("start the benchmarks by ./hexbeat bench fences");
    }
    return new BenchFiles(Path.of(dir));
  }

  static BenchFiles in(Path dir) {
    return new BenchFiles(dir);
  }

  /** A folder of its own for who asks. */
  Path newFolder() {
    try {
      return Files.createTempDirectory(dir, "own-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Hexbeat's answers to the fixes. */
  Path answers(int fences, String fixes) {
    return dir.resolve("answers-" + fences + "-" + Integer.toHexString(fixes.hashCode()));
  }

  void writeHeapBytes(int fences, long bytes) {
    try {
      Files.writeString(heap(fences), Long.toString(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Heap of fences and index, as the compile benchmark found. */
  long heapBytes(int fences) {
    try {
      return Long.parseLong(Files.readString(heap(fences)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path heap(int fences) {
    return dir.resolve("heap-" + fences);
  }

  /** The textbook's coverings, made by the first who asks: they take minutes for a large city. */
  List<TextbookH3Peer.Cover> covers(List<Outline> outlines) {
    Path file = dir.resolve("covers-" + outlines.size());
    try {
      if (Files.exists(file)) {
        return read(file);
      }
      List<TextbookH3Peer.Cover> covers = TextbookH3Peer.cover(outlines);
      write(covers, file);
      return covers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(List<TextbookH3Peer.Cover> covers, Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(covers.size());
      for (TextbookH3Peer.Cover cover : covers) {
        write(cover.full(), out);
        write(cover.boundary(), out);
      }
    }
  }

  private static void write(long[] cells, DataOutputStream out) throws IOException {
    out.writeInt(cells.length);
    for (long cell : cells) {
      out.writeLong(cell);
    }
  }

  private static List<TextbookH3Peer.Cover> read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      int size = in.readInt();
      List<TextbookH3Peer.Cover> covers = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        covers.add(new TextbookH3Peer.Cover(cells(in), cells(in)));
      }
      return covers;
    }
  }

  private static long[] cells(DataInputStream in) throws IOException {
    long[] cells = new long[in.readInt()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = in.readLong();
    }
    return cells;
  }
}
