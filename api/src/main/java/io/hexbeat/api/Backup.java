package io.hexbeat.api;

import io.hexbeat.api.store.DatabaseCopy;
import io.hexbeat.ingest.journal.JournalCopy;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.snapshot.SnapshotBook;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code hexbeat backup}: everything that a server knows as one file, while it runs or not. The
 * main thread of a process of its own, which only reads. PostgreSQL's content is that of one
 * moment; snapshots and journals are copied after it, so that they hold at least as much, and the
 * restored server's projector goes on from where the copied progress says.
 */
public final class Backup {
  static final String HELP =
      """
      usage: hexbeat backup --to FILE [--data DIR] [--config FILE] [--pg-uri URI]

        --to FILE      the backup, a ZIP that must not be there yet; it holds signing.key and password hashes
        --data DIR     the data directory (default ./data)
        --config FILE, --pg-uri URI, --set KEY=VALUE
                       as the server was started, if it uses a PostgreSQL server of yours
        --help         this text

      The server may run meanwhile. Tells on standard error how far it is. Exit codes: 0 there is a whole backup,
      1 there is none, 2 wrong arguments.
      """;

  private static final BackupCommand COMMAND =
      new BackupCommand("backup", "--to", HELP, "there is no backup");

  private static final int HOLD_TRIES = 5;

  private final Path target;
  private final Path dataDir;
  private final @Nullable String pgUri;
  private final PrintStream progress;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** One shard's files, held open before PostgreSQL is read. */
  private record Held(JournalCopy journal, List<Path> snapshots, List<FileChannel> channels) {}

  private Backup(Path target, ServerConfig config, PrintStream progress) {
    this.target = target;
    this.dataDir = config.dataDir();
    this.pgUri = config.pgUri();
    this.progress = progress;
  }

  public static void main(String[] words) {
    System.exit(run(words, System.out, System.err));
  }

  static int run(String[] words, PrintStream out, PrintStream err) {
    return COMMAND.run(
        words,
        out,
        err,
        (target, config) -> {
          if (Files.exists(target)) {
            throw new ConfigException(
                "--to", target.toString(), "a file that isn't there yet is needed");
          }
          new Backup(target, config, err).write();
        });
  }

  private void write() throws Exception {
    try {
      Path journal = DataDirectory.journal(dataDir);
      int shards =
          JournalDirectory.storedShards(journal)
              .orElseThrow(() -> new IOException(journal + " is no journal of a server"));
      List<Held> held = new ArrayList<>();
      for (int shard = 0; shard < shards; shard++) {
        held.add(hold(journal, shard));
      }
      DatabaseCopy database =
          closing(DatabaseCopy.of(closing(DatabaseAtHand.of(dataDir, pgUri)).uri()));
      BackupFile.Writer file = closing(new BackupFile.Writer(target));
      JsonObject manifest =
          new JsonObject()
              .put("format", BackupFile.FORMAT)
              .put("version", Server.VERSION)
              .put("made", Instant.now().toString())
              .put("roll", JournalDirectory.storedRoll(journal).text())
              .put("database", tables(database, file))
              .put("shards", shards(held, database, file));
      files(file);
      long bytes = file.finish(manifest);
      tell("%s is whole, %,.1f MB", target, bytes / 1e6);
    } finally {
      closeAll();
    }
  }

  private JsonObject tables(DatabaseCopy database, BackupFile.Writer file) throws IOException {
    JsonObject description = database.describe();
    for (Object each : description.getJsonArray("tables")) {
      JsonObject table = (JsonObject) each;
      String name = table.getString("name");
      file.entry("database/" + name, out -> table.put("rows", database.write(table, out)));
      tell("table %s: %,d rows", name, table.getLong("rows"));
    }
    return description;
  }

  private JsonArray shards(List<Held> held, DatabaseCopy database, BackupFile.Writer file)
      throws IOException {
    JsonArray shards = new JsonArray();
    for (int shard = 0; shard < held.size(); shard++) {
      Held each = held.get(shard);
      long projected = database.progress(shard);
      long needed = each.snapshots().isEmpty() ? -1 : projected;
      for (Path snapshot : each.snapshots()) {
        needed = Math.min(needed, SnapshotBook.indexOf(snapshot));
      }
      String in = "journal/" + shard + "/";
      JsonArray files = new JsonArray();
      long last =
          each.journal()
              .write(
                  needed,
                  (name, writing) -> {
                    files.add(name);
                    file.entry(in + name, writing::to);
                  });
      if (last < projected) {
        throw new IOException(
            "shard=" + shard + " ends before what PostgreSQL has of it; see hexbeat doctor");
      }
      for (int i = 0; i < each.snapshots().size(); i++) {
        InputStream from = Channels.newInputStream(each.channels().get(i));
        file.entry("snapshots/" + each.snapshots().get(i).getFileName(), from::transferTo);
      }
      shards.add(
          new JsonObject()
              .put("last_index", last)
              .put("projected_index", projected)
              .put("partial", each.journal().partial(needed))
              .put("files", files));
      tell("shard %d: %d files of the journal, index %x", shard, files.size(), last);
    }
    return shards;
  }

  private void files(BackupFile.Writer file) throws IOException {
    Path key = dataDir.resolve(DataDirectory.SIGNING_KEY);
    if (Files.exists(key)) {
      file.entry("files/" + key.getFileName(), out -> Files.copy(key, out));
    }
  }

  /** A snapshot may be deleted between being listed and opened; then there is a newer one. */
  private Held hold(Path journal, int shard) throws IOException {
    for (int tried = 1; ; tried++) {
      List<FileChannel> channels = new ArrayList<>();
      try {
        JournalCopy copy = closing(JournalCopy.hold(journal, shard));
        List<Path> snapshots = SnapshotBook.files(JournalDirectory.snapshots(journal), shard);
        for (Path snapshot : snapshots) {
          channels.add(closing(FileChannel.open(snapshot, StandardOpenOption.READ)));
        }
        return new Held(copy, snapshots, channels);
      } catch (NoSuchFileException e) {
        if (tried == HOLD_TRIES) {
          throw e;
        }
      }
    }
  }

  private void tell(String format, @Nullable Object... values) {
    progress.printf(Locale.ROOT, "hexbeat backup: " + format + "%n", values);
  }

  private <T extends AutoCloseable> T closing(T part) {
    open.push(part);
    return part;
  }

  private void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
