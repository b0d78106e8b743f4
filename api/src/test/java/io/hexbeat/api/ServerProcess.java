package io.hexbeat.api;

import io.hexbeat.api.store.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real server in a process of its own, as a user would start it, so that tests can kill it. The
 * first line of its standard output says where it listens; everything else goes to a file beside
 * its data.
 */
public final class ServerProcess implements AutoCloseable {
  public static final String ADMIN_PASSWORD = "correct horse battery";
  private static final int SHOWN_LINES = 30;

  private final Process process;
  private final ServerPorts ports;

  private ServerProcess(Process process, ServerPorts ports) {
    this.process = process;
    this.ports = ports;
  }

  /**
   * Starts on free ports and waits for the ready line. Unless an option names another, it has a
   * PostgreSQL of its own, whose programs it finds unpacked.
   */
  public static ServerProcess start(Path dataDir, String... options) throws IOException {
    return start(dataDir, Map.of(), options);
  }

  /** The same with more in the environment. */
  static ServerProcess start(Path dataDir, Map<String, String> environment, String... options)
      throws IOException {
    Path programs = dataDir.resolve("postgres-binaries");
    if (!List.of(options).contains("--pg-uri") && !Files.exists(programs)) {
      link(TestDatabase.programs(), programs);
    }
    return launched(dataDir, environment, options);
  }

  /** The same on a machine that has seen nothing of Hexbeat. */
  static ServerProcess startFromNothing(Path dataDir) throws IOException {
    return launched(dataDir, Map.of());
  }

  private static ServerProcess launched(
      Path dataDir, Map<String, String> environment, String... options) throws IOException {
    List<String> words = new ArrayList<>(words(dataDir));
    words.addAll(List.of(options));
    Process process = launch(dataDir, environment, words);
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    if (line == null) {
      throw new IOException("server did not get ready: " + end(process, dataDir));
    }
    return new ServerProcess(
        process,
        ServerPorts.of(line)
            .orElseThrow(
                () -> {
                  process.destroyForcibly();
                  return new IOException("server did not get ready, it said: " + line);
                }));
  }

  /** By hard links, so that who removes the one leaves the other. */
  private static void link(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path there = to.resolve(from.relativize(file));
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectory(there);
        } else if (Files.isSymbolicLink(file)) {
          Files.createSymbolicLink(there, Files.readSymbolicLink(file));
        } else {
          Files.createLink(there, file);
        }
      }
    }
  }

  /** How a process ended, and what it said last. */
  private static String end(Process process, Path dataDir) throws IOException {
    String status;
    try {
      boolean ended = process.waitFor(10, TimeUnit.SECONDS);
      status = ended ? "it exited with " + process.exitValue() : "it closed its standard output";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      status = "nobody waited for its end";
    }
    process.destroyForcibly();
    List<String> said = Files.readAllLines(errors(dataDir));
    List<String> last = said.subList(Math.max(0, said.size() - SHOWN_LINES), said.size());
    return status + ", its standard error ends with\n" + String.join("\n", last);
  }

  /** What every server of a test is told: its directory, free ports, passwords that are cheap. */
  static List<String> words(Path dataDir) {
    return List.of(
        "--data",
        dataDir.toString(),
        "--api-port",
        "0",
        "--device-port",
        "0",
        "--tcp-port",
        "0",
        "--mqtt-port",
        "0",
        "--set",
        "login.bcrypt_cost=4");
  }

  /** Starts with any words, without waiting for anything. */
  public static Process launch(Path workDir, List<String> words) throws IOException {
    return launch(workDir, Map.of(), words);
  }

  private static Process launch(Path workDir, Map<String, String> environment, List<String> words)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + root().resolve("jvm.options"));
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("io.hexbeat.api.Server");
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command).directory(workDir.toFile());
    builder.environment().putAll(Map.of("HEXBEAT_ADMIN_PASSWORD", ADMIN_PASSWORD));
    builder.environment().putAll(environment);
    return builder
        .redirectError(ProcessBuilder.Redirect.appendTo(errors(workDir).toFile()))
        .start();
  }

  static Path errors(Path dataDir) {
    return dataDir.resolve("stderr.log");
  }

  static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return here.resolve("jvm.options").toFile().exists() ? here : here.getParent();
  }

  public URI api() {
    return ports.api();
  }

  public URI device() {
    return ports.device();
  }

  /** Fails while that door is closed. */
  public URI tcp() {
    return ports.tcp().orElseThrow();
  }

  /** Fails while that door is closed. */
  public URI mqtt() {
    return ports.mqtt().orElseThrow();
  }

  public long pid() {
    return process.pid();
  }

  /** Kills it as {@code kill -9} does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Asks it to stop and doesn't wait. */
  public void signal() {
    process.destroy();
  }

  /** Whether the port of phones is open. */
  public boolean stillListens() {
    try (Socket socket = new Socket(device().getHost(), device().getPort())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Asks it to stop and returns its exit code. */
  public int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("server did not stop within 60 s");
    }
    return process.exitValue();
  }

  /** Stops it as an operator would, so that its PostgreSQL stops too. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
