package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.FenceIndex.Nearby;
import io.hexbeat.geofence.trust.PunchVerdict.SiteDistance;
import java.util.ArrayList;
import java.util.List;

/**
 * The sites around a punch that were active when it was made; areas are none. Immutable; any
 * thread; allocates.
 */
final class Sites {
  /** However bad the accuracy, no search goes farther. */
  private static final double SEARCH_MAX_METERS = 50_000;

  private final TrustPolicy policy;

  Sites(TrustPolicy policy) {
    this.policy = policy;
  }

  /** Nearest first, as many and as far as the policy says, and the claimed site in any case. */
  List<SiteDistance> near(FenceIndex index, PunchClaim claim) {
    List<SiteDistance> sites = new ArrayList<>();
    for (Nearby nearby :
        index.near(
            claim.latE7(),
            claim.lngE7(),
            policy.sitesWithinMeters(),
            policy.sitesMax(),
            fence -> counts(fence, claim.atMs()))) {
      sites.add(
          new SiteDistance(nearby.fence().handle(), Math.max(0, nearby.signedDistanceMeters())));
    }
    Fence claimed = claim.siteHandle() > 0 ? index.byHandle(claim.siteHandle()) : null;
    if (claimed != null
        && sites.stream().noneMatch(site -> site.fenceHandle() == claimed.handle())) {
      double meters = claimed.shape().signedDistanceMeters(claim.latE7(), claim.lngE7());
      sites.add(new SiteDistance(claimed.handle(), Math.max(0, meters)));
    }
    return sites;
  }

  boolean insideAny(FenceIndex index, PunchClaim claim) {
    FenceIds containing = new FenceIds();
    index.containing(claim.latE7(), claim.lngE7(), containing);
    for (int i = 0; i < containing.size(); i++) {
      Fence fence = index.byHandle(containing.get(i));
      if (fence != null && counts(fence, claim.atMs())) {
        return true;
      }
    }
    return false;
  }

  /** Metres to the nearest edge, infinite when none is within {@link #searchMeters}. */
  double nearestMeters(FenceIndex index, PunchClaim claim, double accuracyMeters) {
    double within = searchMeters(accuracyMeters);
    List<Nearby> nearest =
        index.near(claim.latE7(), claim.lngE7(), within, 1, fence -> counts(fence, claim.atMs()));
    return nearest.isEmpty() ? Double.POSITIVE_INFINITY : nearest.get(0).signedDistanceMeters();
  }

  /** Far enough that what is farther is clearly outside: twice the accuracy. */
  double searchMeters(double accuracyMeters) {
    return Math.min(
        SEARCH_MAX_METERS, Math.max(policy.sitesWithinMeters(), 2 * accuracyMeters + 1));
  }

  boolean any(FenceIndex index, long atMs) {
    return index.any(fence -> counts(fence, atMs));
  }

  /** Whether a punch of that time may have been made at the fence. */
  static boolean counts(Fence fence, long atMs) {
    return fence.isSite() && fence.activeAt(atMs);
  }
}
