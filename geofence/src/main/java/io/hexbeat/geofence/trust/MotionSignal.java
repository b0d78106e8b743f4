package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import java.util.ArrayList;
import java.util.List;

/**
 * ROBOT_MOTION: noise that a generator drew, or a drive at the speed of a joystick; and TELEPORT of
 * hops from rest to rest. Immutable; any thread. Allocates only where something is found.
 */
final class MotionSignal {
  /** Stays of earlier are forgotten. */
  private static final long MEMORY_MS = 4 * 86_400_000L;

  /** More is no jitter that somebody adds, but a receiver between houses. */
  private static final int MOST_DEVIATION_CM = 800;

  private static final long HOPS_MS = 12 * 3_600_000L;

  private final TrustPolicy policy;

  MotionSignal(TrustPolicy policy) {
    this.policy = policy;
  }

  /** Whether it is worth to look closer; asked of each fix. */
  boolean mayBe(TrustState device, Fix fix) {
    return drawn(device.stay, fix)
        || (device.drive.goesOn(fix)
            && device.drive.steps() >= policy.robotSteps()
            && device.drive.turns() >= policy.robotTurns()
            && device.drive.steadyPct() > policy.robotSteadyPct());
  }

  /** Whether the device hopped once too often just now. */
  boolean hops(TrustState device, Fix fix) {
    return device.hops.lastIsFresh(fix.fixTimeMs())
        && device.hops.hopsSince(fix.fixTimeMs() - HOPS_MS) >= policy.hops();
  }

  /** TELEPORT of a position that is switched rather than moved. */
  Finding byHops(TrustState device, Fix fix) {
    List<Object> meters = new ArrayList<>();
    List<Object> gaps = new ArrayList<>();
    List<Object> times = new ArrayList<>();
    for (int i = 0; i < device.hops.hops(); i++) {
      if (device.hops.hopMs(i) >= fix.fixTimeMs() - HOPS_MS) {
        meters.add(device.hops.hopMeters(i));
        gaps.add(device.hops.hopGapMs(i));
        times.add(Finding.iso(device.hops.hopMs(i)));
      }
    }
    return Finding.of(TrustSignal.TELEPORT)
        .with("by", "hops")
        .with("hops", meters.size())
        .with("hop_m", meters)
        .with("hop_gaps_ms", gaps)
        .with("hop_times", times)
        .with("limit", policy.hops())
        .build();
  }

  Finding onPing(TrustState device, Fix fix) {
    return drawn(device.stay, fix) ? byStays(device.stay, fix) : byDrive(device.drive);
  }

  private Finding byStays(StayNoise noise, Fix fix) {
    List<Object> lags = new ArrayList<>();
    List<Object> deviations = new ArrayList<>();
    List<Object> pairs = new ArrayList<>();
    for (int i = 0; i < noise.stays(); i++) {
      if (counts(noise, i, fix)) {
        lags.add(noise.lagPct(i));
        deviations.add(noise.deviationCm(i) / 100.0);
        pairs.add(noise.stayPairs(i));
      }
    }
    lags.add(noise.lagPct());
    deviations.add(noise.deviationCm() / 100.0);
    pairs.add(noise.pairs());
    return Finding.of(TrustSignal.ROBOT_MOTION)
        .with("by", "noise")
        .with("stays", lags.size())
        .with("fix_pairs", pairs)
        .with("lag_pct", lags)
        .with("deviation_m", deviations)
        .with("limit_pct", policy.robotLagPct())
        .build();
  }

  private Finding byDrive(DriveFacts drive) {
    return Finding.of(TrustSignal.ROBOT_MOTION)
        .with("by", "speed")
        .with("steps", Math.round(drive.steps()))
        .with("turns", Math.round(drive.turns()))
        .with("steady_pct", Math.round(drive.steadyPct()))
        .with("limit_pct", policy.robotSteadyPct())
        .build();
  }

  /** Whether the stays of late, taken together, scatter as nothing but a generator does. */
  private boolean drawn(StayNoise noise, Fix fix) {
    if (noise.stays() + 1 < policy.robotStays()) {
      return false;
    }
    long pairs = 0;
    long lag = 0;
    int stays = 1;
    int nowPct = noise.pairs() < StayNoise.FIXES ? 100 : noise.lagPct();
    if (nowPct >= policy.robotLagPct() || noise.deviationCm() > MOST_DEVIATION_CM) {
      return false;
    }
    pairs += noise.pairs();
    lag += (long) noise.pairs() * nowPct;
    for (int i = 0; i < noise.stays(); i++) {
      if (counts(noise, i, fix)) {
        pairs += noise.stayPairs(i);
        lag += (long) noise.stayPairs(i) * noise.lagPct(i);
        stays++;
      }
    }
    return stays >= policy.robotStays()
        && pairs >= policy.robotStayFixes()
        && lag < policy.robotLagPct() * pairs;
  }

  private static boolean counts(StayNoise noise, int i, Fix fix) {
    return noise.endedMs(i) >= fix.fixTimeMs() - MEMORY_MS
        && noise.lagPct(i) < 100
        && noise.deviationCm(i) <= MOST_DEVIATION_CM;
  }
}
