package io.hexbeat.api.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories for what outlives a test or isn't one's: JUnit gives and takes those of tests. */
public final class TestDirectory {
  private TestDirectory() {}

  public static Path create() throws IOException {
    return Files.createTempDirectory("hexbeat-test");
  }

  /** With all that is in it. */
  public static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
