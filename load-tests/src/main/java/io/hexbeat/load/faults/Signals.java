package io.hexbeat.load.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** POSIX signals to processes of this run, by their ids. Stateless; any thread; waits for kill. */
final class Signals {
  private Signals() {}

  /** To one process; one that is gone gets nothing. */
  static void send(String signal, long pid) throws IOException, InterruptedException {
    send(signal, List.of(pid));
  }

  /** To a process and all that it has started. */
  static void sendToAll(String signal, long pid) throws IOException, InterruptedException {
    List<Long> pids =
        Stream.concat(
                Stream.of(pid),
                ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::descendants)
                    .map(ProcessHandle::pid))
            .toList();
    send(signal, pids);
  }

  private static void send(String signal, List<Long> pids)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("kill", "-" + signal));
    pids.forEach(pid -> words.add(Long.toString(pid)));
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
