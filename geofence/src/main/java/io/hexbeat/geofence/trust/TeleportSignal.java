package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import org.jspecify.annotations.Nullable;

/**
 * TELEPORT: from here to there faster than anything moves. Immutable; any thread. On pings one leap
 * is a glitch until a second fix agrees with it; at a punch it counts at once, but less.
 */
final class TeleportSignal {
  /** A leap that no second fix has confirmed: doubt, not proof. */
  static final int UNCONFIRMED_WEIGHT = 40;

  /** Three leaps in a row are the windows of an airliner, not a jump: judged by its speed. */
  private static final int FLIGHT_LEAPS = 3;

  /** A punch this long before the leap that it needs: phones are told where to be, then punch. */
  private static final long PUNCH_BEFORE_LEAP_MS = 60_000;

  private final TrustPolicy policy;

  TeleportSignal(TrustPolicy policy) {
    this.policy = policy;
  }

  /**
   * The leap that this fix shows to be one: because it stays where the leap went, or because it
   * leaps back over a punch. Asked only while a leap is held.
   *
   * @param mayOpen whether a leap without a punch may open an alert now; a punch always may, once
   */
  @Nullable Finding onPing(TrustState device, Fix fix, boolean mayOpen) {
    Track track = device.track;
    long atMs = fix.fixTimeMs();
    boolean leaps = track.last.leapsTo(atMs, fix.latE7(), fix.lngE7(), fix.accuracyCm());
    if (!leaps) {
      boolean confirms =
          mayOpen
              && !track.leapSettled()
              && atMs - track.leapTo.timeMs() <= policy.leapMemoryMs()
              && heldIsTeleport(track);
      return confirms ? confirmed(device).build() : null;
    }
    if (!track.wouldReturn(atMs, fix.latE7(), fix.lngE7(), fix.accuracyCm())
        || atMs - track.leapTo.timeMs() > policy.leapMemoryMs()
        || !heldIsTeleport(track)) {
      return null;
    }
    String punch = device.punchWithin(track.leapTo.timeMs() - PUNCH_BEFORE_LEAP_MS, atMs);
    if (punch == null) {
      return null;
    }
    return leap(track).with("confirmed", true).with("punch", punch).time("back_time", atMs).build();
  }

  /** The leap that a punch's place is, or the unconfirmed one it was made after. */
  @Nullable Finding onPunch(TrustState device, PunchClaim claim) {
    Track track = device.track;
    if (!claim.hasPosition() || !track.last.known()) {
      return null;
    }
    long atMs = claim.positionTimeMs();
    if (atMs < track.last.timeMs()) {
      return amongEarlier(track, claim, atMs);
    }
    boolean leaps = track.last.leapsTo(atMs, claim.latE7(), claim.lngE7(), claim.accuracyCm());
    if (!leaps) {
      boolean afterLeap =
          track.leapHeld()
              && !track.leapSettled()
              && atMs - track.leapTo.timeMs() <= policy.leapMemoryMs()
              && heldIsTeleport(track);
      return afterLeap
          ? leap(track).with("confirmed", false).weight(UNCONFIRMED_WEIGHT).build()
          : null;
    }
    if (track.wouldReturn(atMs, claim.latE7(), claim.lngE7(), claim.accuracyCm())) {
      return null;
    }
    return fromPoint(track.last, claim, atMs);
  }

  /** A punch told late lies between two fixes; both must say that it can't have been there. */
  private @Nullable Finding amongEarlier(Track track, PunchClaim claim, long atMs) {
    Track.Point before = new Track.Point();
    Track.Point after = new Track.Point();
    boolean hasBefore = track.before(atMs, before);
    boolean hasAfter = track.after(atMs, after);
    Finding fromBefore = hasBefore ? fromPoint(before, claim, atMs) : null;
    Finding fromAfter = hasAfter ? fromPoint(after, claim, atMs) : null;
    if ((hasBefore && fromBefore == null) || (hasAfter && fromAfter == null)) {
      return null;
    }
    return fromBefore != null ? fromBefore : fromAfter;
  }

  private @Nullable Finding fromPoint(Track.Point from, PunchClaim claim, long atMs) {
    double meters = from.shrunkMetersTo(claim.latE7(), claim.lngE7(), claim.accuracyCm());
    long gapMs = atMs - from.timeMs();
    if (!isTeleport(meters, gapMs, false)) {
      return null;
    }
    return figures(from, meters, gapMs, claim.latE7(), claim.lngE7(), false)
        .with("confirmed", false)
        .weight(UNCONFIRMED_WEIGHT)
        .build();
  }

  private Finding.Builder confirmed(TrustState device) {
    Track track = device.track;
    Finding.Builder finding = leap(track).with("confirmed", true);
    if (track.leapByPunch()) {
      finding.with("punch", device.punchWithin(track.leapTo.timeMs(), track.leapTo.timeMs()));
    }
    return finding;
  }

  private boolean heldIsTeleport(Track track) {
    return isTeleport(
        track.leapFrom.shrunkMetersTo(track.leapTo),
        track.leapTo.timeMs() - track.leapFrom.timeMs(),
        track.leapsInRow() >= FLIGHT_LEAPS);
  }

  private boolean isTeleport(double meters, long gapMs, boolean flying) {
    return meters >= policy.teleportMinMeters()
        && Motion.mps(meters, gapMs) > limitMps(meters, gapMs, flying);
  }

  private int limitMps(double meters, long gapMs, boolean flying) {
    boolean plane = Math.abs(gapMs) >= policy.planeGapMs() && meters >= policy.planeMeters();
    return plane || flying ? policy.planeMps() : policy.teleportMps();
  }

  private Finding.Builder leap(Track track) {
    return figures(
        track.leapFrom,
        track.leapFrom.shrunkMetersTo(track.leapTo),
        track.leapTo.timeMs() - track.leapFrom.timeMs(),
        track.leapTo.latE7(),
        track.leapTo.lngE7(),
        track.leapsInRow() >= FLIGHT_LEAPS);
  }

  private Finding.Builder figures(
      Track.Point from, double meters, long gapMs, int toLatE7, int toLngE7, boolean flying) {
    return Finding.of(TrustSignal.TELEPORT)
        .meters("distance_m", meters)
        .with("gap_ms", gapMs)
        .meters("speed_mps", Motion.mps(meters, gapMs))
        .with("limit_mps", limitMps(meters, gapMs, flying))
        .position("from", from.latE7(), from.lngE7())
        .time("from_time", from.timeMs())
        .position("to", toLatE7, toLngE7);
  }
}
