package io.hexbeat.benchmarks;

import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;

/**
 * What a shard does for the fix of a device that it knows: which fences is it in now? Presence,
 * that is hysteresis, dwell and passes, comes after it and is not measured here. One thread;
 * allocates nothing a fix.
 */
final class HexbeatStream {
  private final FenceIndex index;
  private final FenceIds ids = new FenceIds();

  HexbeatStream(FenceIndex index, int devices) {
    if (devices <= 0) {
      throw new IllegalArgumentException("devices=" + devices + " is not positive");
    }
    this.index = index;
  }

  /** The fences that the device is in; overwritten by the next fix. */
  FenceIds evaluate(int device, int latE7, int lngE7) {
    index.containing(latE7, lngE7, ids);
    return ids;
  }
}
