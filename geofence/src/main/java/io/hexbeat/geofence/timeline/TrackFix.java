package io.hexbeat.geofence.timeline;

import io.hexbeat.geofence.E7;

/**
 * A stored position. Immutable; any thread.
 *
 * @param timeMs when it counts, Unix milliseconds
 * @param accuracyCm radius of 68% confidence, or -1 if unknown
 * @param deviceHandle which phone
 */
public record TrackFix(long timeMs, int latE7, int lngE7, int accuracyCm, int deviceHandle) {
  double metersTo(TrackFix other) {
    return E7.distanceMeters(latE7, lngE7, other.latE7, other.lngE7);
  }
}
