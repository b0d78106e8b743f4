package io.hexbeat.api;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of our own under the data directory, for whoever has none. Opened and closed
 * by the main thread; unpacks its binaries once. Reference data lives in it, so it syncs its
 * commits. A server that a killed process left behind is stopped first; the caller holds the lock
 * of the data directory, so it can't be another Hexbeat's.
 */
final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final Duration STARTUP_LIMIT = Duration.ofSeconds(60);

  /** Of postmaster.pid. */
  private static final int PORT_LINE = 4;

  private final EmbeddedPostgres postgres;

  private EmbeddedDatabase(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  static EmbeddedDatabase open(Path dataDir) throws IOException {
    Path cluster = dataDir.resolve("postgres");
    stopLeftOver(cluster);
    Path log = dataDir.resolve("postgres.log");
    ProcessBuilder.Redirect redirect = ProcessBuilder.Redirect.appendTo(log.toFile());
    try {
      return new EmbeddedDatabase(
          EmbeddedPostgres.builder()
              .setDataDirectory(cluster)
              .setCleanDataDirectory(false)
              .setRegisterShutdownHook(false)
              .setOverrideWorkingDirectory(dataDir.resolve("postgres-binaries").toFile())
              .setPGStartupWait(STARTUP_LIMIT)
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("max_connections", "40")
              .setServerConfig("shared_buffers", "128MB")
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setErrorRedirector(redirect)
              .setOutputRedirector(redirect)
              .start());
    } catch (IOException | IllegalStateException e) {
      throw new IOException(
          "embedded PostgreSQL did not start in "
              + cluster
              + "; its log is "
              + log
              + " ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  /** For clients: {@code postgresql://user@host:port/database}. */
  String uri() {
    return uri(postgres.getPort());
  }

  /** The server that runs in a data directory, whoever started it; empty if none does. */
  static Optional<String> runningUri(Path dataDir) throws IOException {
    Path pidFile = dataDir.resolve("postgres").resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pidFile);
    boolean running =
        lines.size() >= PORT_LINE
            && ProcessHandle.of(Long.parseLong(lines.get(0).strip())).isPresent();
    return running
        ? Optional.of(uri(Integer.parseInt(lines.get(PORT_LINE - 1).strip())))
        : Optional.empty();
  }

  private static String uri(int port) {
    return "postgresql://postgres:postgres@127.0.0.1:" + port + "/postgres";
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }

  private static void stopLeftOver(Path cluster) throws IOException {
    Path pidFile = cluster.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    List<String> lines = Files.readAllLines(pidFile);
    Optional<ProcessHandle> leftOver =
        lines.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(lines.get(0).strip()));
    boolean postgres =
        leftOver
            .flatMap(process -> process.info().command())
            .map(command -> command.endsWith("postgres"))
            .orElse(false);
    if (postgres) {
      LOG.warn("stopping the PostgreSQL server that a killed process left in {}", cluster);
      leftOver.get().destroy();
      try {
        leftOver.get().onExit().get(30, TimeUnit.SECONDS);
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        throw new IOException(
            "PostgreSQL pid=" + leftOver.get().pid() + " of " + cluster + " does not stop", e);
      }
    }
    Files.deleteIfExists(pidFile);
  }
}
