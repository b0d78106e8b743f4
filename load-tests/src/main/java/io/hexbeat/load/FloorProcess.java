package io.hexbeat.load;

import io.hexbeat.load.floor.FloorServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The bare servers as a child process, with the JVM and the flags of this one, which are the
 * server's. {@link #start} blocks its caller until they are ready. The child ends with this
 * process, whatever becomes of it.
 */
final class FloorProcess implements AutoCloseable {
  private static final long STOP_SECONDS = 5;

  private final Process process;
  private final String readyLine;

  private FloorProcess(Process process, String readyLine) {
    this.process = process;
    this.readyLine = readyLine;
  }

  /**
   * Starts them.
   *
   * @param javaOptions JVM flags that only the server was given
   */
  static FloorProcess start(List<String> javaOptions) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    words.addAll(javaOptions);
    words.add("-cp");
    words.add(System.getProperty("java.class.path"));
    words.add(FloorServer.class.getName());
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(FloorServer.READY)) {
        return new FloorProcess(process, line.substring(FloorServer.READY.length()));
      }
    }
    throw new IOException("the bare server did not start");
  }

  /** The bare door beside one of Hexbeat's. */
  URI door(Door door) throws IOException {
    return ServerProcess.door(
        readyLine,
        switch (door) {
          case HTTP, OSMAND, WS -> "http";
          case TCP -> "tcp";
          case MQTT -> "mqtt";
        });
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
