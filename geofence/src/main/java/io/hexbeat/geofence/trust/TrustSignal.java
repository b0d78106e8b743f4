package io.hexbeat.geofence.trust;

/**
 * A reason to doubt a ping or punch, or not to. Immutable; any thread. The name is the code in
 * receipts and alerts and never changes its meaning. The weight is what one finding of it adds to
 * the doubt, in percent: weights combine as independent doubts, {@code 100 * (1 - product(1 -
 * weight/100))}, so that 30 alone means unverified and more than 70 alone means invalid.
 */
public enum TrustSignal {
  /** The phone itself says that the position is a mock: 80, it proves the attack alone. */
  MOCK_FLAG(0, 80),
  /** Outside every allowed site even with the accuracy taken off: 75, it proves the claim false. */
  OUTSIDE_SITE(1, 75),
  /** Accuracy worse than the policy's, or not told: 30, too little to say either. */
  LOW_ACCURACY(2, 30),
  /** A punch without a position: 40. */
  NO_FIX(3, 40),
  /** The punch's position is older than the punch: 35. */
  STALE_FIX(4, 35),
  /** Moved faster than anything drives or flies: 60; 40 while no second fix confirms it. */
  TELEPORT(5, 60),
  /** Fixes that do not wander as a real receiver's do: 60. */
  FROZEN(6, 60),
  /** A device clock ahead of the server's: 50. */
  CLOCK_SKEW(7, 50),
  /** A device clock that was moved: 40. */
  CLOCK_JUMP(8, 40),
  /** A punch id used again for other content: 45. */
  DUPLICATE_REQUEST(9, 45),
  /** An app counter that does not count: 45. */
  COUNTER(10, 45),
  /** One phone, several members: 45. */
  DEVICE_SHARED(11, 45),
  /** A new phone at an unusual hour: 30. */
  DEVICE_CHANGED(12, 30),
  /** A punch without the pings that this phone otherwise sends: 35. */
  NO_TRACK(13, 35),
  /**
   * A device whose positions are off in the same way at every site: 30, a fault to repair and no
   * fraud; it stands in the place of {@link #OUTSIDE_SITE}.
   */
  DATA_FAULT(14, 30),
  /** Visits that were left as soon as they were punched: 45, a habit and no proof. */
  PUNCH_AND_LEAVE(15, 45),
  /** A punch that claims to be older than it can be: 45. */
  BACKDATED(16, 45),
  /** Two members' phones that are never apart: 60. */
  TANDEM(17, 60),
  /** A day's track in the rhythm of an earlier one: 60. */
  REPLAYED_TRACK(18, 60),
  /** Positions that a generator drew: 50. */
  ROBOT_MOTION(19, 50),
  /** Punches at the very edge of site after site: 45. */
  EDGE_PUNCH(20, 45),
  /** One Wi-Fi scan at places far apart: 50. */
  WIFI_MISMATCH(21, 50),
  /** No position on duty, and elsewhere after it: 45. */
  DARK(22, 45),
  /** A punch that fits only since its site was moved: 45, and a question to whoever moved it. */
  PIN_MOVED(23, 45),
  /**
   * The person at the phone proved by a passkey, over this punch, that the phone knows them: -60,
   * takes so much off the doubts of who it is, and nothing off those of place and time.
   */
  USER_VERIFIED(24, -60),
  /** Policy asks for that proof and there is none: 30, unverified at best. */
  USER_VERIFICATION_MISSING(25, 30),
  /** An assertion that proves nothing, or a passkey that was copied: 45. */
  PASSKEY_INVALID(26, 45);

  /** Signals there are, and the length of a table by {@link #index}. */
  static final int COUNT = values().length;

  private final int index;
  private final int weight;

  TrustSignal(int index, int weight) {
    this.index = index;
    this.weight = weight;
  }

  /** The code in receipts and alerts. */
  public String code() {
    return name();
  }

  /** 1..100, or -100..-1 for what takes doubt away. */
  public int weight() {
    return weight;
  }

  /** The least that a policy may let it weigh: what lowers the doubt never raises it. */
  public int leastWeight() {
    return weight < 0 ? -100 : 0;
  }

  /** The most. */
  public int mostWeight() {
    return weight < 0 ? 0 : 100;
  }

  /** Says that a position is poor, not that somebody cheats. */
  boolean isQuality() {
    return this == LOW_ACCURACY || this == STALE_FIX || this == DATA_FAULT;
  }

  /** Speaks of a whole day, and is told once in it. */
  boolean isHabit() {
    return this == ROBOT_MOTION || this == PUNCH_AND_LEAVE || this == DARK;
  }

  /** Found by comparing people, beside the line, not by looking at one record. */
  public boolean comparesPeople() {
    return this == TANDEM || this == REPLAYED_TRACK;
  }

  /** Whether it doubts who it was, which a proof of the person answers, and not where or when. */
  boolean doubtsWho() {
    return switch (this) {
      case COUNTER, DUPLICATE_REQUEST, DEVICE_SHARED, DEVICE_CHANGED, NO_TRACK -> true;
      default -> false;
    };
  }

  int index() {
    return index;
  }

  /** One bit a signal, for {@link TrustEngine#applyPing}. Not for storage: store codes. */
  public long bit() {
    return 1L << index;
  }

  /**
   * The signal of a code, as read back from a recorded alert.
   *
   * @throws IllegalArgumentException if there is no such code
   */
  public static TrustSignal ofCode(String code) {
    return valueOf(code);
  }
}
