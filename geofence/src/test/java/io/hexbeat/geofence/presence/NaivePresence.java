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
 * journal. It remembers all fixes for ever and infers no passes; of the real engine it has only
 * where the phone is by its fixes since it moved.
 */
final class NaivePresence {
  private static final long YEAR_2000_MS = 946_684_800_000L;

  private final FenceIndex index;
  private final PresencePolicy defaultPolicy;
  private final Map<Integer, Stay> stays = new HashMap<>();
  private final Set<List<Long>> seen = new HashSet<>();
  private final List<String> told = new ArrayList<>();
  private final Map<Integer, Long> maybe = new HashMap<>();
  private final Map<Integer, Stay> before = new HashMap<>();
  private final Steady steady = new Steady();
  private long clockMs = Long.MIN_VALUE;
  private long leftMs = Long.MIN_VALUE;
  private long leftBeforeMs = Long.MIN_VALUE;

  private boolean first;
  private boolean stray;
  private int latE7;
  private int lngE7;
  private long sinceMs;
  private double errorMeters;
  private long lastMs;

  private static final class Stay {
    long sinceMs;
    boolean dwelt;
    @Nullable Long outsideMs;
    int outsideFixes;
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
    first = clockMs == Long.MIN_VALUE;
    lastMs = clockMs;
    look(fix, atMs, !inaccurate);
    leftBeforeMs = leftMs;
    before.clear();
    before.putAll(stays);
    boolean changed = false;
    for (Fence fence : index.fences()) {
      changed |= ask(fence, fix, atMs, !inaccurate);
    }
    if (!changed && !stray && !first && before.isEmpty()) {
      changed = askNear(fix, atMs);
    }
    if (!inaccurate || changed) {
      clockMs = atMs;
    }
  }

  private void look(Fix fix, long atMs, boolean live) {
    if (live) {
      steady.take(
          fix.latE7(),
          fix.lngE7(),
          fix.accuracyCm(),
          fix.speedCmps(),
          atMs,
          first ? 0 : atMs - clockMs);
    }
    stray = !live || steady.stray();
    latE7 = stray ? fix.latE7() : steady.latE7();
    lngE7 = stray ? fix.lngE7() : steady.lngE7();
    sinceMs = stray ? atMs : steady.sinceMs();
    errorMeters = stray ? steady.accuracyMeters(fix.accuracyCm()) : steady.errorMeters();
  }

  private boolean ask(Fence fence, Fix fix, long atMs, boolean live) {
    PresencePolicy own = fence.presence();
    PresencePolicy policy = own == null ? defaultPolicy : own;
    @Nullable Stay stay = stays.get(fence.handle());
    if (!fence.activeAt(atMs)) {
      boolean doubted = maybe.remove(fence.handle()) != null;
      if (stay != null && live) {
        stays.remove(fence.handle());
        leftMs = Math.max(leftMs, atMs);
        return tell("REMOVED", fence, atMs);
      }
      return doubted;
    }
    if (fix.accuracyCm() > policy.maxAccuracyMeters() * 100) {
      return false;
    }
    boolean inside = fence.shape().contains(latE7, lngE7);
    double meters = fence.shape().distanceToEdgeMeters(latE7, lngE7);
    return stay == null
        ? askOutside(fence, policy, fix, atMs, inside, meters)
        : askInside(stay, fence, policy, fix, atMs, inside, meters);
  }

  /** Who has just stood for five minutes, half an error from a fence at most, is in it. */
  private boolean askNear(Fix fix, long atMs) {
    if (atMs - sinceMs < 300_000
        || lastMs - sinceMs >= 300_000
        || !steady.knows(fix.accuracyCm())) {
      return false;
    }
    NearFinder finder = new NearFinder(defaultPolicy);
    Fence fence = finder.find(index, latE7, lngE7, 0.5 * errorMeters, fix.accuracyCm(), atMs);
    return fence != null && enter(fence, Math.max(leftBeforeMs, sinceMs));
  }

  private boolean enter(Fence fence, long hereMs) {
    long enteredMs = hereMs;
    if (!stray && steady.hasRestedBefore() && steady.restSinceMs() < hereMs) {
      double meters = fence.shape().signedDistanceMeters(steady.restLatE7(), steady.restLngE7());
      if (meters <= (before.isEmpty() ? 0.5 * steady.usualMeters() : 0)) {
        enteredMs = Math.min(hereMs, Math.max(leftBeforeMs, steady.restSinceMs()));
      }
    }
    maybe.remove(fence.handle());
    Stay begun = new Stay();
    begun.sinceMs = enteredMs;
    stays.put(fence.handle(), begun);
    return tell("ENTER", fence, enteredMs);
  }

