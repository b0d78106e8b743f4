package io.hexbeat.api;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a running process asks of the kernel, in order, seen by strace. Skips the test where strace
 * is missing or may not watch.
 */
final class SystemCalls implements AutoCloseable {
  private final Process strace;
  private final Path log;

  private SystemCalls(Process strace, Path log) {
    this.strace = strace;
    this.log = log;
  }

  /** Watches from now on. */
  static SystemCalls of(long pid, Path log, String calls) throws Exception {
    Optional<Path> program =
        Stream.of("/usr/bin/strace", "/usr/local/bin/strace", "/bin/strace")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(program.isPresent(), "no strace on this machine: the test is skipped");
    Path told = log.resolveSibling(log.getFileName() + ".err");
    Process strace =
        new ProcessBuilder(
                program.get().toString(),
                "-f",
                "-y",
                "-s",
                "64",
                "-e",
                "trace=" + calls,
                "-o",
                log.toString(),
                "-p",
                Long.toString(pid))
            .redirectErrorStream(true)
            .redirectOutput(told.toFile())
            .start();
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!Files.readString(told).contains("attached")) {
      boolean watching = strace.isAlive() && System.nanoTime() < deadlineNs;
      assumeTrue(watching, () -> "strace may not watch here, the test is skipped: " + read(told));
      Thread.onSpinWait();
    }
    return new SystemCalls(strace, log);
  }

  /** Stops watching; the calls, one a line, a call that took long in two. */
  List<String> end() throws IOException {
    close();
    return Files.readAllLines(log);
  }

  @Override
  public void close() {
    strace.destroy();
    strace.onExit().join();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
