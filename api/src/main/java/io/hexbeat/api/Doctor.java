package io.hexbeat.api;

import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.JournalDoctor;
import io.hexbeat.ingest.journal.JournalException;
import io.hexbeat.ingest.shard.SnapshotDoctor;
import io.hexbeat.ingest.snapshot.SnapshotBook;
import io.hexbeat.ingest.snapshot.SnapshotHeader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * {@code hexbeat doctor}: what is in a data directory, whether it can be read, and what a repair
 * would cost. The main thread; the server must be stopped, whose locks it takes meanwhile. Changes
 * nothing without {@code --repair}, and deletes nothing with it.
 */
public final class Doctor {
  static final String HELP =
      """
      usage: hexbeat doctor [--data DIR] [--repair]

        --data DIR   the data directory of a stopped server (default ./data)
        --repair     set damaged files of the journal aside, under journal/damaged, and put files in their place that
                     hold all that can be read, under the same indexes; the records told as missing are given up
        --help       this text

      Reads each journal to its end and checks every record and every snapshot. Exit codes: 0 nothing is wrong (any
      more), or nothing that a start can't do without, 1 damage was found, 2 wrong arguments, 3 the directory can't be
      looked at, for instance because a server runs on it.
      """;

  private static final int DAMAGED = 1;
  private static final int WRONG_ARGUMENTS = 2;
  private static final int NOT_LOOKED_AT = 3;

  private final PrintStream out;
  private final Path dataDir;
  private final boolean repairing;

  private Doctor(PrintStream out, Path dataDir, boolean repairing) {
    this.out = out;
    this.dataDir = dataDir;
    this.repairing = repairing;
  }

  public static void main(String[] words) {
    System.exit(run(words, System.out, System.err));
  }

  static int run(String[] words, PrintStream out, PrintStream err) {
    try {
      return look(words, out);
    } catch (ConfigException | JournalException | IOException e) {
      err.println("hexbeat doctor: " + e.getMessage());
      return e instanceof ConfigException ? WRONG_ARGUMENTS : NOT_LOOKED_AT;
    }
  }

  private static int look(String[] words, PrintStream out) throws IOException {
    Path dir = Path.of("data");
    boolean repair = false;
    for (int i = 0; i < words.length; i++) {
      switch (words[i]) {
        case "--help", "-h" -> {
          out.print(HELP);
          return 0;
        }
        case "--repair" -> repair = true;
        case "--data" -> {
          if (++i == words.length) {
            throw new ConfigException("option --data needs a value; see hexbeat doctor --help");
          }
          dir = Path.of(words[i]);
        }
        default ->
            throw new ConfigException(
                "option " + words[i] + " does not exist; see hexbeat doctor --help");
      }
    }
    return new Doctor(out, dir.toAbsolutePath().normalize(), repair).look();
  }

  private int look() throws IOException {
    if (!Files.isDirectory(dataDir)) {
      throw new IOException(dataDir + " is no directory");
    }
    line("data directory", dataDir.toString());
    line("free disk", bytes(Files.getFileStore(dataDir).getUsableSpace()));
    try (Stream<Path> entries = Files.list(dataDir)) {
      line(
          "holds",
          String.join(", ", entries.map(e -> e.getFileName().toString()).sorted().toList()));
    }
    try (DataDirectory held = taken()) {
      database();
      return journal(held.journal());
    }
  }

  private DataDirectory taken() throws IOException {
    try {
      DataDirectory held = DataDirectory.open(dataDir);
      line("in use", "no");
      return held;
    } catch (ConfigException e) {
      throw new IOException(e.getMessage() + "; stop it first", e);
    }
  }

  /** By its files; what it has of the journal only its own server could tell. */
  private void database() throws IOException {
    Path cluster = dataDir.resolve("postgres");
    Path version = cluster.resolve("PG_VERSION");
    if (!Files.exists(version)) {
      line("PostgreSQL", "none here (pg.uri names one elsewhere, or nothing was started yet)");
      return;
    }
    boolean killed = Files.exists(cluster.resolve("postmaster.pid"));
    line(
        "PostgreSQL",
        "version "
            + Files.readString(version).strip()
            + (killed
                ? ", was not stopped: it recovers by itself at the next start"
                : ", stopped"));
  }

