package io.hexbeat.load.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file system of its own for the journal, in a file of the run's directory, so that it can be
 * full and can hang: ext4 over a loop device, which only root may mount. The run's thread; {@link
 * #close} any. Waits for the commands of the system that do it.
 */
final class JournalDisk implements AutoCloseable {
  private static final String IMAGE = "journal.ext4";
  private static final long IMAGE_BYTES = 2L << 30;
  private static final int BLOCK_BYTES = 4096;
  private static final long WITHIN_SECONDS = 60;

  private final Path image;
  private final Path dir;
  private final Path filler;
  private boolean full;
  private boolean closed;

  /** Written by the run, read by whoever closes. */
  private volatile boolean frozen;

  private JournalDisk(Path image, Path dir) {
    this.image = image;
    this.dir = dir;
    this.filler = dir.resolve("filler");
  }

  /** Makes one and mounts it there; null where that can't be done. */
  static @Nullable JournalDisk mount(Path runDir, Path dir) throws IOException {
    Path image = runDir.resolve(IMAGE);
    Files.createDirectories(dir);
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(IMAGE_BYTES);
    }
    boolean mounted =
        run(List.of("mkfs.ext4", "-q", "-F", "-m", "0", image.toString()))
            && run(List.of("mount", "-o", "loop", image.toString(), dir.toString()));
    if (!mounted) {
      Files.delete(image);
    }
    return mounted ? new JournalDisk(image, dir) : null;
  }

  /** The one that a run has left mounted there, and that may hang. */
  static JournalDisk left(Path runDir, Path dir) {
    return new JournalDisk(runDir.resolve(IMAGE), dir);
  }

  /** Takes all the space that is left. */
  void fill() throws IOException {
    full = true;
    long usable = Files.getFileStore(dir).getUsableSpace();
    run(List.of("fallocate", "--length", Long.toString(usable), filler.toString()));
    try (FileChannel rest =
        FileChannel.open(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (rest.write(ByteBuffer.allocate(BLOCK_BYTES)) > 0) {
        // until there is none
      }
    } catch (IOException e) {
      if (Files.getFileStore(dir).getUsableSpace() > BLOCK_BYTES) {
        throw e;
      }
    }
  }

  boolean full() {
    return full;
  }

  /** Gives the space back. */
  void free() throws IOException {
    Files.deleteIfExists(filler);
    full = false;
  }

  /** From now on whoever writes waits, and can't even be killed. */
  void freeze() {
    frozen = true;
    run(List.of("fsfreeze", "--freeze", dir.toString()));
  }

  /** It goes on where it was. */
  void thaw() {
    run(List.of("fsfreeze", "--unfreeze", dir.toString()));
    frozen = false;
  }

  /** What was on it is left in its place, as files like others. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (frozen) {
      thaw();
    }
    Path copy = dir.resolveSibling("journal-copied");
    run(List.of("rm", "--force", filler.toString()));
    boolean copied = run(List.of("cp", "-a", "--sparse=always", dir.toString(), copy.toString()));
    if (run(List.of("umount", dir.toString())) && copied) {
      run(List.of("rmdir", dir.toString()));
      run(List.of("mv", copy.toString(), dir.toString()));
      run(List.of("rm", "--force", image.toString()));
    }
  }

  private static boolean run(List<String> words) {
    try {
      Process process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
