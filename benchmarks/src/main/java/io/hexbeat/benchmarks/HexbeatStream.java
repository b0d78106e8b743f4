package io.hexbeat.benchmarks;

import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.SafeRegion;

/**
 * What a shard does for the fix of a device that it knows: which fences is it in now? A fix within
 * the device's {@link SafeRegion} has the answer of the one before. Presence, that is hysteresis,
 * dwell and passes, comes after it and is not measured here. One thread; allocates nothing a fix.
 */
final class HexbeatStream {
  private final FenceIndex index;
  private final SafeRegion[] regions;
  private final FenceIds[] containing;

  HexbeatStream(FenceIndex index, int devices) {
    this.index = index;
    this.regions = new SafeRegion[devices];
    this.containing = new FenceIds[devices];
    for (int i = 0; i < devices; i++) {
      regions[i] = new SafeRegion();
      containing[i] = new FenceIds();
    }
  }

  /** The fences that the device is in; kept until its next fix. */
  FenceIds evaluate(int device, int latE7, int lngE7) {
    FenceIds ids = containing[device];
    if (!regions[device].holds(index, latE7, lngE7)) {
      index.containing(latE7, lngE7, ids, regions[device]);
    }
    return ids;
  }
}
