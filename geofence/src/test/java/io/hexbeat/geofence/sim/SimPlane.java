package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.E7;

/**
 * Metres east and north of a point, as the simulator thinks. Immutable; any thread. True to a few
 * thousandths within a city; the whole world is made in it, so that nothing depends on that.
 *
 * @param latE7 the origin
 * @param lngE7 the origin
 */
public record SimPlane(int latE7, int lngE7) {
  public int latE7(double northMeters) {
    return latE7 + (int) Math.round(northMeters / E7.METERS_PER_UNIT);
  }

  public int lngE7(double eastMeters) {
    return E7.normalizeLngE7(lngE7 + Math.round(eastMeters / metersPerLngUnit()));
  }

  public double northMeters(int latE7) {
    return ((double) latE7 - this.latE7) * E7.METERS_PER_UNIT;
  }

  public double eastMeters(int lngE7) {
    return ((double) lngE7 - this.lngE7) * metersPerLngUnit();
  }

  private double metersPerLngUnit() {
    return E7.METERS_PER_UNIT * Math.cos(Math.toRadians(E7.toDegrees(latE7)));
  }
}
