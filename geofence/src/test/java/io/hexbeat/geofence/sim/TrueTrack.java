package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.FenceIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where somebody really was: straight lines between places and times. Immutable; any thread. Before
 * its first time and after its last somebody stands still.
 */
public final class TrueTrack {
  private final long[] timesMs;
  private final double[] easts;
  private final double[] norths;

  private TrueTrack(long[] timesMs, double[] easts, double[] norths) {
    this.timesMs = timesMs;
    this.easts = easts;
    this.norths = norths;
  }

  /** A track being walked. One thread. */
  public static final class Builder {
    private long[] timesMs = new long[256];
    private double[] easts = new double[256];
    private double[] norths = new double[256];
    private int size;

    public Builder(long fromMs, double east, double north) {
      add(fromMs, east, north);
    }

    /** Goes there in a straight line; a time that is not later than the last is an error. */
    public Builder add(long atMs, double east, double north) {
      if (size > 0 && atMs <= timesMs[size - 1]) {
        throw new IllegalArgumentException("atMs=" + atMs + " is not after " + timesMs[size - 1]);
      }
      if (size == timesMs.length) {
        timesMs = Arrays.copyOf(timesMs, 2 * size);
        easts = Arrays.copyOf(easts, 2 * size);
        norths = Arrays.copyOf(norths, 2 * size);
      }
      timesMs[size] = atMs;
      easts[size] = east;
      norths[size] = north;
      size++;
      return this;
    }

    /** Goes there at a speed. */
    public Builder go(double east, double north, double metersPerSecond) {
      double meters = Math.hypot(east - east(), north - north());
      return add(
          nowMs() + Math.max(1_000, Math.round(meters / metersPerSecond * 1e3)), east, north);
    }

    /** Stands still. */
    public Builder stay(long ms) {
      return ms <= 0 ? this : add(nowMs() + ms, east(), north());
    }

    public long nowMs() {
      return timesMs[size - 1];
    }

    public double east() {
      return easts[size - 1];
    }

    public double north() {
      return norths[size - 1];
    }

    public TrueTrack build() {
      return new TrueTrack(
          Arrays.copyOf(timesMs, size), Arrays.copyOf(easts, size), Arrays.copyOf(norths, size));
    }
  }

  public long fromMs() {
    return timesMs[0];
  }

  public long toMs() {
    return timesMs[timesMs.length - 1];
  }

  public double eastMeters(long atMs) {
    return at(easts, atMs);
  }

  public double northMeters(long atMs) {
    return at(norths, atMs);
  }

  public double metersPerSecond(long atMs) {
    int i = leg(atMs);
    if (i < 0 || i == timesMs.length - 1) {
      return 0;
    }
    double meters = Math.hypot(easts[i + 1] - easts[i], norths[i + 1] - norths[i]);
    return meters * 1e3 / (timesMs[i + 1] - timesMs[i]);
  }

  /** Clockwise from north; 0 of who stands still. */
  public double bearingDegrees(long atMs) {
    int i = leg(atMs);
    if (i < 0 || i == timesMs.length - 1) {
      return 0;
    }
    double bearing = Math.toDegrees(Math.atan2(easts[i + 1] - easts[i], norths[i + 1] - norths[i]));
    return bearing < 0 ? bearing + 360 : bearing;
  }

  /** Who was in which fence from when to when, to the second, by time of arrival. */
  public List<TrueVisit> visits(SimCity city) {
    List<TrueVisit> visits = new ArrayList<>();
    Map<Integer, Long> since = new HashMap<>();
    FenceIds now = new FenceIds();
    for (long t = fromMs(); t <= toMs(); t += 1_000) {
      SimPlane plane = city.plane();
      city.index().containing(plane.latE7(northMeters(t)), plane.lngE7(eastMeters(t)), now);
      close(since, now, visits, t);
      for (int i = 0; i < now.size(); i++) {
        since.putIfAbsent(now.get(i), t);
      }
    }
    now.clear();
    close(since, now, visits, toMs());
    visits.sort((a, b) -> Long.compare(a.arriveMs(), b.arriveMs()));
    return visits;
  }

  private static void close(
      Map<Integer, Long> since, FenceIds now, List<TrueVisit> visits, long atMs) {
    since
        .entrySet()
        .removeIf(
            stay -> {
              boolean over = !now.contains(stay.getKey());
              if (over) {
                visits.add(new TrueVisit(stay.getKey(), stay.getValue(), atMs));
              }
              return over;
            });
  }

  private double at(double[] values, long atMs) {
    int i = leg(atMs);
    if (i < 0) {
      return values[0];
    }
    if (i == timesMs.length - 1) {
      return values[i];
    }
    double part = (atMs - timesMs[i]) / (double) (timesMs[i + 1] - timesMs[i]);
    return values[i] + (values[i + 1] - values[i]) * part;
  }

  /** The leg under way; -1 before the first. */
  private int leg(long atMs) {
    int found = Arrays.binarySearch(timesMs, atMs);
    return found >= 0 ? found : -found - 2;
  }
}
