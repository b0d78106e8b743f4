package io.hexbeat.geofence.presence;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.PresencePolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The same rules written the long way: every fence asked at every fix, objects for everything, no
 * journal. It remembers all fixes for ever and infers no passes.
 */
final class NaivePresence {
  private static final long YEAR_2000_MS = 946_684_800_000L;

  private final FenceIndex index;
  private final PresencePolicy defaultPolicy;
  private final Map<Integer, Stay> stays = new HashMap<>();
  private final Set<List<Long>> seen = new HashSet<>();
  private final List<String> told = new ArrayList<>();
  private long clockMs = Long.MIN_VALUE;

  private static final class Stay {
    long sinceMs;
    boolean dwelt;
    final List<Long> outsideMs = new ArrayList<>();
  }

  NaivePresence(FenceIndex index, PresencePolicy defaultPolicy) {
    this.index = index;
    this.defaultPolicy = defaultPolicy;
  }

  List<String> told() {
    List<String> sorted = new ArrayList<>(told);
    Collections.sort(sorted);
    return sorted;
  }

  void go(Fix fix) {
    boolean fresh =
        fix.hasPosition()
            && seen.add(List.of(fix.fixTimeMs(), (long) fix.latE7(), (long) fix.lngE7()));
    if (!fresh) {
      return;
    }
    long aheadMs = fix.fixTimeMs() - fix.receivedTimeMs();
    boolean future = aheadMs > Walk.SKEW_MAX_MS;
    boolean inaccurate = fix.accuracyCm() > defaultPolicy.maxAccuracyMeters() * 100;
    if (!future && (fix.fixTimeMs() < YEAR_2000_MS || fix.fixTimeMs() < clockMs)) {
      return;
    }
    long fixMs = fix.fixTimeMs();
    if (future || (inaccurate && aheadMs > 0)) {
      fixMs = fix.receivedTimeMs();
    }
    long atMs = Math.max(fixMs, clockMs);
    boolean changed = false;
    for (Fence fence : index.fences()) {
      changed |= ask(fence, fix, atMs, !inaccurate);
    }
    if (!inaccurate || changed) {
      clockMs = atMs;
    }
  }

  private boolean ask(Fence fence, Fix fix, long atMs, boolean live) {
    PresencePolicy own = fence.presence();
    PresencePolicy policy = own == null ? defaultPolicy : own;
    @Nullable Stay stay = stays.get(fence.handle());
    if (!fence.activeAt(atMs)) {
      if (stay != null && live) {
        stays.remove(fence.handle());
        return tell("REMOVED", fence, atMs);
      }
      return false;
    }
    if (fix.accuracyCm() > policy.maxAccuracyMeters() * 100) {
      return false;
    }
    boolean inside = fence.shape().contains(fix.latE7(), fix.lngE7());
    if (stay == null) {
      if (!inside) {
        return false;
      }
      Stay begun = new Stay();
      begun.sinceMs = atMs;
      stays.put(fence.handle(), begun);
      return tell("ENTER", fence, atMs);
    }
    double accuracy = fix.accuracyCm() > 0 ? fix.accuracyCm() / 100.0 : 50;
    double beyond = fence.shape().distanceToEdgeMeters(fix.latE7(), fix.lngE7()) - accuracy;
    if (!inside && beyond > policy.exitBufferMeters()) {
      stay.outsideMs.add(atMs);
      long firstMs = stay.outsideMs.get(0);
      if (stay.outsideMs.size() >= policy.exitFixes() || atMs - firstMs >= policy.exitAfterMs()) {
        stays.remove(fence.handle());
        tell("EXIT", fence, firstMs);
      }
      return true;
    }
    boolean changed = !stay.outsideMs.isEmpty();
    stay.outsideMs.clear();
    if (inside
        && policy.dwellAfterMs() > 0
        && !stay.dwelt
        && atMs - stay.sinceMs >= policy.dwellAfterMs()) {
      stay.dwelt = true;
      return tell("DWELL", fence, atMs);
    }
    return changed;
  }

  private boolean tell(String kind, Fence fence, long atMs) {
    told.add(kind + " " + fence.handle() + " @" + atMs);
    return true;
  }
}
