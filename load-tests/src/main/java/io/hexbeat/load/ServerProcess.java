package io.hexbeat.load;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Hexbeat server as a child process. {@link #start} blocks its caller until the server says that
 * it is ready; {@link #launch} leaves the waiting to {@link #awaitReady}. Any thread may call
 * {@link #close}. One daemon thread copies the server's output to a log file; nothing is kept in
 * memory. A server that ends before it is ready is an {@link IOException} that carries the end of
 * that log.
 */
public final class ServerProcess implements AutoCloseable {
  private static final String READY = "hexbeat ready ";
  private static final String JAVA_OPTIONS = "HEXBEAT_JAVA_OPTS";
  private static final int TOLD_LOG_LINES = 20;
  private static final long STOP_SECONDS = 30;

  private final Process process;
  private final Path dataDir;
  private final Path log;
  private String readyLine = "";

  private ServerProcess(Process process, Path dataDir, Path log) {
    this.process = process;
    this.dataDir = dataDir;
    this.log = log;
  }

  /**
   * Runs {@code command serve --data … --api-port … --device-port …}, the other doors on free
   * ports.
   *
   * @param log gets everything that the server prints
   * @param settings more of them, as {@code KEY=VALUE}
   * @param javaOptions JVM flags beside those of the launcher
   */
  public static ServerProcess start(
      String command,
      Path dataDir,
      int apiPort,
      int devicePort,
      String adminPassword,
      Path log,
      long readyWithinSeconds,
      List<String> settings,
      String javaOptions)
      throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--api-port",
                Integer.toString(apiPort),
                "--device-port",
                Integer.toString(devicePort),
                "--tcp-port",
                "0",
                "--mqtt-port",
                "0"));
    for (String setting : settings) {
      words.add("--set");
      words.add(setting);
    }
    Map<String, String> environment =
        Map.of("HEXBEAT_ADMIN_PASSWORD", adminPassword, JAVA_OPTIONS, javaOptions);
    ServerProcess server = launch(List.of(command, "serve"), dataDir, words, environment, log);
    server.awaitReady(readyWithinSeconds);
    return server;
  }

  /**
   * Starts the process and does not wait for anything; {@link #awaitReady} does.
   *
   * @param command what comes before the options of {@code serve}
   * @param environment beside this process's own; JVM flags are added to those already there
   */
  public static ServerProcess launch(
      List<String> command,
      Path dataDir,
      List<String> options,
      Map<String, String> environment,
      Path log)
      throws IOException {
    Files.createDirectories(dataDir);
    List<String> words = new ArrayList<>(command);
    words.add("--data");
    words.add(dataDir.toString());
    words.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    Map<String, String> inherited = builder.environment();
    environment.forEach(
        (name, value) -> {
          if (name.equals(JAVA_OPTIONS)) {
            inherited.merge(name, value, (given, more) -> given + " " + more);
          } else {
            inherited.put(name, value);
          }
        });
    return new ServerProcess(builder.start(), dataDir, log);
  }

  /** Blocks until the server says that it is ready; once. */
  public void awaitReady(long withinSeconds) throws IOException {
    Thread guard = killAfter(process, withinSeconds);
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    BufferedWriter copy = Files.newBufferedWriter(log);
    String ready = copyUntilReady(output, copy);
    guard.interrupt();
    if (ready == null) {
      copy.close();
      process.destroy();
      throw new IOException("the server did not start; the end of its output:\n" + lastLines(log));
    }
    Thread pump = new Thread(() -> pump(output, copy), "server-log");
    pump.setDaemon(true);
    pump.start();
    readyLine = ready;
  }

  public URI api() throws IOException {
    return door(readyLine, "api");
  }

  public URI device() throws IOException {
    return door(readyLine, "device");
  }

  public URI tcp() throws IOException {
    return door(readyLine, "tcp");
  }

  public URI mqtt() throws IOException {
    return door(readyLine, "mqtt");
  }

  /** Of the server itself: the launcher makes way for it. */
  public long pid() {
    return process.pid();
  }

  /** Of its PostgreSQL, whose first line this file is, or empty if it has one elsewhere. */
  public Optional<Long> databasePid() throws IOException {
    Path file = dataDir.resolve("postgres").resolve("postmaster.pid");
    return Files.exists(file)
        ? Optional.of(Long.parseLong(Files.readAllLines(file).get(0).strip()))
        : Optional.empty();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** The last lines that the server printed. */
  public String lastOutput() throws IOException {
    return lastLines(log);
  }

  /** Ends it as {@code kill -9} does and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** What it told the operating system at its end; it has ended. */
  public int exitCode() {
    return process.exitValue();
  }

  /** Asks the server to drain and end, and waits for it; a server that does not is killed. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The port asked for if nobody listens there, else 0: the server then picks a free one. */
  public static int freePortOr0(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName("0.0.0.0"))) {
      return probe.getLocalPort() == port ? port : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private static @Nullable String copyUntilReady(BufferedReader output, BufferedWriter copy)
      throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      copy.write(line);
      copy.newLine();
      copy.flush();
      if (line.startsWith(READY)) {
        return line.substring(READY.length());
      }
    }
    return null;
  }

  private static void pump(BufferedReader output, BufferedWriter copy) {
    try (copy) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        copy.write(line);
        copy.newLine();
        copy.flush();
      }
    } catch (IOException e) {
      // the server is gone, or its data directory is: there is nothing more to copy
    }
  }

  private static Thread killAfter(Process process, long seconds) {
    Thread guard =
        new Thread(
            () -> {
              try {
                TimeUnit.SECONDS.sleep(seconds);
                process.destroyForcibly();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "server-start-limit");
    guard.setDaemon(true);
    guard.start();
    return guard;
  }

  static URI door(String readyLine, String name) throws IOException {
    for (String word : readyLine.trim().split(" ", -1)) {
      if (word.toLowerCase(Locale.ROOT).startsWith(name + "=")) {
        return URI.create(word.substring(name.length() + 1));
      }
    }
    throw new IOException("the server has no " + name + " door: " + readyLine);
  }

  private static String lastLines(Path log) throws IOException {
    // a stack's messages say why; its frames would push them out
    List<String> lines =
        Files.readAllLines(log).stream().filter(line -> !line.startsWith("\tat ")).toList();
    int from = Math.max(0, lines.size() - TOLD_LOG_LINES);
    return String.join("\n", lines.subList(from, lines.size()));
  }
}