  private boolean stoodIn(Fence fence, PresencePolicy policy) {
    return !stray
        && steady.hasRestedBefore()
        && steady.restSinceMs() >= leftBeforeMs
        && steady.restEndMs() - steady.restSinceMs() >= policy.enterAfterMs()
        && fence.shape().contains(steady.restLatE7(), steady.restLngE7());
  }

  private boolean askOutside(
      Fence fence, PresencePolicy policy, Fix fix, long atMs, boolean inside, double meters) {
    Long maybeMs = maybe.get(fence.handle());
    if (!inside) {
      if (maybeMs != null && !stray && meters > 1.5 * errorMeters) {
        if (stoodIn(fence, policy)) {
          return enter(fence, maybeMs);
        }
        maybe.remove(fence.handle());
        return true;
      }
      return false;
    }
    long enteredMs = Math.max(leftBeforeMs, sinceMs);
    if (maybeMs != null) {
      enteredMs = Math.min(enteredMs, maybeMs);
    }
    double needed = steady.knows(fix.accuracyCm()) ? (fix.speedCmps() > 300 ? 2.5 : 1.75) : 0.5;
    boolean certain = first || policy.enterAfterMs() == 0 || meters >= needed * errorMeters;
    boolean likely =
        maybeMs != null && meters >= 0.75 * errorMeters && atMs - maybeMs >= policy.enterAfterMs();
    if (certain || likely) {
      return enter(fence, enteredMs);
    }
    if (stray || (maybeMs != null && enteredMs >= maybeMs)) {
      return false;
    }
    maybe.put(fence.handle(), enteredMs);
    return true;
  }

  private boolean askInside(
      Stay stay,
      Fence fence,
      PresencePolicy policy,
      Fix fix,
      long atMs,
      boolean inside,
      double meters) {
    if (inside) {
      boolean changed = stay.outsideMs != null;
      stay.outsideMs = null;
      stay.outsideFixes = 0;
      if (policy.dwellAfterMs() > 0
          && !stay.dwelt
          && atMs - stay.sinceMs >= policy.dwellAfterMs()) {
        stay.dwelt = true;
        return tell("DWELL", fence, atMs);
      }
      return changed;
    }
    long outsideMs = stay.outsideMs == null ? Math.max(stay.sinceMs, sinceMs) : stay.outsideMs;
    boolean clear = meters > policy.exitBufferMeters() + errorMeters;
    boolean elsewhere = false;
    if (stay.outsideMs != null && atMs - outsideMs >= policy.exitAfterMs()) {
      for (Fence other : index.fences()) {
        Stay there = before.get(other.handle());
        elsewhere |=
            there != null && there.sinceMs >= outsideMs && other.shape().contains(latE7, lngE7);
      }
    }
    if (!clear && !elsewhere && meters <= errorMeters) {
      return false;
    }
    if (!clear && !elsewhere) {
      boolean changed = stay.outsideMs == null || stay.outsideFixes > 0;
      stay.outsideMs = outsideMs;
      stay.outsideFixes = 0;
      return changed;
    }
    boolean repeated = stay.outsideFixes > 0 || policy.exitAfterMs() == 0;
    stay.outsideMs = outsideMs;
    stay.outsideFixes++;
    boolean late = atMs - outsideMs >= policy.exitAfterMs();
    boolean still = fix.speedCmps() >= 0 && fix.speedCmps() < 50;
    if ((stay.outsideFixes >= policy.exitFixes() && (late || !still)) || (late && repeated)) {
      stays.remove(fence.handle());
      long told = exitMs(stay, fence, outsideMs);
      leftMs = Math.max(leftMs, told);
      tell("EXIT", fence, told);
    }
    return true;
  }

  private long exitMs(Stay stay, Fence fence, long outsideMs) {
    if (stray || !steady.hasRestedBefore() || steady.restSinceMs() >= outsideMs) {
      return outsideMs;
    }
    double meters = fence.shape().signedDistanceMeters(steady.restLatE7(), steady.restLngE7());
    return meters > 1.5 * steady.restErrorMeters()
        ? Math.max(stay.sinceMs, steady.restSinceMs())
        : outsideMs;
  }

  private boolean tell(String kind, Fence fence, long atMs) {
    told.add(kind + " " + fence.handle() + " @" + atMs);
    return true;
  }
}
