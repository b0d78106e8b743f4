package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.StateFields;

/**
 * Where a device was of late, and its last leap. Owned by a {@link TrustState}. Bounded: the newest
 * fixes, thinned to one in {@link #THINNED_MS} but always with the newest. A leap is remembered
 * from the fix before it until the device leaps back or elsewhere.
 */
final class Track {
  static final int FIXES = 16;
  static final long THINNED_MS = 10_000;

  /** Longs of a fix: time, position, accuracy. */
  private static final int STRIDE = 3;

  private final long[] fixes = new long[STRIDE * FIXES];
  private int count;

  /** Where the newest fix is; they lie in a ring. */
  private int newest;

  /** The newest point, ping or punch, from which the next step starts. */
  final Point last = new Point();

  /** From where the held leap started, and where it ended. */
  final Point leapFrom = new Point();

  final Point leapTo = new Point();

  private boolean leapHeld;
  private boolean leapSettled;
  private boolean leapByPunch;
  private int leapsInRow;

  /** A place and time with its accuracy; written by {@link Track} only. */
  static final class Point {
    private boolean known;
    private long timeMs;
    private int latE7;
    private int lngE7;
    private int accuracyCm;

    boolean known() {
      return known;
    }

    long timeMs() {
      return timeMs;
    }

    int latE7() {
      return latE7;
    }

    int lngE7() {
      return lngE7;
    }

    double shrunkMetersTo(int toLatE7, int toLngE7, int toAccuracyCm) {
      return Motion.shrunkMeters(latE7, lngE7, accuracyCm, toLatE7, toLngE7, toAccuracyCm);
    }

    double shrunkMetersTo(Point to) {
      return shrunkMetersTo(to.latE7, to.lngE7, to.accuracyCm);
    }

    boolean leapsTo(long toTimeMs, int toLatE7, int toLngE7, int toAccuracyCm) {
      return known
          && !Motion.triageNear(latE7, lngE7, toLatE7, toLngE7)
          && Motion.isLeap(shrunkMetersTo(toLatE7, toLngE7, toAccuracyCm), toTimeMs - timeMs);
    }

    private void set(long timeMs, int latE7, int lngE7, int accuracyCm) {
      this.known = true;
      this.timeMs = timeMs;
      this.latE7 = latE7;
      this.lngE7 = lngE7;
      this.accuracyCm = accuracyCm;
    }

    private void set(Point other) {
      set(other.timeMs, other.latE7, other.lngE7, other.accuracyCm);
    }

    private void keep(StateFields fields) {
      known = fields.flag(known);
      if (known) {
        timeMs = fields.i64(timeMs);
        latE7 = fields.i32(latE7);
        lngE7 = fields.i32(lngE7);
        accuracyCm = fields.i32(accuracyCm);
      }
    }

    @Override
    public String toString() {
      return known ? "(" + latE7 + ", " + lngE7 + ") +-" + accuracyCm + " at " + timeMs : "none";
    }
  }

  /** A leap is remembered and the device has not come back from it. */
  boolean leapHeld() {
    return leapHeld;
  }

  /** A second point agreed with where it went. */
  boolean leapSettled() {
    return leapSettled;
  }

  /** It was a punch that claimed the place it went to. */
  boolean leapByPunch() {
    return leapByPunch;
  }

  /** Leaps one after the other, as in an airliner; 1 for a jump out of the blue. */
  int leapsInRow() {
    return leapsInRow;
  }

  /** A leap to here would be the way back from the held one. */
  boolean wouldReturn(long atMs, int lat, int lng, int accuracy) {
    return leapHeld && !leapFrom.leapsTo(atMs, lat, lng, accuracy);
  }

  void noteFix(long atMs, int lat, int lng, int accuracy) {
    step(atMs, lat, lng, accuracy, false);
    boolean thin = count >= 2 && timeMs(newest) - timeMs(at(count - 2)) < THINNED_MS;
    if (!thin) {
      newest = count == 0 || newest + 1 == FIXES ? 0 : newest + 1;
      count = Math.min(count + 1, FIXES);
    }
    put(newest, atMs, lat, lng, accuracy);
  }

