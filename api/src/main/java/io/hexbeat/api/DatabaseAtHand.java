package io.hexbeat.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL of a data directory for a command beside the server: the one that is configured, the
 * embedded one that runs, or the embedded one of a stopped server, which then is started and has
 * the directory locked until it is closed. The command's thread.
 *
 * @param uri for clients
 * @param held of a stopped server, with the next
 */
record DatabaseAtHand(String uri, @Nullable DataDirectory held, @Nullable EmbeddedDatabase started)
    implements AutoCloseable {
  static DatabaseAtHand of(Path dataDir, @Nullable String pgUri) throws IOException {
    Optional<String> running =
        pgUri == null ? EmbeddedDatabase.runningUri(dataDir) : Optional.of(pgUri);
    if (running.isPresent()) {
      return new DatabaseAtHand(running.get(), null, null);
    }
    DataDirectory held = DataDirectory.open(dataDir);
    try {
      EmbeddedDatabase started = EmbeddedDatabase.open(dataDir);
      return new DatabaseAtHand(started.uri(), held, started);
    } catch (IOException | RuntimeException e) {
      held.close();
      throw e;
    }
  }

  /** The database stops before another may have the directory. */
  @Override
  public void close() throws IOException {
    try {
      if (started != null) {
        started.close();
      }
    } finally {
      if (held != null) {
        held.close();
      }
    }
  }
}
