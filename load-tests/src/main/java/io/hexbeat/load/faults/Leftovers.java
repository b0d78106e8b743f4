package io.hexbeat.load.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What a run leaves that was itself killed by {@code kill -9}: its server, its PostgreSQL and a
 * mounted file system. Each run says in its directory who it is; the next one looks through what is
 * mounted for directories whose run is gone, ends the processes on their data and unmounts. The
 * run's thread; Linux only, elsewhere there is nothing to find. Files stay where they are.
 */
final class Leftovers {
  private static final String OWNER = "run.pid";
  private static final Path MOUNTS = Path.of("/proc/mounts");
  private static final Path PROCESSES = Path.of("/proc");
  private static final long GONE_WITHIN_SECONDS = 10;

  private Leftovers() {}

  /** This process is at work there. */
  static void claim(Path dir) throws IOException {
    Files.createDirectories(dir);
    ProcessHandle self = ProcessHandle.current();
    Files.writeString(dir.resolve(OWNER), self.pid() + " " + startOf(self));
  }

  /** Frees what runs that are gone have left mounted; answers their directories. */
  static List<Path> clear() throws IOException, InterruptedException {
    List<Path> cleared = new ArrayList<>();
    if (!Files.isReadable(MOUNTS)) {
      return cleared;
    }
    for (String mount : Files.readAllLines(MOUNTS)) {
      Path journal = Path.of(mount.split(" ", -1)[1]);
      Path data = journal.getParent();
      Path dir = data == null ? null : data.getParent();
      if (dir != null && Files.exists(dir.resolve(OWNER)) && !lives(dir)) {
        clear(dir, data, journal);
        cleared.add(dir);
      }
    }
    return cleared;
  }

  private static void clear(Path dir, Path data, Path journal)
      throws IOException, InterruptedException {
    JournalDisk disk = JournalDisk.left(dir, journal);
    disk.thaw();
    for (ProcessHandle process : on(data)) {
      Signals.send("KILL", process.pid());
      try {
        process.onExit().get(GONE_WITHIN_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new IOException(
            "process " + process.pid() + " of a run that is gone does not end", e);
      }
    }
    disk.close();
  }

  private static boolean lives(Path dir) throws IOException {
    String[] owner = Files.readString(dir.resolve(OWNER)).split(" ", 2);
    return ProcessHandle.of(Long.parseLong(owner[0]))
        .map(process -> startOf(process).equals(owner[1]))
        .orElse(false);
  }

  /** Tells a process from a later one of the same number. */
  private static String startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("unknown");
  }

  /** The servers whose data directory it is, and PostgreSQLs on a directory within. */
  private static List<ProcessHandle> on(Path data) throws IOException {
    List<ProcessHandle> found = new ArrayList<>();
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      for (ProcessHandle process : all.toList()) {
        List<String> words = words(process.pid());
        boolean server = words.contains("--data") && words.contains(data.toString());
        boolean database =
            words.contains("-D") && words.contains(data.resolve("postgres").toString());
        if (server || database) {
          found.add(process);
        }
      }
    }
    return found;
  }

  private static List<String> words(long pid) throws IOException {
    try {
      Path file = PROCESSES.resolve(Long.toString(pid)).resolve("cmdline");
      String line = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return List.of(line.split("\0", -1));
    } catch (NoSuchFileException | AccessDeniedException e) {
      return List.of();
    }
  }
}
