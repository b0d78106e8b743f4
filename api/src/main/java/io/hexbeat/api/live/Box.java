package io.hexbeat.api.live;

import io.hexbeat.geofence.E7;
import org.jspecify.annotations.Nullable;

/**
 * A box on the map, edges included. Immutable; any thread. West above east crosses the
 * antimeridian.
 */
record Box(int westE7, int southE7, int eastE7, int northE7) {
  /** Why four numbers are no box, or null when they are one: {@code west, south, east, north}. */
  static @Nullable String fault(double[] degrees) {
    if (degrees.length != 4) {
      return "must be west, south, east, north";
    }
    if (!E7.isLng(degrees[0])
        || !E7.isLat(degrees[1])
        || !E7.isLng(degrees[2])
        || !E7.isLat(degrees[3])) {
      return "must be degrees: west and east within -180..180, south and north within -90..90";
    }
    return degrees[1] > degrees[3] ? "south must not be above north" : null;
  }

  /** The box of four numbers without a {@link #fault}. */
  static Box ofDegrees(double[] degrees) {
    return new Box(
        E7.fromDegrees(degrees[0]),
        E7.fromDegrees(degrees[1]),
        E7.fromDegrees(degrees[2]),
        E7.fromDegrees(degrees[3]));
  }

  boolean covers(int latE7, int lngE7) {
    boolean between =
        westE7 <= eastE7 ? lngE7 >= westE7 && lngE7 <= eastE7 : lngE7 >= westE7 || lngE7 <= eastE7;
    return between && latE7 >= southE7 && latE7 <= northE7;
  }
}
