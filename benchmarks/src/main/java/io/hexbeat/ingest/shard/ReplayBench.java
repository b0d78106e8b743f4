package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.ShardJournal;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.wire.PingRecord;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * {@code hexbeat bench replay}: what a restart of one shard costs, with and without a snapshot. One
 * thread, in this process; the journal is written by the hot line into a directory of its own,
 * which is deleted afterwards. Figures are of one run each, so the second of two is the warm one.
 */
public final class ReplayBench {
  private static final String HELP =
      """
      usage: hexbeat bench replay [options]

        --records N     pings in the journal (default 2000000)
        --devices N     phones that sent them (default 10000)
        --dir DIR       where the journal is written; a new directory in it is deleted at the end (default: the
                        system's directory for temporary files)
        --help          this text

      Prints what it takes to replay the whole journal, to write a snapshot, and to start from it. One core.
      """;

  private static final int FENCES = 2_000;
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;

  private final int records;
  private final int devices;
  private final ShardConfig config;
  private final DeviceRegistry registry = new DeviceRegistry();
  private final List<DeviceIdentity> phones = new ArrayList<>();

  /** What a start of the shard makes. */
  private record Start(
      JournalDirectory directory,
      StateKeeper keeper,
      ShardJournal journal,
      ShardState state,
      LiveBoard board,
      SharedPhoneBook book,
      ShardStats stats,
      long replayed,
      double openMs,
      double restoreMs,
      double restoreCpuMs)
      implements AutoCloseable {
    @Override
    public void close() {
      journal.close();
      directory.close();
    }
  }

  private ReplayBench(int records, int devices, Path dir) {
    this.records = records;
    this.devices = devices;
    this.config = ShardConfig.defaults(dir, 1);
    for (int i = 1; i <= devices; i++) {
      DeviceIdentity who =
          new DeviceIdentity(i, "phone-" + i, i, "member-" + i, ZoneId.of("America/Chicago"));
      phones.add(who);
      registry.put("hash-" + i, who);
    }
  }

