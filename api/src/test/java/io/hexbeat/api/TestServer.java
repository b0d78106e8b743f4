package io.hexbeat.api;

import io.hexbeat.api.store.TestDatabase;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole server within the tests' own JVM, for tests that need neither its end nor its standard
 * error: what {@link ServerProcess} starts, on free ports of its own, without a JVM to warm up. Its
 * database is one of {@link TestDatabase}, unless an option names another. Started and closed by
 * one thread.
 */
final class TestServer implements AutoCloseable {
  private final Server server;
  private final ServerPorts ports;

  private TestServer(Server server) {
    this.server = server;
    this.ports = ServerPorts.of(server.readyLine()).orElseThrow();
  }

  /** Returns when phones and managers can connect. */
  static TestServer start(Path dataDir, String... options) throws Exception {
    List<String> words = new ArrayList<>(ServerProcess.words(dataDir));
    words.addAll(List.of(options));
    if (!words.contains("--pg-uri")) {
      words.addAll(List.of("--pg-uri", TestDatabase.uri()));
    }
    return new TestServer(
        Server.start(
            CommandLine.parse(words.toArray(String[]::new)), ServerProcess.ADMIN_PASSWORD));
  }

  URI api() {
    return ports.api();
  }

  URI device() {
    return ports.device();
  }

  URI tcp() {
    return ports.tcp().orElseThrow();
  }

  URI mqtt() {
    return ports.mqtt().orElseThrow();
  }

  /** Who may everything. */
  ApiClient admin() throws Exception {
    return ApiClient.login(api(), "admin", ServerProcess.ADMIN_PASSWORD);
  }

  /** As an operator stops it: what was acknowledged is drained. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException("the server did not close", e);
    }
  }
}
