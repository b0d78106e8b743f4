package io.hexbeat.api;

import io.hexbeat.api.store.DatabaseCopy;
import io.hexbeat.ingest.journal.JournalCopy;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.JournalRoll;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * {@code hexbeat restore}: makes a data directory of a backup. The main thread. Checks every
 * checksum first, works beside the directory and renames when all is there, so that a server never
 * starts on half of it; PostgreSQL's tables come in one transaction.
 */
public final class Restore {
  static final String HELP =
      """
      usage: hexbeat restore --from FILE [--data DIR] [--config FILE] [--pg-uri URI]

        --from FILE    what hexbeat backup wrote
        --data DIR     the data directory to make (default ./data); missing or empty
        --config FILE, --pg-uri URI, --set KEY=VALUE
                       as the server will be started, if it uses a PostgreSQL server of yours, whose database must be
                       empty
        --help         this text

      Start the server on the directory afterwards. Exit codes: 0 restored, 1 nothing was restored, 2 wrong arguments.
      """;

  private static final BackupCommand COMMAND =
      new BackupCommand("restore", "--from", HELP, "nothing was restored");

  private final Path backup;
  private final Path dataDir;
  private final @Nullable String pgUri;
  private final PrintStream progress;

  private Restore(Path backup, ServerConfig config, PrintStream progress) {
    this.backup = backup;
    this.dataDir = config.dataDir();
    this.pgUri = config.pgUri();
    this.progress = progress;
  }

  public static void main(String[] words) {
    System.exit(run(words, System.out, System.err));
  }

  static int run(String[] words, PrintStream out, PrintStream err) {
    return COMMAND.run(
        words, out, err, (target, config) -> new Restore(target, config, err).read());
  }

  private void read() throws Exception {
    requireEmpty();
    Path half = dataDir.resolveSibling(dataDir.getFileName() + ".restoring");
    deleteTree(half);
    try (ZipFile zip = new ZipFile(backup.toFile())) {
      JsonObject manifest = BackupFile.verified(zip);
      tell("%s of %s is whole", backup, manifest.getString("made"));
      try (DataDirectory data = DataDirectory.open(half)) {
        journals(zip, manifest, data.journal());
        files(zip, manifest, half);
        database(zip, manifest.getJsonObject("database"), half);
      }
    } catch (IOException | RuntimeException e) {
      deleteTree(half);
      throw e;
    }
    Files.deleteIfExists(dataDir);
    Files.move(half, dataDir, StandardCopyOption.ATOMIC_MOVE);
    tell("%s is ready for hexbeat serve", dataDir);
  }

  private void requireEmpty() throws IOException {
    if (!Files.exists(dataDir)) {
      return;
    }
    boolean empty;
    try (Stream<Path> entries = Files.list(dataDir)) {
      empty = entries.findAny().isEmpty();
    }
    if (!empty) {
      throw new ConfigException("--data", dataDir.toString(), "an empty directory is needed");
    }
  }

  private void journals(ZipFile zip, JsonObject manifest, Path journal) throws IOException {
    JsonArray shards = manifest.getJsonArray("shards");
    JournalRoll roll = JournalRoll.of(manifest.getString("roll"));
    try (JournalDirectory directory = JournalDirectory.open(journal, shards.size(), roll)) {
      for (int shard = 0; shard < shards.size(); shard++) {
        JsonObject each = shards.getJsonObject(shard);
        try (JournalCopy.Restoring restoring =
            new JournalCopy.Restoring(journal, shard, each.getBoolean("partial"))) {
          for (Object name : each.getJsonArray("files")) {
            try (InputStream in = BackupFile.open(zip, "journal/" + shard + "/" + name)) {
              restoring.file(name.toString(), in);
            }
          }
        }
        tell("shard %d up to index %x", shard, each.getLong("last_index"));
      }
      Files.createDirectories(directory.snapshots());
      copyAll(zip, manifest, "snapshots/", directory.snapshots());
    }
  }

  private static void files(ZipFile zip, JsonObject manifest, Path into) throws IOException {
    copyAll(zip, manifest, "files/", into);
  }

  private static void copyAll(ZipFile zip, JsonObject manifest, String folder, Path into)
      throws IOException {
    for (Object each : manifest.getJsonArray("entries")) {
      String name = ((JsonObject) each).getString("name");
      if (name.startsWith(folder)) {
        Path file = into.resolve(Path.of(name).getFileName());
        try (InputStream in = BackupFile.open(zip, name)) {
          Files.copy(in, file);
        }
      }
    }
  }

  private void database(ZipFile zip, JsonObject description, Path into) throws Exception {
    if (pgUri != null) {
      database(zip, description, pgUri);
      return;
    }
    try (EmbeddedDatabase embedded = EmbeddedDatabase.open(into)) {
      database(zip, description, embedded.uri());
    }
  }

  private void database(ZipFile zip, JsonObject description, String uri) throws IOException {
    try (DatabaseCopy database = DatabaseCopy.into(uri, description)) {
      for (Object each : description.getJsonArray("tables")) {
        JsonObject table = (JsonObject) each;
        String name = table.getString("name");
        try (InputStream in = BackupFile.open(zip, "database/" + name)) {
          long rows = database.read(table, in);
          if (rows != table.getLong("rows")) {
            throw new IOException("table " + name + " got rows=" + rows);
          }
        }
        tell("table %s: %,d rows", name, table.getLong("rows"));
      }
      database.commit(description);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private void tell(String format, @Nullable Object... values) {
    progress.printf(Locale.ROOT, "hexbeat restore: " + format + "%n", values);
  }
}
