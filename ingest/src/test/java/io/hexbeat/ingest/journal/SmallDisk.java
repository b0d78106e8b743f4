package io.hexbeat.ingest.journal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file system of its own with few megabytes. Skips the test where nobody may mount one. */
final class SmallDisk implements AutoCloseable {
  private final Path dir;

  private SmallDisk(Path dir) {
    this.dir = dir;
  }

  static SmallDisk mount(Path dir, int megabytes) throws IOException {
    Files.createDirectories(dir);
    boolean mounted =
        run(List.of("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", dir + ""));
    assumeTrue(mounted, "no file system can be mounted here: the test is skipped");
    return new SmallDisk(dir);
  }

  Path dir() {
    return dir;
  }

  @Override
  public void close() {
    run(List.of("umount", "-l", dir.toString()));
  }

  private static boolean run(List<String> command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .onExit()
              .join()
              .exitValue()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
