package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import org.jspecify.annotations.Nullable;

/**
 * DARK: on duty, no position for long, and elsewhere after it. Immutable; any thread. One gap is a
 * finding if the phone gave signs of life in it, since then it was the position that was switched
 * off; silence is one only when it comes again and again.
 */
final class DutySignal {
  /** A position that fails once or twice is told as soon as it is there again. */
  private static final int SIGNS = 3;

  /** Faster, somebody flew. */
  private static final double FLIGHT_MPS = 60;

  private static final long MEMORY_MS = 10 * 86_400_000L;

  private final TrustPolicy policy;

  DutySignal(TrustPolicy policy) {
    this.policy = policy;
  }

  boolean mayBe(TrustState device, Fix fix) {
    return device.duty.isGap(fix, policy.darkMs());
  }

  @Nullable Finding onPing(TrustState device, Fix fix) {
    DutyFacts duty = device.duty;
    long gapMs = fix.fixTimeMs() - duty.lastMs();
    double meters = duty.metersTo(fix);
    if (meters < policy.darkMeters()
        || duty.excused(fix)
        || Motion.mps(meters, gapMs) > FLIGHT_MPS) {
      return null;
    }
    int gaps = duty.gapsSince(fix.fixTimeMs() - MEMORY_MS, policy.darkMs()) + 1;
    boolean lived = duty.signs() >= SIGNS;
    if (!lived && gaps < policy.darkGaps()) {
      return null;
    }
    return Finding.of(TrustSignal.DARK)
        .with("gap_ms", gapMs)
        .time("since_time", duty.lastMs())
        .position("from", duty.lastLatE7(), duty.lastLngE7())
        .meters("moved_m", meters)
        .with("signs_of_life", duty.signs())
        .with("gaps_of_10_days", gaps)
        .with("limit_ms", policy.darkMs())
        .build();
  }
}
