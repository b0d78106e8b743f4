package io.hexbeat.load.faults;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What a run is to do.
 *
 * @param command starts a server; the options of {@code serve} follow
 * @param dir of the data and the logs; it must be empty
 * @param kills after so many it ends
 * @param seconds or after so long, whichever comes first
 * @param seed of all that is random but for how long things take
 * @param kinds what may happen
 */
record FaultPlan(
    List<String> command, Path dir, int kills, int seconds, long seed, Set<FaultKind> kinds) {
  static final int MAX_KILLS = 100_000;
  static final int MAX_SECONDS = 7 * 86_400;
}
