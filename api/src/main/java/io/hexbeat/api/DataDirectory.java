package io.hexbeat.api;

import io.hexbeat.api.store.SigningSecrets;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The directory that belongs to one running server. Holds a lock on it from {@link #open} to {@link
 * #close}; the operating system releases the lock of a killed process.
 */
final class DataDirectory implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Creates the directory if it is missing and takes it.
   *
   * @throws ConfigException if it can't be written or another process holds it
   */
  static DataDirectory open(Path path) {
    FileChannel channel;
    try {
      Files.createDirectories(path);
      channel =
          FileChannel.open(
              path.resolve("hexbeat.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new ConfigException(
          "data.dir", path.toString(), "a directory that can be written is needed (" + e + ")");
    }
    try {
      if (tryLock(channel) == null) {
        channel.close();
        throw new ConfigException("data.dir", path.toString(), "another Hexbeat is running on it");
      }
    } catch (IOException e) {
      throw new ConfigException("data.dir", path.toString(), "it can't be locked (" + e + ")");
    }
    return new DataDirectory(path, channel);
  }

  Path path() {
    return path;
  }

  Path journal() {
    return journal(path);
  }

  /** Where the journals of a data directory lie. */
  static Path journal(Path dataDir) {
    return dataDir.resolve("journal");
  }

  /** The key from which devices' signing secrets are made; made at the first start. */
  SigningSecrets signing() {
    Path file = path.resolve("signing.key");
    try {
      return SigningSecrets.open(file);
    } catch (IOException e) {
      throw new ConfigException(
          "data.dir", path.toString(), "its signing.key must be a file of 32 bytes (" + e + ")");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }
}
