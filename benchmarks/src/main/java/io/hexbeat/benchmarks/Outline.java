package io.hexbeat.benchmarks;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.Polygon;
import io.hexbeat.geofence.Shape;

/**
 * What a fence looks like before any index has made something of it, so that each peer is given the
 * same. Immutable; any thread.
 */
sealed interface Outline {

  /** Parts, rings and {@code [latE7, lngE7, ...]}, not closed; the first ring is the outer one. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Area(int[][][] parts) implements Outline {
    @Override
    public Shape shape() {
      return Polygon.of(parts);
    }

    /** The same outline somewhere else, as large on the ground as here. */
    Area movedTo(int latE7, int lngE7) {
      int[] corner = parts[0][0];
      int fromLat = corner[0];
      int fromLng = corner[1];
      double stretch =
          Math.cos(Math.toRadians(E7.toDegrees(fromLat)))
              / Math.cos(Math.toRadians(E7.toDegrees(latE7)));
      int[][][] moved = new int[parts.length][][];
      for (int part = 0; part < parts.length; part++) {
        moved[part] = new int[parts[part].length][];
        for (int ring = 0; ring < parts[part].length; ring++) {
          int[] from = parts[part][ring];
          int[] to = new int[from.length];
          for (int i = 0; i < from.length; i += 2) {
            to[i] = latE7 + from[i] - fromLat;
            to[i + 1] = lngE7 + (int) Math.round((from[i + 1] - fromLng) * stretch);
          }
          moved[part][ring] = to;
        }
      }
      return new Area(moved);
    }
  }

  /** All that is within a great-circle distance. */
  record Disc(int latE7, int lngE7, double radiusMeters) implements Outline {
    @Override
    public Shape shape() {
      return new Circle(latE7, lngE7, radiusMeters);
    }

    boolean contains(int pointLatE7, int pointLngE7) {
      return E7.distanceMeters(latE7, lngE7, pointLatE7, pointLngE7) <= radiusMeters;
    }
  }

  /** Ours of it. */
  Shape shape();

  /** Ours, named by its place in a list that starts with handle 1. */
  default Fence fence(int handle) {
    return Fence.of(handle, "fence-" + handle, shape());
  }
}
