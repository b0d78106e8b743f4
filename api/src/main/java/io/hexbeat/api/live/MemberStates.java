package io.hexbeat.api.live;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fix;
import io.hexbeat.ingest.live.LivePosition;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;

/**
 * The one rule for the state of a position, for REST and sockets alike. Any thread. Remembers one
 * small anchor for each member whose phone doesn't tell its speed. Of what applies, the first:
 *
 * <ol>
 *   <li>{@code suspect}: an open alert of severity critical, raised within the last hour
 *   <li>{@code offline}: nothing received for more than ten minutes, by the server's clock
 *   <li>{@code at_site}: inside at least one fence that is a site
 *   <li>{@code moving}: speed of at least 0.7 m/s (a slow walk); or, when the phone doesn't tell
 *       its speed, having got further than 25 m and both accuracies away from where it was last
 *       seen to stand, less than two minutes ago
 *   <li>{@code still}
 * </ol>
 */
public final class MemberStates {
  /** Silence after which a phone counts as offline. */
  static final long OFFLINE_AFTER_MS = 600_000L;

  private static final int MOVING_CMPS = 70;
  private static final int MOVED_CM = 2_500;
  private static final long MOVED_FOR_MS = 120_000L;
  private static final long NEVER = Long.MIN_VALUE;

  /**
   * Where a member was seen to stand, and the fix time at which they had last left such a place.
   */
  private record Anchor(int latE7, int lngE7, int accuracyCm, long movedAtMs) {}

  private final OpenAlerts alerts;
  private final IntPredicate sites;
  private final Clock clock;
  private final Map<Integer, Anchor> anchors = new ConcurrentHashMap<>();

  /**
   * @param sites whether the fence with this handle is a site; asked for each position, by any
   *     thread
   */
  public MemberStates(OpenAlerts alerts, IntPredicate sites, Clock clock) {
    this.alerts = alerts;
    this.sites = sites;
    this.clock = clock;
  }

  /** The state as of now. */
  public MemberState of(LivePosition position) {
    if (alerts.suspect(position.memberHandle())) {
      return MemberState.SUSPECT;
    }
    if (clock.millis() - position.receivedTimeMs() > OFFLINE_AFTER_MS) {
      return MemberState.OFFLINE;
    }
    if (atSite(position)) {
      return MemberState.AT_SITE;
    }
    return moving(position) ? MemberState.MOVING : MemberState.STILL;
  }

  private boolean atSite(LivePosition position) {
    for (int fence : position.fenceHandles()) {
      if (sites.test(fence)) {
        return true;
      }
    }
    return false;
  }

  private boolean moving(LivePosition position) {
    if (position.speedCmps() != Fix.UNKNOWN) {
      return position.speedCmps() >= MOVING_CMPS;
    }
    Anchor anchor =
        anchors.compute(
            position.memberHandle(),
            (member, last) -> {
              if (last == null) {
                return anchorAt(position, NEVER);
              }
              double meters =
                  E7.distanceMeters(last.latE7(), last.lngE7(), position.latE7(), position.lngE7());
              int blurCm = Math.max(0, last.accuracyCm()) + Math.max(0, position.accuracyCm());
              return meters * 100 > Math.max(MOVED_CM, blurCm)
                  ? anchorAt(position, position.fixTimeMs())
                  : last;
            });
    return anchor.movedAtMs() != NEVER && position.fixTimeMs() - anchor.movedAtMs() < MOVED_FOR_MS;
  }

  private static Anchor anchorAt(LivePosition position, long movedAtMs) {
    return new Anchor(position.latE7(), position.lngE7(), position.accuracyCm(), movedAtMs);
  }
}
