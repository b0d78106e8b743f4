package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.StateFields;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When and with which phones one member has punched. Plain fields of the shard that owns the
 * member; only {@link TrustEngine#applyPunch} writes. Bounded: the last {@link #PUNCHES} times and
 * the last {@link #PHONES} phones, about a kilobyte. Times are instants; which hour they were is
 * asked of the zone when it matters.
 */
public final class MemberTrustState {
  /** Punches remembered. */
  static final int PUNCHES = 64;

  /** Phones remembered: more than anybody uses. */
  static final int PHONES = 8;

  private static final long DAY_MS = 86_400_000L;

  private final long[] punchedMs = new long[PUNCHES];
  private int punches;
  private int nextPunch;
  private final @Nullable String[] phones = new @Nullable String[PHONES];
  private int nextPhone;

  /** Punches remembered so far. */
  int punches() {
    return punches;
  }

  boolean hasPunchedWith(String phoneId) {
    for (String phone : phones) {
      if (phoneId.equals(phone)) {
        return true;
      }
    }
    return false;
  }

  /** Least difference of local time of day between the time and any earlier punch, 0..12 h. */
  long fromUsualTimeOfDayMs(long atMs, ZoneId zone) {
    long timeOfDayMs = timeOfDayMs(atMs, zone);
    long least = DAY_MS;
    for (int i = 0; i < punches; i++) {
      long apart = Math.abs(timeOfDayMs(punchedMs[i], zone) - timeOfDayMs);
      least = Math.min(least, Math.min(apart, DAY_MS - apart));
    }
    return least;
  }

  void note(String phoneId, long atMs) {
    punchedMs[nextPunch] = atMs;
    nextPunch = (nextPunch + 1) % PUNCHES;
    punches = Math.min(punches + 1, PUNCHES);
    if (!hasPunchedWith(phoneId)) {
      phones[nextPhone] = phoneId;
      nextPhone = (nextPhone + 1) % PHONES;
    }
  }

  private static long timeOfDayMs(long atMs, ZoneId zone) {
    long offsetMs =
        zone.getRules().getOffset(Instant.ofEpochMilli(atMs)).getTotalSeconds() * 1_000L;
    return Math.floorMod(atMs + offsetMs, DAY_MS);
  }

  /** Every field, kept or restored. */
  public void keep(StateFields fields) {
    punches = fields.i32(punches);
    nextPunch = fields.i32(nextPunch);
    fields.i64s(punchedMs, punches);
    nextPhone = fields.i32(nextPhone);
    for (int i = 0; i < PHONES; i++) {
      phones[i] = fields.text(phones[i]);
    }
  }

  /** Every field, so that two states can be compared in a test. */
  @Override
  public String toString() {
    return "punched "
        + nextPunch
        + Arrays.toString(Arrays.copyOf(punchedMs, punches))
        + " phones "
        + nextPhone
        + Arrays.toString(phones);
  }
}
