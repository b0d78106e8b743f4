package io.hexbeat.api.visits;

import io.hexbeat.geofence.visit.Visit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which stored visit a visit that is made again is: by its name first, then by place and time, so
 * that a visit keeps its id when its arrival moves. Stateless; any thread.
 */
final class VisitPairs {
  private VisitPairs() {}

  static Map<Visit, StoredVisit> of(
      int member, List<Visit> made, List<StoredVisit> stored, long slackMs) {
    Map<Visit, StoredVisit> pairs = new HashMap<>();
    Set<String> taken = new HashSet<>();
    for (Visit visit : made) {
      String id = StoredVisit.idOf(member, visit);
      for (StoredVisit each : stored) {
        if (each.id().equals(id) && taken.add(id)) {
          pairs.put(visit, each);
        }
      }
    }
    for (Visit visit : made) {
      if (pairs.containsKey(visit)) {
        continue;
      }
      StoredVisit best = null;
      long bestMs = Long.MIN_VALUE;
      for (StoredVisit each : stored) {
        long sharedMs = sharedMs(visit, each);
        if (each.fence() == visit.fenceHandle()
            && each.status() != StoredVisit.Status.WITHDRAWN
            && !taken.contains(each.id())
            && sharedMs >= -slackMs
            && sharedMs > bestMs) {
          best = each;
          bestMs = sharedMs;
        }
      }
      if (best != null) {
        taken.add(best.id());
        pairs.put(visit, best);
      }
    }
    return pairs;
  }

  /** Negative where they lie apart. */
  private static long sharedMs(Visit visit, StoredVisit stored) {
    return Math.min(visit.leftMs(), stored.endMs())
        - Math.max(visit.arrivedMs(), stored.arrivedMs());
  }
}
