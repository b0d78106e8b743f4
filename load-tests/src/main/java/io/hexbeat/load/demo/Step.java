package io.hexbeat.load.demo;

import org.jspecify.annotations.Nullable;

/** One thing that a phone does in its day. Immutable; times are milliseconds since midnight. */
sealed interface Step {
  long dayMs();

  /**
   * A position report.
   *
   * @param speedMps NaN for unknown, as is {@code bearingDegrees}
   * @param phone what the phone calls itself, null where it uses its token for that as most do
   * @param seq the phone's counter, negative where it has none
   */
  record Ping(
      TraceFix fix,
      double accuracyMeters,
      double speedMps,
      double bearingDegrees,
      double batteryPct,
      @Nullable String phone,
      long seq)
      implements Step {
    @Override
    public long dayMs() {
      return fix.dayMs();
    }

    Ping withPhone(String name) {
      return new Ping(fix, accuracyMeters, speedMps, bearingDegrees, batteryPct, name, seq);
    }

    Ping withSeq(long counter) {
      return new Ping(fix, accuracyMeters, speedMps, bearingDegrees, batteryPct, phone, counter);
    }
  }

  /**
   * A punch.
   *
   * @param fix where the phone says it is and when it measured that
   * @param site the fence that the member claims to be at, null for none
   * @param trick what is wrong with it
   */
  record Punch(
      long dayMs,
      String kind,
      TraceFix fix,
      double accuracyMeters,
      @Nullable String site,
      Trick trick)
      implements Step {}

  /**
   * The ways in which the demo's members cheat, one after another; and honest people's bad luck.
   */
  enum Trick {
    NONE,
    MOCK_APP,
    ELSEWHERE,
    TELEPORT,
    FROZEN,
    CLOCK_AHEAD,
    REUSED_ID,
    COUNTER_BACK,
    SHARED_PHONE,
    BAD_ACCURACY,
    OLD_FIX
  }
}
