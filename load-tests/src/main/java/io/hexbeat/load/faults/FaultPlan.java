package io.hexbeat.load.faults;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a run is to do.
 *
 * @param command starts a server; the options of {@code serve} follow
 * @param dir of the data and the logs; it must be empty
 * @param kills after so many it ends
 * @param seconds or after so long, whichever comes first
 * @param seed of all that is random but for how long things take
 * @param kinds what may happen
 * @param sync the {@code journal.sync} of all starts, or null for another one at each
 */
record FaultPlan(
    List<String> command,
    Path dir,
    int kills,
    int seconds,
    long seed,
    Set<FaultKind> kinds,
    @Nullable String sync) {
  static final List<String> SYNCS = List.of("process", "interval", "commit");
  static final int MAX_KILLS = 100_000;
  static final int MAX_SECONDS = 7 * 86_400;

  /** What draws the same again on the command line, as far as time allows. */
  String arguments() {
    String only = kinds.stream().sorted().map(FaultKind::label).collect(Collectors.joining(","));
    return "--seed %d --runs %d --seconds %d%s%s"
        .formatted(
            seed,
            kills,
            seconds,
            kinds.size() == FaultKind.values().length ? "" : " --only " + only,
            sync == null ? "" : " --journal-sync " + sync);
  }

  /** What the n-th server is started with. */
  String journalSync(int start) {
    return sync == null
        ? SYNCS.get(new Random(seed * 1_000_033 + start).nextInt(SYNCS.size()))
        : sync;
  }
}
