package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a phone claims when somebody punches. Immutable; any thread.
 *
 * @param punchId the phone's id of the punch
 * @param memberHandle who punches
 * @param deviceHandle with which enrolment
 * @param phoneId the phone: the id it claims in the body, else the enrolled device's id
 * @param kind what is punched
 * @param atMs when, by the device's clock
 * @param hasPosition whether the next four mean anything
 * @param latE7 WGS-84
 * @param lngE7 normalized
 * @param accuracyCm centimetres, {@link Fix#UNKNOWN} or 0 when the phone did not tell
 * @param fixTimeMs of the position; {@link Fix#UNKNOWN} when not told, then {@code atMs} counts
 * @param siteHandle the fence claimed, 0 for none, {@link #UNKNOWN_SITE} for one that does not
 *     exist
 * @param mock the phone says that the position is a mock
 * @param uptimeMs since the phone booted, or {@link Fix#UNKNOWN}
 * @param seq the app's counter of punches, or {@link Fix#UNKNOWN}
 * @param counter what the device counted to when it signed the punch, or {@link Fix#UNKNOWN}
 * @param signingKey the number of the key by which it signed, or {@link Fix#UNKNOWN}
 * @param receivedTimeMs by the server's clock
 * @param wifiHash of the Wi-Fi networks that the phone saw, 0 when it told too few to know a place
 * @param passkey what its passkey assertion proved, or null if it carries none
 */
public record PunchClaim(
    String punchId,
    int memberHandle,
    int deviceHandle,
    String phoneId,
    PunchKind kind,
    long atMs,
    boolean hasPosition,
    int latE7,
    int lngE7,
    int accuracyCm,
    long fixTimeMs,
    int siteHandle,
    boolean mock,
    long uptimeMs,
    long seq,
    long counter,
    int signingKey,
    long receivedTimeMs,
    long wifiHash,
    @Nullable PasskeyProof passkey) {
  /** A site was claimed that no fence has. */
  public static final int UNKNOWN_SITE = -1;

  /** Fewer networks travel along in a car. */
  public static final int WIFI_NETWORKS = 3;

  /** One hash of the networks' addresses (BSSIDs), in whatever order; 0 of too few. */
  public static long wifiHash(Collection<String> addresses) {
    Set<String> known = new TreeSet<>();
    addresses.forEach(address -> known.add(address.toLowerCase(Locale.ROOT)));
    if (known.size() < WIFI_NETWORKS) {
      return 0;
    }
    long hash = known.size();
    for (String address : known) {
      for (int i = 0; i < address.length(); i++) {
        hash = mix(hash ^ address.charAt(i));
      }
    }
    return hash == 0 ? 1 : hash;
  }

  /** The time of the position: its own, else that of the punch. */
  public long positionTimeMs() {
    return fixTimeMs == Fix.UNKNOWN ? atMs : fixTimeMs;
  }

  /** When the phone was in use: its own time, but not one that has yet to come. */
  long useMs() {
    return Math.min(atMs, receivedTimeMs);
  }

  /**
   * 64 bits over all that a retry must repeat: kind, times, position, accuracy, site and mock flag.
   * What an app may stamp anew at each try (uptime, counter, passkey) and what the server adds is
   * left out. The same on every machine and version, since a restart computes it from the recorded
   * punch.
   */
  public long contentHash() {
    long hash = kind.code();
    hash = mix(hash ^ atMs);
    hash = mix(hash ^ positionTimeMs());
    if (hasPosition) {
      hash = mix(hash ^ ((long) latE7 << 32 | (lngE7 & 0xFFFF_FFFFL)));
      hash = mix(hash ^ accuracyCm);
    }
    return mix(hash ^ ((long) siteHandle << 1 | (mock ? 1 : 0)));
  }

  /** The finalizer of SplitMix64, with its increment. */
  static long mix(long bits) {
    long z = bits + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return z ^ z >>> 31;
  }
}
