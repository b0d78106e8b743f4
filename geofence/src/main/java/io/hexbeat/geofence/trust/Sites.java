package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.FenceIndex.Nearby;
import io.hexbeat.geofence.trust.PunchVerdict.SiteDistance;
import java.util.ArrayList;
import java.util.List;

/**
 * The fences around a punch that were active when it was made. Immutable; any thread; allocates.
 */
final class Sites {
  /** Inactive ones among the nearest are skipped, so more are asked for than are told. */
  private static final int ASKED = 64;

  /** However bad the accuracy, no search goes farther. */
  private static final double SEARCH_MAX_METERS = 50_000;

  private final TrustPolicy policy;

  Sites(TrustPolicy policy) {
    this.policy = policy;
  }

  /** Nearest first, as many and as far as the policy says. */
  List<SiteDistance> near(FenceIndex index, PunchClaim claim) {
    List<SiteDistance> sites = new ArrayList<>();
    for (Nearby nearby :
        index.near(claim.latE7(), claim.lngE7(), policy.sitesWithinMeters(), ASKED)) {
      if (sites.size() < policy.sitesMax() && nearby.fence().activeAt(claim.atMs())) {
        sites.add(
            new SiteDistance(nearby.fence().handle(), Math.max(0, nearby.signedDistanceMeters())));
      }
    }
    return sites;
  }

  boolean insideAny(FenceIndex index, PunchClaim claim) {
    FenceIds containing = new FenceIds();
    index.containing(claim.latE7(), claim.lngE7(), containing);
    for (int i = 0; i < containing.size(); i++) {
      Fence fence = index.byHandle(containing.get(i));
      if (fence != null && fence.activeAt(claim.atMs())) {
        return true;
      }
    }
    return false;
  }

  /** Metres to the nearest edge, infinite when none is within {@link #searchMeters}. */
  double nearestMeters(FenceIndex index, PunchClaim claim, double accuracyMeters) {
    double within = searchMeters(accuracyMeters);
    for (Nearby nearby : index.near(claim.latE7(), claim.lngE7(), within, ASKED)) {
      if (nearby.fence().activeAt(claim.atMs())) {
        return nearby.signedDistanceMeters();
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** Far enough that what is farther is clearly outside: twice the accuracy. */
  double searchMeters(double accuracyMeters) {
    return Math.min(
        SEARCH_MAX_METERS, Math.max(policy.sitesWithinMeters(), 2 * accuracyMeters + 1));
  }

  boolean any(FenceIndex index, long atMs) {
    for (Fence fence : index.fences()) {
      if (fence.activeAt(atMs)) {
        return true;
      }
    }
    return false;
  }
}
