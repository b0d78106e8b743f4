package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.StateFields;
import org.jspecify.annotations.Nullable;

/**
 * Facts about one device that signals need. Plain fields of the shard that owns the device; only
 * {@link TrustEngine#applyPing} and {@link TrustEngine#applyPunch} write. Bounded, about 3 KB,
 * allocated at once, and up to 4 KB more for a device that signs what it sends. Holds facts and
 * what was told, never judgements: two states that took the same records are equal field by field,
 * whatever the policy was.
 */
public final class TrustState {
  /** Receptions whose clock offset is remembered. */
  static final int OFFSETS = 15;

  final Track track = new Track();
  final FrozenRun frozen = new FrozenRun();
  final ClockFacts clock = new ClockFacts();
  final Rhythm rhythm = new Rhythm();
  final Episodes episodes = new Episodes();
  final ClaimedSites claimedSites = new ClaimedSites();
  final Visits visits = new Visits();
  final OnlineTimes online = new OnlineTimes();
  final LocalCosine cosine = new LocalCosine();
  final HopFacts hops = new HopFacts();
  final StayNoise stay = new StayNoise();
  final DriveFacts drive = new DriveFacts();
  final DutyFacts duty = new DutyFacts();
  final WifiScans wifi = new WifiScans();
  final SignedCounter signedPings = new SignedCounter();
  final SignedCounter signedPunches = new SignedCounter();

  /** Of the newest record; its clock and counters are what {@link #clock} speaks of. */
  private @Nullable String phoneId;

  private @Nullable String lastPunchId;
  private long lastPunchAtMs;

  /** Whether the phone is the one of the record before; another one has another clock. */
  boolean samePhone(String phone) {
    return phoneId == null || phoneId.equals(phone);
  }

  void notePhone(String phone) {
    if (!samePhone(phone)) {
      clock.forget();
    }
    phoneId = phone;
  }

  void notePunch(String punchId, long atMs) {
    if (lastPunchId == null || atMs >= lastPunchAtMs) {
      lastPunchId = punchId;
      lastPunchAtMs = atMs;
    }
  }

  /** The newest punch of this device if it was made within the times, else null. */
  @Nullable String punchWithin(long fromMs, long toMs) {
    return lastPunchId != null && lastPunchAtMs >= fromMs && lastPunchAtMs <= toMs
        ? lastPunchId
        : null;
  }

  /** Every field, kept or restored. */
  public void keep(StateFields fields) {
    track.keep(fields);
    frozen.keep(fields);
    clock.keep(fields);
    rhythm.keep(fields);
    episodes.keep(fields);
    claimedSites.keep(fields);
    visits.keep(fields);
    online.keep(fields);
    hops.keep(fields);
    stay.keep(fields);
    drive.keep(fields);
    duty.keep(fields);
    wifi.keep(fields);
    signedPings.keep(fields);
    signedPunches.keep(fields);
    phoneId = fields.text(phoneId);
    lastPunchId = fields.text(lastPunchId);
    lastPunchAtMs = fields.i64(lastPunchAtMs);
  }

  /** Every field, so that two states can be compared in a test. */
  @Override
  public String toString() {
    return "track: "
        + track
        + "\nfrozen: "
        + frozen
        + "\nclock: "
        + clock
        + "\nrhythm: "
        + rhythm
        + "\nepisodes: "
        + episodes
        + "\nclaimed: "
        + claimedSites
        + "\nvisits: "
        + visits
        + "\nonline: "
        + online
        + "\nhops: "
        + hops
        + "\nstay: "
        + stay
        + "\ndrive: "
        + drive
        + "\nduty: "
        + duty
        + "\nwifi: "
        + wifi
        + "\nsigned: "
        + signedPings
        + ", punches "
        + signedPunches
        + "\nphone: "
        + phoneId
        + "\npunch: "
        + lastPunchId
        + " at "
        + lastPunchAtMs;
  }
}
