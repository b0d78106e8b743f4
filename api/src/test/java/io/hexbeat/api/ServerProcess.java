package io.hexbeat.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real server in a process of its own, as a user would start it, so that tests can kill it. The
 * first line of its standard output says where it listens; everything else goes to a file beside
 * its data.
 */
public final class ServerProcess implements AutoCloseable {
  public static final String ADMIN_PASSWORD = "correct horse battery";
  private static final Pattern READY =
      Pattern.compile("hexbeat ready api=(\\S+) device=(\\S+)(?: tcp=(\\S+))?(?: mqtt=(\\S+))?");

  private final Process process;
  private final URI api;
  private final URI device;
  private final Optional<URI> tcp;
  private final Optional<URI> mqtt;

  private ServerProcess(
      Process process, URI api, URI device, Optional<URI> tcp, Optional<URI> mqtt) {
    this.process = process;
    this.api = api;
    this.device = device;
    this.tcp = tcp;
    this.mqtt = mqtt;
  }

  /** Starts on free ports and waits for the ready line. */
  public static ServerProcess start(Path dataDir, String... options) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--data",
                dataDir.toString(),
                "--api-port",
                "0",
                "--device-port",
                "0",
                "--tcp-port",
                "0",
                "--mqtt-port",
                "0"));
    words.addAll(List.of("--set", "login.bcrypt_cost=4"));
    words.addAll(List.of(options));
    Process process = launch(dataDir, words);
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    Matcher ready = READY.matcher(line == null ? "" : line);
    if (!ready.matches()) {
      process.destroyForcibly();
      throw new IOException("server did not get ready: " + line + "; see " + errors(dataDir));
    }
    return new ServerProcess(
        process,
        URI.create(ready.group(1)),
        URI.create(ready.group(2)),
        Optional.ofNullable(ready.group(3)).map(URI::create),
        Optional.ofNullable(ready.group(4)).map(URI::create));
  }

  /** Starts with any words, without waiting for anything. */
  public static Process launch(Path workDir, List<String> words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + root().resolve("jvm.options"));
    command.add("-Xmx512m");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("io.hexbeat.api.Server");
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command).directory(workDir.toFile());
    builder.environment().putAll(Map.of("HEXBEAT_ADMIN_PASSWORD", ADMIN_PASSWORD));
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
    return api;
  }

  public URI device() {
    return device;
  }

  /** Fails while that door is closed. */
  public URI tcp() {
    return tcp.orElseThrow();
  }

  /** Fails while that door is closed. */
  public URI mqtt() {
    return mqtt.orElseThrow();
  }

  public long pid() {
    return process.pid();
  }

  /** Kills it as {@code kill -9} does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
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
