package io.hexbeat.benchmarks;

import io.hexbeat.ingest.journal.GroupCommit;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.journal.SyncPolicy;
import io.hexbeat.ingest.metrics.SyncStats;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.RecordChecksum;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * {@code hexbeat bench journal}: what an append costs, at the median and at worst, beside a copy in
 * memory at the same rate; what a checksum costs; how long this disk's sync takes and how many acks
 * a second one shard can give when each waits for it. One thread appends, as a shard does. Its
 * journal lies in a temporary directory beside {@code --dir} and is removed.
 */
final class JournalBench {
  static final String HELP =
      """
      usage: hexbeat bench journal [--dir DIR] [--seconds S]

        --dir DIR     the disk to measure (default: the directory for temporary files)
        --seconds S   of each measurement (default 5)
      """;

  /** A ping with fix and decision. */
  private static final int RECORD_BYTES = PingRecord.HEADER_BYTES;

  /** With header and checksum. */
  private static final int EXCERPT_BYTES = RECORD_BYTES + 8;

  private static final long BLOCK_BYTES = 64L << 20;

  /** As many acks wait at once as phones have their request under way. */
  private static final int WAITING = 64;

  /** A shard under load: fast enough for a block change in seconds, slow enough to be one. */
  private static final int APPENDS_PER_SECOND = 500_000;

  private final Path dir;
  private final long seconds;
  private final PrintStream out;
  private final byte[] record = new byte[RECORD_BYTES];

  private JournalBench(Path dir, long seconds, PrintStream out) {
    this.dir = dir;
    this.seconds = seconds;
    this.out = out;
    new PingRecord()
        .wrapNew(record, 0, 1, 1, 1_760_000_000_000L)
        .fixTimeMs(1_760_000_000_000L)
        .position(302_672_000, -977_431_000)
        .accuracyCm(500);
  }

  static int run(List<String> options) throws IOException {
    Path dir = Path.of(System.getProperty("java.io.tmpdir"));
    long seconds = 5;
    for (int i = 0; i < options.size(); i++) {
      String option = options.get(i);
      if (option.equals("--help") || option.equals("-h")) {
        System.out.print(HELP);
        return 0;
      }
      if (i + 1 == options.size() || !List.of("--dir", "--seconds").contains(option)) {
        System.err.println("hexbeat bench journal: " + option + " is no option with a value");
        return 2;
      }
      String value = options.get(++i);
      if (option.equals("--dir")) {
        dir = Path.of(value);
      } else {
        try {
          seconds = Math.max(1, Math.min(600, Long.parseLong(value)));
        } catch (NumberFormatException e) {
          System.err.println("hexbeat bench journal: --seconds=" + value + " is no number");
          return 2;
        }
      }
    }
    Path work = Files.createTempDirectory(dir, "hexbeat-bench-journal-");
    try {
      new JournalBench(work, seconds, System.out).measure();
    } finally {
      remove(work);
    }
    return 0;
  }

  private void measure() throws IOException {
    out.printf("records of %d bytes, in %s%n", RECORD_BYTES, dir);
    checksum();
    floor();
    appends();
    commits();
  }

  private void checksum() {
    RecordChecksum checksum = new RecordChecksum();
    long until = System.nanoTime() + seconds * 1_000_000_000L;
    long sum = 0;
    double bestNs = Double.MAX_VALUE;
    while (System.nanoTime() < until) {
      long startNs = System.nanoTime();
      for (int i = 0; i < 100_000; i++) {
        sum += checksum.of(record, 0, RECORD_BYTES, i);
      }
      bestNs = Math.min(bestNs, (System.nanoTime() - startNs) / 100_000.0);
    }
    out.printf("checksum          %.0f ns a record (sum %x)%n", bestNs, sum);
  }

  /** What copying a record at the same rate would meet on this machine at this moment. */
  private void floor() throws IOException {
    byte[] heap = new byte[EXCERPT_BYTES << 16];
    SteadyRun run = new SteadyRun(APPENDS_PER_SECOND, seconds);
    run.run(
        n -> System.arraycopy(record, 0, heap, (int) (n & 0xffff) * EXCERPT_BYTES, RECORD_BYTES));
    run.print(out, "floor: a copy");
  }

  /** At a steady rate, over several blocks. */
  private void appends() throws IOException {
    SteadyRun run = new SteadyRun(APPENDS_PER_SECOND, seconds);
    try (JournalDirectory directory = JournalDirectory.open(dir.resolve("appends"), 1);
        ShardJournal journal = directory.openShard(0)) {
      run.run(n -> journal.append(record, 0, RECORD_BYTES));
    }
    run.print(out, "append");
    out.printf(
        "  in %,d MiB, %d blocks of 64 MiB%n",
        (run.count() * EXCERPT_BYTES) >> 20, run.count() * EXCERPT_BYTES / BLOCK_BYTES);
  }

  /** Always as many acks wait as there are phones; each sync lets them go and they come again. */
  private void commits() {
    SyncStats stats = new SyncStats();
    long acks = 0;
    try (JournalDirectory directory = JournalDirectory.open(dir.resolve("commits"), 1);
        ShardJournal journal =
            directory.openShard(0, SyncPolicy.DEFAULT.in(SyncPolicy.Mode.COMMIT))) {
      Thread appender = Thread.currentThread();
      long startNs = System.nanoTime();
      try (GroupCommit commit =
          GroupCommit.start(
              journal,
              new SyncPolicy(SyncPolicy.Mode.COMMIT, Duration.ofMillis(1)),
              "bench-sync",
              stats,
              () -> LockSupport.unpark(appender))) {
        long endNs = startNs + seconds * 1_000_000_000L;
        while (System.nanoTime() < endNs) {
          for (int i = 0; i < WAITING; i++) {
            journal.append(record, 0, RECORD_BYTES);
          }
          commit.request();
          while (journal.durable() < journal.appended() && commit.failure() == null) {
            LockSupport.park();
          }
          acks += WAITING;
        }
      }
      double tookSeconds = (System.nanoTime() - startNs) / 1e9;
      Histogram durations = stats.durations();
      out.printf(
          "sync              p50 %.2f ms  p99 %.2f ms  max %.2f ms (%,d syncs)%n",
          durations.getValueAtPercentile(50) / 1e6,
          durations.getValueAtPercentile(99) / 1e6,
          durations.getMaxValue() / 1e6,
          stats.syncs());
      out.printf(
          "commit            %,.0f acks a second with %d waiting, one shard%n",
          acks / tookSeconds, WAITING);
    }
  }

  private static void remove(Path work) throws IOException {
    try (Stream<Path> paths = Files.walk(work)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
