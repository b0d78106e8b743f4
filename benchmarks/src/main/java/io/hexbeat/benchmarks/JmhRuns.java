package io.hexbeat.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The JMH runs of one report, one after the other, each with its log in a folder that goes with
 * them. One thread. Forks take the flags of this JVM, which the launcher read from jvm.options.
 */
final class JmhRuns implements AutoCloseable {
  private static final int LAST_LOG_LINES = 40;

  private final Path dir;
  private int runs;

  private JmhRuns(Path dir) {
    this.dir = dir;
  }

  static JmhRuns begin() throws IOException {
    return new JmhRuns(Files.createTempDirectory("hexbeat-bench-"));
  }

  /** Where benchmarks may leave files for others. */
  Path dir() {
    return dir;
  }

  /** Options of the next run, of the methods of a class that a pattern names. */
  ChainedOptionsBuilder options(Class<?> benchmark, String methods) {
    runs++;
    return new OptionsBuilder()
        .include("\\Q" + benchmark.getName() + "\\E\\.(" + methods + ")$")
        .addProfiler(GCProfiler.class)
        .jvmArgsAppend(
            "-Xms1g",
            "-Xmx4g",
            "-Dslf4j.internal.verbosity=ERROR",
            "-D" + BenchFiles.PROPERTY + "=" + dir)
        .shouldFailOnError(true)
        .output(log().toString());
  }

  /** Results by the name of the method. */
  static Map<String, RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
    Map<String, RunResult> byMethod = new HashMap<>();
    for (RunResult result : new Runner(options.build()).run()) {
      String name = result.getParams().getBenchmark();
      byMethod.put(name.substring(name.lastIndexOf('.') + 1), result);
    }
    return byMethod;
  }

  static double score(RunResult result) {
    return result.getPrimaryResult().getScore();
  }

  /** Bytes an operation. */
  static double allocated(RunResult result) {
    Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
    if (bytes == null) {
      throw new IllegalStateException("the profiler gave no gc.alloc.rate.norm");
    }
    return bytes.getScore();
  }

  static void progress(String what) {
    System.err.println("hexbeat bench: " + what);
  }

  /** Tells why the last run failed. */
  void printEndOfLog() throws IOException {
    if (Files.exists(log())) {
      List<String> lines = Files.readAllLines(log());
      lines
          .subList(Math.max(0, lines.size() - LAST_LOG_LINES), lines.size())
          .forEach(System.err::println);
    }
  }

  private Path log() {
    return dir.resolve("jmh-" + runs + ".log");
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
