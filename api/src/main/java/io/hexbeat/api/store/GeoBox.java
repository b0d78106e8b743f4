package io.hexbeat.api.store;

import io.hexbeat.geofence.E7;
import java.util.List;

/**
 * A box of longitudes and latitudes in degrees. {@code east} is {@code west} plus the width, so it
 * may lie beyond 180 for a box over the antimeridian. Immutable; any thread.
 */
public record GeoBox(double west, double south, double east, double north) {

  /**
   * A box as a client writes it: west, south, east, north; west above east crosses the
   * antimeridian.
   *
   * @throws Refusal if it isn't one
   */
  public static GeoBox of(List<Double> bbox) {
    double west = bbox.get(0);
    double south = bbox.get(1);
    double east = bbox.get(2);
    double north = bbox.get(3);
    if (!E7.isLng(west) || !E7.isLng(east) || !E7.isLat(south) || !E7.isLat(north)) {
      throw Refusal.invalid("/query/bbox", "it must be west,south,east,north in degrees");
    }
    if (south > north) {
      throw Refusal.invalid("/query/bbox", "south is above north");
    }
    return new GeoBox(west, south, east < west ? east + 360 : east, north);
  }

  /** Edges are in. */
  public boolean contains(int latE7, int lngE7) {
    double lat = E7.toDegrees(latE7);
    double lng = E7.toDegrees(lngE7);
    return lat >= south
        && lat <= north
        && ((lng >= west && lng <= east) || (lng + 360 >= west && lng + 360 <= east));
  }
}
