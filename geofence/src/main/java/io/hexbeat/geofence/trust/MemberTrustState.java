package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.StateFields;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When and with which phones one member has punched, and since when they are on duty. Plain fields
 * of the shard that owns the member; only {@link TrustEngine#applyPunch} writes. Bounded: the last
 * {@link #PUNCHES} times, the last {@link #PHONES} phones and {@link #PASSKEYS} passkeys, about two
 * kilobytes. Times are instants; which hour they were is asked of the zone when it matters.
 */
public final class MemberTrustState {
  /** Punches remembered. */
  static final int PUNCHES = 64;

  /** Phones remembered: more than anybody uses. */
  static final int PHONES = 8;

  /** Passkeys whose counters are remembered: more than a member may enrol. */
  public static final int PASSKEYS = 16;

  /** {@link #dutySinceMs} of who is off duty. */
  static final long OFF_DUTY = Long.MIN_VALUE;

  private static final long DAY_MS = 86_400_000L;

  private final long[] punchedMs = new long[PUNCHES];
  private int punches;
  private int nextPunch;
  private final @Nullable String[] phones = new @Nullable String[PHONES];
  private int nextPhone;
  private final @Nullable String[] passkeys = new @Nullable String[PASSKEYS];
  private final long[] passkeyCounters = new long[PASSKEYS];
  private int nextPasskey;
  private long dutySinceMs = OFF_DUTY;

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

  /** The last clock-in that no clock-out followed, by whatever phone. */
  long dutySinceMs() {
    return dutySinceMs;
  }

  void note(PunchClaim claim) {
    note(claim.phoneId(), claim.atMs());
    switch (claim.kind()) {
      case CLOCK_IN -> dutySinceMs = Math.max(dutySinceMs, claim.atMs());
      case CLOCK_OUT -> dutySinceMs = claim.atMs() >= dutySinceMs ? OFF_DUTY : dutySinceMs;
      case VISIT_IN, VISIT_OUT -> {}
    }
  }

  private void note(String phoneId, long atMs) {
    punchedMs[nextPunch] = atMs;
    nextPunch = (nextPunch + 1) % PUNCHES;
    punches = Math.min(punches + 1, PUNCHES);
    if (!hasPunchedWith(phoneId)) {
      phones[nextPhone] = phoneId;
      nextPhone = (nextPhone + 1) % PHONES;
    }
  }

  /** The highest counter seen of a passkey, 0 if none was. */
  long passkeyCounter(String credentialId) {
    for (int i = 0; i < PASSKEYS; i++) {
      if (credentialId.equals(passkeys[i])) {
        return passkeyCounters[i];
      }
    }
    return 0;
  }

  /** Remembers the counter of a passkey that counts. */
  void notePasskey(PasskeyProof proof) {
    if (proof.outcome() != PasskeyProof.Outcome.VERIFIED || proof.counter() == 0) {
      return;
    }
    for (int i = 0; i < PASSKEYS; i++) {
      if (proof.credentialId().equals(passkeys[i])) {
        passkeyCounters[i] = Math.max(passkeyCounters[i], proof.counter());
        return;
      }
    }
    passkeys[nextPasskey] = proof.credentialId();
    passkeyCounters[nextPasskey] = proof.counter();
    nextPasskey = (nextPasskey + 1) % PASSKEYS;
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
    nextPasskey = fields.i32(nextPasskey);
    for (int i = 0; i < PASSKEYS; i++) {
      passkeys[i] = fields.text(passkeys[i]);
    }
    fields.i64s(passkeyCounters, PASSKEYS);
    dutySinceMs = fields.i64(dutySinceMs);
  }

  /** Every field, so that two states can be compared in a test. */
  @Override
  public String toString() {
    return "punched "
        + nextPunch
        + Arrays.toString(Arrays.copyOf(punchedMs, punches))
        + " phones "
        + nextPhone
        + Arrays.toString(phones)
        + " passkeys "
        + nextPasskey
        + Arrays.toString(passkeys)
        + Arrays.toString(passkeyCounters)
        + " on duty since "
        + dutySinceMs;
  }
}
