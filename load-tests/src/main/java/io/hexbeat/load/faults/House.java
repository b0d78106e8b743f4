package io.hexbeat.load.faults;

import io.hexbeat.load.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts the server again and again: the same data, the same ports. The run's thread only. Each
 * start logs to a file of its own.
 */
final class House {
  static final String ADMIN = "admin";
  static final int SHARDS = 2;

  private static final long READY_WITHIN_SECONDS = 120;

  /** What a server needs of the JVM for a minute: to be there soon. */
  private static final String JAVA_OPTIONS = "-Xmx384m -XX:TieredStopAtLevel=1";

  private static final String FAKE_CLOCK = "libfaketime.so.1";

  private final FaultPlan plan;
  private final String password = UUID.randomUUID().toString();
  private final int apiPort = freePort();
  private final int devicePort = freePort();
  private final int tcpPort = freePort();
  private final int mqttPort = freePort();
  private final @Nullable Path fakeClock;
  private int starts;

  House(FaultPlan plan) throws IOException {
    this.plan = plan;
    this.fakeClock = fakeClock();
  }

  /** Whether servers can be given a wrong clock. */
  boolean hasFakeClock() {
    return fakeClock != null;
  }

  Path data() {
    return plan.dir().resolve("data");
  }

  Path journal() {
    return data().resolve("journal");
  }

  String password() {
    return password;
  }

  int devicePort() {
    return devicePort;
  }

  int tcpPort() {
    return tcpPort;
  }

  int mqttPort() {
    return mqttPort;
  }

  URI api() {
    return URI.create("http://127.0.0.1:" + apiPort);
  }

  URI device() {
    return URI.create("http://127.0.0.1:" + devicePort);
  }

  /** How many servers there have been. */
  int starts() {
    return starts;
  }

  /**
   * Starts one and does not wait.
   *
   * @param clockHours how far its clock is off
   */
  ServerProcess launch(int clockHours) throws IOException {
    starts++;
    Map<String, String> environment = new HashMap<>();
    environment.put("HEXBEAT_ADMIN_PASSWORD", password);
    environment.put("HEXBEAT_JAVA_OPTS", JAVA_OPTIONS);
    if (clockHours != 0) {
      environment.put("LD_PRELOAD", String.valueOf(fakeClock));
      environment.put("FAKETIME", (clockHours > 0 ? "+" : "") + clockHours + "h");
      environment.put("DONT_FAKE_MONOTONIC", "1");
      // without it libfaketime ends every timed wait at once, and all threads of the server spin
      environment.put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
    }
    List<String> options =
        List.of(
            "--api-port",
            Integer.toString(apiPort),
            "--device-port",
            Integer.toString(devicePort),
            "--tcp-port",
            Integer.toString(tcpPort),
            "--mqtt-port",
            Integer.toString(mqttPort),
            "--set",
            "shards=" + SHARDS,
            "--set",
            "journal.sync=" + plan.journalSync(starts));
    return ServerProcess.launch(
        plan.command(),
        data(),
        options,
        environment,
        plan.dir().resolve("server-" + starts + ".log"));
  }

  /** Waits until it serves. */
  static void awaitReady(ServerProcess server) throws IOException {
    server.awaitReady(READY_WITHIN_SECONDS);
  }

  private static @Nullable Path fakeClock() throws IOException {
    for (Path dir : List.of(Path.of("/usr/lib"), Path.of("/usr/local/lib"))) {
      if (Files.isDirectory(dir)) {
        try (Stream<Path> files = Files.find(dir, 3, (file, is) -> file.endsWith(FAKE_CLOCK))) {
          Optional<Path> found = files.findFirst();
          if (found.isPresent()) {
            return found.get();
          }
        }
      }
    }
    return null;
  }

  private static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException("there is no free port", e);
    }
  }
}
