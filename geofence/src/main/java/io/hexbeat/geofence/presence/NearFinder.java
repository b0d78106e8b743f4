package io.hexbeat.geofence.presence;

import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import org.jspecify.annotations.Nullable;

/**
 * The fence that somebody stands beside and, as far as anybody can know, in: asked once a rest, of
 * who has stood for minutes in no fence at all. One thread; reuses its set; allocates nothing once
 * that has grown. Looks up eight points round the place; a fence that is narrower than lies between
 * two of them is not found.
 */
final class NearFinder {
  private static final double[] NORTH = {1, 0.7, 0, -0.7, -1, -0.7, 0, 0.7};
  private static final double[] EAST = {0, 0.7, 1, 0.7, 0, -0.7, -1, -0.7};

  private final PresencePolicy defaultPolicy;
  private final FenceIds found = new FenceIds();

  NearFinder(PresencePolicy defaultPolicy) {
    this.defaultPolicy = defaultPolicy;
  }

  /** The nearest fence within the reach that counts now and takes such accuracy. */
  @Nullable Fence find(
      FenceIndex index, int latE7, int lngE7, double reachMeters, int accuracyCm, long atMs) {
    double units = reachMeters / E7.METERS_PER_UNIT;
    double lngUnits = units / Math.max(0.01, Math.cos(Math.toRadians(E7.toDegrees(latE7))));
    Fence nearest = null;
    double nearestMeters = reachMeters;
    for (int i = 0; i < NORTH.length; i++) {
      int lat = Math.max(-E7.MAX_LAT, Math.min(E7.MAX_LAT, latE7 + (int) (NORTH[i] * units)));
      int lng = E7.normalizeLngE7(lngE7 + (long) (EAST[i] * lngUnits));
      index.containing(lat, lng, found);
      for (int j = 0; j < found.size(); j++) {
        Fence fence = index.byHandle(found.get(j));
        if (fence != null && counts(fence, accuracyCm, atMs)) {
          double meters = fence.shape().signedDistanceMeters(latE7, lngE7);
          if (meters < nearestMeters) {
            nearest = fence;
            nearestMeters = meters;
          }
        }
      }
    }
    return nearest;
  }

  private boolean counts(Fence fence, int accuracyCm, long atMs) {
    PresencePolicy own = fence.presence();
    PresencePolicy policy = own == null ? defaultPolicy : own;
    return policy.enterAfterMs() > 0
        && fence.activeAt(atMs)
        && PresenceEngine.accurateFor(policy, accuracyCm);
  }
}
