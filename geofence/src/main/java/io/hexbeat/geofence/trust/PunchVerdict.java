package io.hexbeat.geofence.trust;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the server says to a punch, and why. Immutable; any thread.
 *
 * @param verdict by the band of the score
 * @param score doubt, 0..100
 * @param place where it was relative to the allowed sites
 * @param sites nearest first
 * @param reasons findings, heaviest first
 * @param policyVersion of the policy that weighed them
 */
public record PunchVerdict(
    Verdict verdict,
    int score,
    Place place,
    List<SiteDistance> sites,
    List<Finding> reasons,
    long policyVersion) {
  /** Bands of the score: below 30 verified, to 70 unverified, above invalid. */
  public enum Verdict {
    VERIFIED,
    UNVERIFIED,
    INVALID;

    static Verdict ofScore(int score) {
      if (score < 30) {
        return VERIFIED;
      }
      return score <= 70 ? UNVERIFIED : INVALID;
    }

    /** Lower case, as in the API. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Relative to the claimed site, or to all active fences where none is claimed. */
  public enum Place {
    /** The point is in an allowed site. */
    INSIDE,
    /** Outside all allowed sites by more than the accuracy. */
    OUTSIDE,
    /**
     * Outside, but by less than the accuracy; or there is no site to compare with; or the device's
     * positions are off.
     */
    UNCERTAIN,
    /** No position. */
    NO_FIX;

    /** Lower case, as in the API. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How far an active fence is: 0 inside it, else metres from the point to its edge. */
  public record SiteDistance(int fenceHandle, double distanceMeters) {}

  public PunchVerdict {
    sites = List.copyOf(sites);
    reasons = List.copyOf(reasons);
  }

  /**
   * How loud its alert is: by the findings that accuse. Poor positions leave a punch unverified,
   * and are told as no more than that.
   */
  public Severity severity() {
    return Severity.ofScore(Finding.score(reasons.stream().filter(Finding::accuses).toList()));
  }

  /** The heaviest reason, the kind of the alert that the punch opens; null when there is none. */
  public @Nullable Finding strongest() {
    return reasons.isEmpty() ? null : reasons.get(0);
  }

  /**
   * Whether a person should look: anything but verified, unless all that speaks against the punch
   * was told already when the pings showed it.
   */
  public boolean opensAlert() {
    return verdict != Verdict.VERIFIED && !reasons.stream().allMatch(Finding::carried);
  }
}
