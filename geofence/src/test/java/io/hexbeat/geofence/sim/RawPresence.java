package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.presence.ChangeKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a server does that asks of each point in which polygons it is and tells each difference: the
 * naive twin of the figures. One thread, one device.
 */
final class RawPresence {
  private final FenceIndex index;
  private final int device;
  private final long dwellMs;
  private final Map<Integer, Long> since = new HashMap<>();
  private final Set<Integer> dwelt = new TreeSet<>();
  private final FenceIds now = new FenceIds();

  RawPresence(FenceIndex index, int device, long dwellMs) {
    this.index = index;
    this.device = device;
    this.dwellMs = dwellMs;
  }

  void go(Fix fix, List<Told> told) {
    index.containing(fix.latE7(), fix.lngE7(), now);
    long atMs = fix.fixTimeMs();
    for (int fence : List.copyOf(since.keySet())) {
      if (!now.contains(fence)) {
        since.remove(fence);
        dwelt.remove(fence);
        told.add(new Told(device, fence, ChangeKind.EXIT, atMs));
      }
    }
    for (int i = 0; i < now.size(); i++) {
      int fence = now.get(i);
      Long from = since.putIfAbsent(fence, atMs);
      if (from == null) {
        told.add(new Told(device, fence, ChangeKind.ENTER, atMs));
      } else if (atMs - from >= dwellMs && dwelt.add(fence)) {
        told.add(new Told(device, fence, ChangeKind.DWELL, atMs));
      }
    }
  }
}
