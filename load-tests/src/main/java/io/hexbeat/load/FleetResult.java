package io.hexbeat.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the measured pings of a run. Immutable but for its histograms, which nobody writes
 * any more; any thread.
 *
 * @param offered that the schedule asked for, or that closed loops sent
 * @param acked answered with success
 * @param refused the server said that it can't take them now
 * @param lost another answer, a broken connection, or none
 * @param unsent still waiting in their phones at the end, because earlier ones were not answered
 * @param measuredSeconds how long that took
 * @param acks from the intended send time, one value a message
 * @param seconds the whole run, warm-up included
 * @param breaks why connections ended, and how many for each reason
 */
record FleetResult(
    long offered,
    long acked,
    long refused,
    long lost,
    long unsent,
    double measuredSeconds,
    Latencies acks,
    List<Second> seconds,
    Map<String, Integer> breaks) {

  double ackedPerSecond() {
    return measuredSeconds == 0 ? 0 : acked / measuredSeconds;
  }

  /** Two runs of the same as one, one after the other. */
  FleetResult plus(FleetResult other) {
    Latencies both = new Latencies();
    both.add(acks);
    both.add(other.acks);
    List<Second> all = new ArrayList<>(seconds);
    all.addAll(other.seconds);
    Map<String, Integer> why = new TreeMap<>(breaks);
    other.breaks.forEach((reason, count) -> why.merge(reason, count, Integer::sum));
    return new FleetResult(
        offered + other.offered,
        acked + other.acked,
        refused + other.refused,
        lost + other.lost,
        unsent + other.unsent,
        measuredSeconds + other.measuredSeconds,
        both,
        all,
        why);
  }
}
