package io.hexbeat.api;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of our own under the data directory, for whoever has none. Opened and closed
 * by the main thread; unpacks its binaries once. Reference data lives in it, so it syncs its
 * commits. A server that a killed process left behind is stopped first; the caller holds the lock
 * of the data directory, so it can't be another Hexbeat's. One that dies is started again on its
 * port, by a thread that looks each second; whoever uses it sees connections fail meanwhile.
 */
final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final Duration STARTUP_LIMIT = Duration.ofSeconds(60);
  private static final long LOOK_EVERY_S = 1;
  private static final int FREE_PORT = 0;

  /** Of postmaster.pid. */
  private static final int PORT_LINE = 4;

  private final Path dataDir;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "hexbeat-postgres-watch");
            thread.setDaemon(true);
            return thread;
          });

  /** Guarded by this, as all that starts and stops a server. */
  private EmbeddedPostgres postgres;

  /** Written by the watch, read for metrics. */
  private volatile long restarts;

  private EmbeddedDatabase(Path dataDir, EmbeddedPostgres postgres) {
    this.dataDir = dataDir;
    this.postgres = postgres;
  }

  static EmbeddedDatabase open(Path dataDir) throws IOException {
    stopLeftOver(cluster(dataDir));
    EmbeddedDatabase database = new EmbeddedDatabase(dataDir, start(dataDir, FREE_PORT));
    ScheduledFuture<?> unused =
        database.watch.scheduleWithFixedDelay(
            database::startIfDead, LOOK_EVERY_S, LOOK_EVERY_S, TimeUnit.SECONDS);
    return database;
  }

  private static EmbeddedPostgres start(Path dataDir, int port) throws IOException {
    Path cluster = cluster(dataDir);
    Path log = dataDir.resolve("postgres.log");
    ProcessBuilder.Redirect redirect = ProcessBuilder.Redirect.appendTo(log.toFile());
    try {
      EmbeddedPostgres.Builder builder =
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
              // Details of an error repeat the row: a place, a token's hash.
              .setServerConfig("log_error_verbosity", "terse")
              .setErrorRedirector(redirect)
              .setOutputRedirector(redirect);
      return port == FREE_PORT ? builder.start() : builder.setPort(port).start();
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

  /** How often it had died and was started again. */
  long restarts() {
    return restarts;
  }

  /** For clients: {@code postgresql://user@host:port/database}. */
  synchronized String uri() {
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
  public synchronized void close() throws IOException {
    watch.shutdownNow();
    postgres.close();
  }

  /** By the watch. */
  private synchronized void startIfDead() {
    try {
      if (watch.isShutdown() || running(cluster(dataDir)).isPresent()) {
        return;
      }
      LOG.error("the embedded PostgreSQL has died and is started again; see postgres.log");
      int port = postgres.getPort();
      postgres.close();
      Files.deleteIfExists(pidFile(cluster(dataDir)));
      postgres = start(dataDir, port);
      restarts++;
      LOG.info("the embedded PostgreSQL runs again");
    } catch (IOException | RuntimeException e) {
      LOG.warn("the embedded PostgreSQL does not run yet: {}", e.getMessage());
    }
  }

  private static Path cluster(Path dataDir) {
    return dataDir.resolve("postgres");
  }

  private static Path pidFile(Path cluster) {
    return cluster.resolve("postmaster.pid");
  }

  /** The server of this directory. One that has died and that nobody has buried has no command. */
  private static Optional<ProcessHandle> running(Path cluster) throws IOException {
    Path pidFile = pidFile(cluster);
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pidFile);
    Optional<ProcessHandle> named =
        lines.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(lines.get(0).strip()));
    return named.filter(
        process -> process.info().command().filter(path -> path.endsWith("postgres")).isPresent());
  }

  private static void stopLeftOver(Path cluster) throws IOException {
    Optional<ProcessHandle> leftOver = running(cluster);
    if (leftOver.isPresent()) {
      LOG.warn("stopping the PostgreSQL server that a killed process left in {}", cluster);
      leftOver.get().destroy();
      try {
        leftOver.get().onExit().get(30, TimeUnit.SECONDS);
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        throw new IOException(
            "PostgreSQL pid=" + leftOver.get().pid() + " of " + cluster + " does not stop", e);
      }
    }
    Files.deleteIfExists(pidFile(cluster));
  }
}