  private int journal(Path dir) throws IOException {
    if (!Files.isDirectory(dir)) {
      line("journal", "none yet");
      return 0;
    }
    OptionalInt shards = JournalDirectory.storedShards(dir);
    if (shards.isEmpty()) {
      throw new IOException(dir + " doesn't say how many shards it has in journal.properties");
    }
    try (JournalDirectory held = JournalDirectory.open(dir, shards.getAsInt())) {
      line("journal", "format " + held.format() + ", " + shards.getAsInt() + " shards");
      List<JournalDoctor.Shard> ill = new ArrayList<>();
      boolean stateless = false;
      for (JournalDoctor.Shard shard : JournalDoctor.inspect(dir, shards.getAsInt())) {
        tell(shard);
        if (!shard.damage().isEmpty() || shard.cutShort()) {
          ill.add(shard);
        }
        stateless |= !snapshots(dir, shard);
      }
      if (stateless) {
        out.println("damaged; no repair brings back what only the snapshots had");
        return DAMAGED;
      }
      if (ill.isEmpty()) {
        out.println("nothing is wrong");
        return 0;
      }
      if (!repairing) {
        out.println("damaged; --repair goes on without what is missing and keeps the old files");
        return DAMAGED;
      }
      for (JournalDoctor.Shard shard : ill) {
        for (Path aside : JournalDoctor.repair(dir, shard.shard())) {
          line("repaired", "shard " + shard.shard() + ", the old file is " + aside);
        }
      }
      out.println("repaired");
      return 0;
    }
  }

  private void tell(JournalDoctor.Shard shard) {
    String name = "shard " + shard.shard();
    if (shard.lastIndex() < 0) {
      line(name, "no records");
    } else {
      line(
          name,
          String.format(
              Locale.ROOT,
              "%,d records, index %x to %x, the last of %s, %d files, %s",
              shard.records(),
              shard.firstIndex(),
              shard.lastIndex(),
              Instant.ofEpochMilli(shard.lastTimeMs()),
              shard.files(),
              bytes(shard.bytes())));
    }
    if (shard.givenUp() > 0) {
      line("", shard.givenUp() + " records were given up by earlier repairs");
    }
    if (shard.cutShort()) {
      line(
          "damage",
          String.format(
              Locale.ROOT,
              "it ends before index %x, which was on the disk: the records after index %x are gone",
              shard.syncedIndex(),
              shard.lastIndex()));
    }
    for (JournalDoctor.Damage damage : shard.damage()) {
      line("damage", told(damage));
    }
  }

  /** Whether a start finds the state of the shard: by a snapshot, or by the whole journal. */
  private boolean snapshots(Path dir, JournalDoctor.Shard shard) throws IOException {
    if (shard.records() > 0 && shard.syncedIndex() < 0) {
      line(
          "",
          JournalDoctor.synced(dir, shard.shard())
              + " is missing or empty: a torn end can't be told from damage until the next start"
              + " has written it");
    }
    boolean usable = false;
    boolean foreign = false;
    for (SnapshotBook.Found found : SnapshotDoctor.inspect(dir, shard.shard(), shard.lastIndex())) {
      tell(shard.shard(), found, usable);
      usable |= found.fault() == null;
      foreign |= found.foreign();
    }
    Optional<Path> begin = JournalDoctor.begin(dir, shard.shard());
    if (begin.isPresent() && !usable) {
      line(
          "damage",
          "shard "
              + shard.shard()
              + " has no snapshot that can be used, and its journal no longer holds its first"
              + " records: "
              + (foreign
                  ? "start the version that wrote the snapshots"
                  : "restore a backup (hexbeat restore)")
              + ", or, to go on without who was where before, remove "
              + begin.get());
      return false;
    }
    if (!usable && shard.records() > 0) {
      line("", "a start replays the whole journal of shard " + shard.shard());
    }
    return true;
  }

  /**
   * @param spare whether a newer one is whole
   */
  private void tell(int shard, SnapshotBook.Found found, boolean spare) {
    SnapshotHeader header = found.header();
    if (found.fault() != null || header == null) {
      line("snapshot", found.file() + " can't be used: " + found.fault());
      line("", "the start does without it");
      return;
    }
    line(
        "snapshot",
        String.format(
            Locale.ROOT,
            "of shard %d up to index %x, %,d records, made %s, %s, checksum right",
            shard,
            header.index(),
            header.records(),
            Instant.ofEpochMilli(header.madeMs()),
            bytes(found.bytes())));
    line("", spare ? "kept should that one be spoiled" : "a start takes this one: " + found.file());
  }

  private static String told(JournalDoctor.Damage damage) {
    String missing =
        damage.records() == 0
            ? String.format(Locale.ROOT, "nothing readable from index %x on", damage.firstIndex())
            : String.format(
                Locale.ROOT,
                "%d records missing, index %x to %x",
                damage.records(),
                damage.firstIndex(),
                damage.firstIndex() + damage.records() - 1);
    return damage.file()
        + " offset "
        + damage.offset()
        + " to "
        + damage.until()
        + ": "
        + damage.reason()
        + "; "
        + missing
        + (damage.beforeMs() > 0 ? ", after " + Instant.ofEpochMilli(damage.beforeMs()) : "")
        + (damage.afterMs() > 0 ? ", before " + Instant.ofEpochMilli(damage.afterMs()) : "")
        + (damage.memberHandle() > 0 ? ", perhaps of member handle " + damage.memberHandle() : "");
  }

  private void line(String name, String text) {
    out.printf("%-16s%s%n", name, text);
  }

  private static String bytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }
}
