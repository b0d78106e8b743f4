package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.E7;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One signal seen, with the numbers behind it. Immutable; any thread.
 *
 * @param signal what was seen
 * @param weight what it adds to the doubt, 1..100; the signal's own, or less where it is weaker
 *     than usual or has faded. -100..-1 takes away from the doubts of who it was
 * @param figures evidence in the order it is shown: snake_case names with units; values are Long,
 *     Integer, Double, Boolean, String, List of those, or null for unknown. Never named {@code
 *     code}.
 */
public record Finding(TrustSignal signal, int weight, Map<String, @Nullable Object> figures) {
  /** Figure of a finding that a punch inherits, and its value. */
  static final String FROM = "from";

  /** Figure of a place outside: whether it is so by far more than the accuracy. */
  static final String CLEAR = "clear";

  static final String FROM_PINGS = "pings";
  static final String FROM_PUNCHES = "punches";

  private static final DateTimeFormatter ISO_MS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  public Finding {
    if (weight == 0 || weight < -100 || weight > 100) {
      throw new IllegalArgumentException("weight=" + weight + " is outside 1..100 and -100..-1");
    }
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  /** What the device's pings or punches showed earlier; it opened an alert of its own then. */
  public boolean carried() {
    return figures.containsKey(FROM);
  }

  /** Whether it speaks of a person, and not only of a poor position. */
  public boolean accuses() {
    return !signal.isQuality() && !Boolean.FALSE.equals(figures.get(CLEAR));
  }

  /** How loud an alert of it is. */
  public Severity severity() {
    return Severity.ofScore(weight);
  }

  /** The bits of their signals, for {@link TrustEngine#applyPing}. */
  public static long bits(List<Finding> findings) {
    long bits = 0;
    for (int i = 0; i < findings.size(); i++) {
      bits |= findings.get(i).signal.bit();
    }
    return bits;
  }

  /**
   * Doubt of all findings together, 0..100; see {@link TrustSignal}. What takes doubt away weakens
   * only the doubts of who it was: a person who proves to be there in person may still be
   * elsewhere.
   */
  public static int score(List<Finding> findings) {
    double belief = 1;
    double beliefInWho = 1;
    double left = 1;
    for (Finding finding : findings) {
      double kept = 1 - Math.abs(finding.weight) / 100.0;
      if (finding.weight < 0) {
        left *= kept;
      } else if (finding.signal.doubtsWho()) {
        beliefInWho *= kept;
      } else {
        belief *= kept;
      }
    }
    belief *= 1 - (1 - beliefInWho) * left;
    return (int) Math.round(100 * (1 - belief));
  }

  /** An instant as figures write it. */
  static String iso(long epochMs) {
    return ISO_MS.format(Instant.ofEpochMilli(epochMs));
  }

  /** Adds to the list, or to a new one where there is none yet: most records find nothing. */
  List<Finding> addedTo(List<Finding> findings) {
    List<Finding> list = findings.isEmpty() ? new ArrayList<>() : findings;
    list.add(this);
    return list;
  }

  static Builder of(TrustSignal signal) {
    return new Builder(signal);
  }

  /** Collects figures in order; one thread, used up by {@link #addTo}. */
  static final class Builder {
    private final TrustSignal signal;
    private final Map<String, @Nullable Object> figures = new LinkedHashMap<>();
    private int weight;

    Builder(TrustSignal signal) {
      this.signal = signal;
      this.weight = signal.weight();
    }

    Builder weight(int weight) {
      this.weight = weight;
      return this;
    }

    Builder with(String name, @Nullable Object figure) {
      figures.put(name, figure);
      return this;
    }

    /** Metres to one decimal. */
    Builder meters(String name, double meters) {
      return with(name, Math.round(meters * 10) / 10.0);
    }

    /** An instant as the API writes it: ISO 8601 UTC with milliseconds. */
    Builder time(String name, long epochMs) {
      return with(name, iso(epochMs));
    }

    /** Metres of an accuracy in centimetres, null when it was not told. */
    Builder accuracy(String name, int accuracyCm) {
      return with(name, accuracyCm > 0 ? accuracyCm / 100.0 : null);
    }

    /** Degrees under {@code prefix_lat} and {@code prefix_lng}. */
    Builder position(String prefix, int latE7, int lngE7) {
      return with(prefix + "_lat", E7.toDegrees(latE7)).with(prefix + "_lng", E7.toDegrees(lngE7));
    }

    Finding build() {
      return new Finding(signal, weight, figures);
    }

    List<Finding> addTo(List<Finding> findings) {
      return build().addedTo(findings);
    }
  }
}