  private void put(int at, long atMs, int lat, int lng, int accuracy) {
    fixes[STRIDE * at] = atMs;
    fixes[STRIDE * at + 1] = (long) lat << Integer.SIZE | (lng & 0xFFFF_FFFFL);
    fixes[STRIDE * at + 2] = accuracy;
  }

  private long timeMs(int at) {
    return fixes[STRIDE * at];
  }

  private int latE7(int at) {
    return (int) (fixes[STRIDE * at + 1] >> Integer.SIZE);
  }

  private int lngE7(int at) {
    return (int) fixes[STRIDE * at + 1];
  }

  private int accuracyCm(int at) {
    return (int) fixes[STRIDE * at + 2];
  }

  /** Where the i-th fix lies, the oldest first. */
  private int at(int i) {
    int at = newest - count + 1 + i;
    return at < 0 ? at + FIXES : at;
  }

  /**
   * A punch's position is a step too, but it is no part of the track that punches are held against.
   */
  void notePunch(long atMs, int lat, int lng, int accuracy) {
    if (!last.known() || atMs >= last.timeMs()) {
      step(atMs, lat, lng, accuracy, true);
    }
  }

  /** The newest fix at or before the time into {@code out}; false if there is none. */
  boolean before(long atMs, Point out) {
    for (int i = count - 1; i >= 0; i--) {
      int at = at(i);
      if (timeMs(at) <= atMs) {
        out.set(timeMs(at), latE7(at), lngE7(at), accuracyCm(at));
        return true;
      }
    }
    return false;
  }

  /** The oldest fix after the time into {@code out}; false if there is none. */
  boolean after(long atMs, Point out) {
    for (int i = 0; i < count; i++) {
      int at = at(i);
      if (timeMs(at) > atMs) {
        out.set(timeMs(at), latE7(at), lngE7(at), accuracyCm(at));
        return true;
      }
    }
    return false;
  }

  private void step(long atMs, int lat, int lng, int accuracy, boolean punch) {
    if (last.leapsTo(atMs, lat, lng, accuracy)) {
      if (wouldReturn(atMs, lat, lng, accuracy)) {
        leapHeld = false;
        leapsInRow = 0;
      } else {
        leapsInRow = leapHeld && !leapSettled ? leapsInRow + 1 : 1;
        leapHeld = true;
        leapSettled = false;
        leapByPunch = punch;
        leapFrom.set(last);
        leapTo.set(atMs, lat, lng, accuracy);
      }
    } else if (leapHeld) {
      leapSettled = true;
    }
    last.set(atMs, lat, lng, accuracy);
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    count = fields.i32(count);
    newest = fields.i32(newest);
    for (int i = 0; i < count; i++) {
      put(
          i,
          fields.i64(timeMs(i)),
          fields.i32(latE7(i)),
          fields.i32(lngE7(i)),
          fields.i32(accuracyCm(i)));
    }
    last.keep(fields);
    leapFrom.keep(fields);
    leapTo.keep(fields);
    leapHeld = fields.flag(leapHeld);
    leapSettled = fields.flag(leapSettled);
    leapByPunch = fields.flag(leapByPunch);
    leapsInRow = fields.i32(leapsInRow);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("last=").append(last).append(" leap=").append(leapFrom).append("->").append(leapTo);
    text.append(leapHeld ? " held" : "").append(leapSettled ? " settled" : "");
    text.append(leapByPunch ? " punch " : " ").append(leapsInRow).append(" fixes=");
    for (int i = 0; i < count; i++) {
      int at = at(i);
      text.append('(').append(timeMs(at)).append(' ').append(latE7(at)).append(' ');
      text.append(lngE7(at)).append(' ').append(accuracyCm(at)).append(')');
    }
    return text.toString();
  }
}
