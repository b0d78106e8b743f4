package io.hexbeat.ingest.door;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One run of Jazzer over one target, in a process of its own: Jazzer instruments what it loads and
 * libFuzzer ends its process. All that it writes is below one folder: the inputs that reached
 * something new, what it found, its log. A run by executions with the same seed in an empty folder
 * does the same again.
 */
final class FuzzRun {
  private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";
  private static final int TIMEOUT_SECONDS = 10;
  private static final int MAX_INPUT_BYTES = 16 << 10;

  private static final Pattern EXECUTIONS =
      Pattern.compile("stat::number_of_executed_units: (\\d+)");
  private static final Pattern COVERAGE = Pattern.compile("#\\d+\\s+\\S+\\s+cov: (\\d+) .*");
  private static final Pattern WRITTEN = Pattern.compile(".*Test unit written to (\\S+)");

  /**
   * How it went.
   *
   * @param coverage places in the code that were reached
   * @param finding what was found broken, empty for nothing
   * @param input the input that shows it, if one was written
   */
  record Result(long executions, long seconds, int coverage, String finding, @Nullable Path input) {
    boolean clean() {
      return finding.isEmpty();
    }
  }

  private final FuzzTarget target;
  private final Path dir;
  private final long seed;

  /**
   * @param dir where it writes; made if it isn't there
   */
  FuzzRun(FuzzTarget target, Path dir, long seed) {
    this.target = target;
    this.dir = dir;
    this.seed = seed;
  }

  /** Stops after so many executions. */
  Result executions(int executions, Consumer<String> progress) throws Exception {
    return run("-runs=" + executions, progress);
  }

  /** Stops after a time. */
  Result seconds(int seconds, Consumer<String> progress) throws Exception {
    return run("-max_total_time=" + seconds, progress);
  }

  private Result run(String until, Consumer<String> progress) throws Exception {
    Path seeds = Files.createDirectories(dir.resolve("seeds"));
    for (Map.Entry<String, byte[]> input : FuzzCorpus.of(target).entrySet()) {
      Files.write(seeds.resolve(input.getKey()), input.getValue());
    }
    long startNs = System.nanoTime();
    Process jazzer = new ProcessBuilder(command(until, seeds)).redirectErrorStream(true).start();
    Thread reaper = new Thread(jazzer::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
    try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(jazzer.getInputStream(), StandardCharsets.UTF_8));
        Writer log = Files.newBufferedWriter(dir.resolve("log.txt"))) {
      return read(lines, log, jazzer, startNs, progress);
    } finally {
      jazzer.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(reaper);
    }
  }

  private Result read(
      BufferedReader lines, Writer log, Process jazzer, long startNs, Consumer<String> progress)
      throws IOException, InterruptedException {
    long executions = 0;
    int coverage = 0;
    StringBuilder finding = new StringBuilder();
    boolean inFinding = false;
    Path input = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      log.append(line).append('\n');
      inFinding |= line.startsWith("== Java") || line.contains("ERROR: libFuzzer");
      inFinding &= !line.startsWith("== libFuzzer crashing") && !line.startsWith("DEDUP_TOKEN");
      if (inFinding) {
        finding.append(line).append('\n');
      }
      Matcher reached = COVERAGE.matcher(line);
      if (reached.matches()) {
        coverage = Integer.parseInt(reached.group(1));
        if (line.contains("pulse")) {
          progress.accept(line);
        }
      }
      Matcher executed = EXECUTIONS.matcher(line);
      executions = executed.matches() ? Long.parseLong(executed.group(1)) : executions;
      Matcher written = WRITTEN.matcher(line);
      input = written.matches() ? Path.of(written.group(1)) : input;
    }
    int exit = jazzer.waitFor();
    if (exit != 0 && finding.isEmpty()) {
      finding.append("Jazzer ended with ").append(exit).append(", see ").append(dir);
    }
    long seconds = (System.nanoTime() - startNs) / 1_000_000_000L;
    return new Result(executions, seconds, coverage, finding.toString(), input);
  }

  private List<String> command(String until, Path seeds) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith("--") || flag.startsWith("-D") || flag.contains("Unrecognized")) {
        command.add(flag);
      }
    }
    command.add("-XX:+EnableDynamicAgentLoading");
    command.add("-XX:+UseParallelGC");
    command.add("-Xmx640m");
    command.add("-Djava.io.tmpdir=" + Files.createDirectories(dir.resolve("tmp")));
    command.add("-D" + FuzzEntry.TARGET_PROPERTY + "=" + target.label());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(JAZZER);
    command.add("--target_class=" + FuzzEntry.class.getName());
    command.add("--instrumentation_includes=io.hexbeat.**");
    command.add("--custom_hook_includes=io.hexbeat.**");
    command.add("--trace=cov");
    command.add("--mutator_framework=false");
    command.add("--reproducer_path=" + dir.resolve("tmp"));
    command.add("-artifact_prefix=" + Files.createDirectories(dir.resolve("found")) + "/");
    command.add("-dict=" + FuzzCorpus.dictionary());
    command.add("-seed=" + seed);
    command.add("-timeout=" + TIMEOUT_SECONDS);
    command.add("-max_len=" + MAX_INPUT_BYTES);
    command.add("-rss_limit_mb=0");
    command.add("-print_final_stats=1");
    command.add(until);
    command.add(Files.createDirectories(dir.resolve("corpus")).toString());
    command.add(seeds.toString());
    return command;
  }
}
