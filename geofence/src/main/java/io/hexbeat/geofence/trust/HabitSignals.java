package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one visit can't say and eight can: PUNCH_AND_LEAVE and EDGE_PUNCH. Immutable; any thread.
 * Allocates only at a punch, and where something is found.
 */
final class HabitSignals {
  /** In a smaller site everywhere is at the edge. */
  private static final double LEAST_DEPTH_METERS = 30;

  /** In a larger one the edge is still no wider. */
  private static final double MOST_EDGE_METERS = 25;

  /** One site's gate is where its guard punches every day. */
  private static final int SITES = 4;

  /** How far the middle is looked for, and in how many steps to each side. */
  private static final double LOOK_METERS = 200;

  private static final int LOOK_STEPS = 5;

  private final TrustPolicy policy;

  HabitSignals(TrustPolicy policy) {
    this.policy = policy;
  }

  /** PUNCH_AND_LEAVE when the newest visit is the last of too many short ones. */
  @Nullable Finding onLeaving(TrustState device, Fix fix) {
    Visits visits = device.visits;
    long leftAfterMs = visits.leftAfterMs(fix);
    if (leftAfterMs >= policy.minDwellMs()) {
      return null;
    }
    List<Object> dwells = new ArrayList<>();
    List<Object> times = new ArrayList<>();
    for (int i = 0; i < visits.count(); i++) {
      long dwellMs = i == visits.count() - 1 ? leftAfterMs : visits.leftAfterMs(i);
      if (dwellMs >= 0 && dwellMs < policy.minDwellMs()) {
        dwells.add(dwellMs);
        times.add(Finding.iso(visits.atMs(i)));
      }
    }
    return dwells.size() < policy.shortVisits()
        ? null
        : Finding.of(TrustSignal.PUNCH_AND_LEAVE)
            .with("short_visits", dwells.size())
            .with("visits", visits.count())
            .with("left_after_ms", dwells)
            .with("punched_times", times)
            .with("limit_ms", policy.minDwellMs())
            .build();
  }

  /** EDGE_PUNCH when this punch is the last of too many at the very edge of their sites. */
  @Nullable Finding atTheEdge(FenceIndex index, TrustState device, PunchClaim claim) {
    Visits visits = device.visits;
    if (policy.silent(TrustSignal.EDGE_PUNCH)
        || claim.kind() != PunchKind.VISIT_IN
        || !claim.hasPosition()
        || visits.count() < policy.edgePunches() - 1) {
      return null;
    }
    List<Object> depths = new ArrayList<>();
    List<Object> sites = new ArrayList<>();
    if (!isAtEdge(index, claim.siteHandle(), claim.latE7(), claim.lngE7(), depths, sites)) {
      return null;
    }
    int from = Math.max(0, visits.count() - Visits.VISITS + 1);
    for (int i = visits.count() - 1; i >= from; i--) {
      isAtEdge(index, visits.siteHandle(i), visits.latE7(i), visits.lngE7(i), depths, sites);
    }
    return depths.size() < policy.edgePunches() || sites.stream().distinct().count() < SITES
        ? null
        : Finding.of(TrustSignal.EDGE_PUNCH)
            .with("edge_punches", depths.size())
            .with("punches", visits.count() - from + 1)
            .with("inside_m", depths)
            .with("sites", sites)
            .with("limit_pct", policy.edgePct())
            .build();
  }

  private boolean isAtEdge(
      FenceIndex index,
      int siteHandle,
      int latE7,
      int lngE7,
      List<Object> depths,
      List<Object> sites) {
    Fence site = siteHandle > 0 ? index.byHandle(siteHandle) : null;
    if (site == null) {
      return false;
    }
    double most = mostDepthMeters(site.shape(), latE7, lngE7);
    double edge = Math.min(MOST_EDGE_METERS, most * policy.edgePct() / 100);
    double depth = -site.shape().signedDistanceMeters(latE7, lngE7);
    boolean atEdge = most >= LEAST_DEPTH_METERS && Math.abs(depth) <= edge;
    if (atEdge) {
      depths.add(Math.round(depth * 10) / 10.0);
      sites.add(site.id());
    }
    return atEdge;
  }

  /** How far from its edge one can be in the shape, near the point. */
  private static double mostDepthMeters(Shape shape, int latE7, int lngE7) {
    if (shape instanceof Circle circle) {
      return circle.radiusMeters();
    }
    double most = 0;
    double unit = LOOK_METERS / LOOK_STEPS / E7.METERS_PER_UNIT;
    double cosine = Math.max(0.01, Math.cos(Math.toRadians(E7.toDegrees(latE7))));
    for (int north = -LOOK_STEPS; north <= LOOK_STEPS; north++) {
      for (int east = -LOOK_STEPS; east <= LOOK_STEPS; east++) {
        int lat = (int) Math.round(latE7 + north * unit);
        int lng = E7.normalizeLngE7(Math.round(lngE7 + east * unit / cosine));
        most = Math.max(most, -shape.signedDistanceMeters(lat, lng));
      }
    }
    return most;
  }
}