  /** Exit code 0 with a report, 2 for wrong arguments. */
  public static int run(List<String> args) throws IOException {
    int records = 2_000_000;
    int devices = 10_000;
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      for (int i = 0; i < args.size(); i++) {
        String option = args.get(i);
        switch (option) {
          case "--help", "-h" -> {
            System.out.print(HELP);
            return 0;
          }
          case "--records" -> records = positive(args, ++i, option);
          case "--devices" -> devices = positive(args, ++i, option);
          case "--dir" -> parent = Path.of(value(args, ++i, option));
          default ->
              throw new IllegalArgumentException("unknown argument " + option + "; see --help");
        }
      }
    } catch (IllegalArgumentException e) {
      System.err.println("hexbeat bench: " + e.getMessage());
      return 2;
    }
    Path dir = Files.createTempDirectory(parent, "hexbeat-replay");
    try {
      new ReplayBench(records, devices, dir).measure();
      return 0;
    } finally {
      delete(dir);
    }
  }

  private void measure() throws IOException {
    System.out.printf(
        "%,d pings of %,d phones, load average %.2f%n",
        records, devices, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    try (Start empty = start()) {
      long ns = System.nanoTime();
      write(empty);
      line("written by the hot line", ns, records);
    }
    for (int round = 1; round <= 2; round++) {
      try (Start whole = start()) {
        System.out.printf(
            "%-32s %,9.0f ms to check the journal's end, %,9.0f ms to replay: %,.0f records/s, of"
                + " the core's own time %,.0f%n",
            "start without a snapshot, " + round,
            whole.openMs,
            whole.restoreMs,
            whole.replayed * 1_000 / whole.restoreMs,
            whole.replayed * 1_000 / whole.restoreCpuMs);
        if (round == 2) {
          long ns = System.nanoTime();
          whole.keeper.compact(whole.journal, false);
          line("snapshot by replay", ns, records);
          long bytes = whole.stats.snapshot().bytes();
          System.out.printf(
              "%-32s %,9d bytes, %,.0f a phone%n", "snapshot", bytes, bytes / (double) devices);
        }
      }
    }
    for (int round = 1; round <= 2; round++) {
      try (Start quick = start()) {
        System.out.printf(
            "%-32s %,9.0f ms to check the journal's end, %,9.0f ms to load and replay %,d records%n",
            "start from the snapshot, " + round, quick.openMs, quick.restoreMs, quick.replayed);
      }
    }
  }

  private Start start() {
    long startNs = System.nanoTime();
    JournalDirectory directory = JournalDirectory.open(config.journalDir(), 1);
    ShardStats stats = new ShardStats(new ShardInbox(8, 4096, Long.MAX_VALUE));
    StateKeeper keeper = new StateKeeper(0, config, directory, registry, stats);
    LiveBoard board = new LiveBoard();
    SharedPhoneBook book = new SharedPhoneBook(config.maxPhones());
    ShardJournal journal = keeper.open(-1);
    long openedNs = System.nanoTime();
    long cpuNs = cpuNs();
    ShardState state = new ShardState(config.punchIdsKept(), registry, board, book);
    long replayed = keeper.restore(journal, state).records();
    return new Start(
        directory,
        keeper,
        journal,
        state,
        board,
        book,
        stats,
        replayed,
        (openedNs - startNs) / 1e6,
        (System.nanoTime() - openedNs) / 1e6,
        (cpuNs() - cpuNs) / 1e6);
  }

  /** A city of phones, each of which moves some metres every few seconds. */
  private void write(Start shard) {
    SplittableRandom random = new SplittableRandom(7);
    ShardLine line =
        new ShardLine(config, shard.state, shard.journal, shard.board, shard.book, shard.stats);
    List<Fence> fences = new ArrayList<>();
    for (int i = 1; i <= FENCES; i++) {
      fences.add(Fence.of(i, "f" + i, new Circle(near(random, LAT), near(random, LNG), 80)));
    }
    line.adopt(FenceIndex.of(1, fences), true, 1_760_000_000_000L);
    int[] lat = new int[devices];
    int[] lng = new int[devices];
    for (int i = 0; i < devices; i++) {
      lat[i] = near(random, LAT);
      lng[i] = near(random, LNG);
    }
    Submission submission = new Submission(256);
    PingRecord ping = new PingRecord();
    for (int i = 0; i < records; i++) {
      int phone = i % devices;
      DeviceIdentity who = phones.get(phone);
      lat[phone] += random.nextInt(-800, 801);
      lng[phone] += random.nextInt(-800, 801);
      long timeMs = 1_760_000_000_000L + i / devices * 5_000L + phone % 5_000;
      submission.reuse(who, done -> {});
      int offset = submission.reserve(PingRecord.HEADER_BYTES);
      ping.wrapNew(submission.bytes(), offset, who.deviceHandle(), who.memberHandle(), timeMs + 300)
          .fixTimeMs(timeMs)
          .position(lat[phone], lng[phone])
          .speedCmps(random.nextInt(1, 3_000))
          .batteryPct(80)
          .accuracyCm(500 + random.nextInt(1_000));
      submission.commit(PingRecord.HEADER_BYTES);
      line.run(submission);
    }
  }

  private static long cpuNs() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static int near(SplittableRandom random, double degrees) {
    return E7.fromDegrees(degrees + random.nextDouble(-0.1, 0.1));
  }

  private static void line(String what, long sinceNs, int records) {
    double ms = (System.nanoTime() - sinceNs) / 1e6;
    System.out.printf("%-32s %,9.0f ms, %,.0f records/s%n", what, ms, records * 1_000.0 / ms);
  }

  private static String value(List<String> args, int i, String option) {
    if (i >= args.size()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return args.get(i);
  }

  private static int positive(List<String> args, int i, String option) {
    int number = Integer.parseInt(value(args, i, option));
    if (number < 1) {
      throw new IllegalArgumentException(option + " must be positive");
    }
    return number;
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> paths = Files.walk(dir)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
