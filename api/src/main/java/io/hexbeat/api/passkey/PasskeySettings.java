package io.hexbeat.api.passkey;

import io.hexbeat.geofence.trust.PasskeyPolicy;
import java.net.URI;
import java.util.List;

/**
 * For whom passkeys are made and when they are asked for. Immutable; any thread. What a browser
 * would refuse anyway is refused at start, with the key's name.
 *
 * @param rpId the domain that passkeys are bound to; they are lost when it changes
 * @param origins of the pages that may use them; empty for the device port itself
 * @param perMember passkeys that one member may have: some phones and a spare one
 * @param policy when a punch has to be proven
 */
public record PasskeySettings(
    String rpId, List<String> origins, int perMember, PasskeyPolicy policy) {
  private static final String LOCALHOST = "localhost";

  public PasskeySettings {
    if (!rpId.matches("[a-z0-9-]+(\\.[a-z0-9-]+)*") || rpId.matches("[0-9.]+")) {
      throw new IllegalArgumentException(
          "passkey.rp_id=" + rpId + " must be a domain in small letters, and no address");
    }
    for (String origin : origins) {
      check(origin, rpId);
    }
    origins = List.copyOf(origins);
  }

  /** An origin is {@code https://host[:port]} of the domain or one below it. */
  private static void check(String origin, String rpId) {
    String host;
    String scheme;
    try {
      URI uri = URI.create(origin);
      host = String.valueOf(uri.getHost());
      scheme = String.valueOf(uri.getScheme());
      boolean plain = uri.getRawPath().isEmpty() && uri.getRawQuery() == null;
      if (!plain || origin.endsWith("#")) {
        throw new IllegalArgumentException("more than scheme, host and port");
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "passkey.origins: " + origin + " must be https://host[:port] without a path");
    }
    boolean secure = scheme.equals("https") || (scheme.equals("http") && host.equals(LOCALHOST));
    if (!secure || !(host.equals(rpId) || host.endsWith("." + rpId))) {
      throw new IllegalArgumentException(
          "passkey.origins: "
              + origin
              + " must be https (http for localhost only) and within passkey.rp_id="
              + rpId);
    }
  }

  /** The scheme, host and port of a URL, with a name in the place of this machine's address. */
  public static String originOf(String url) {
    URI uri = URI.create(url);
    String host = uri.getHost();
    boolean loopback = host.equals("127.0.0.1") || host.equals("0.0.0.0");
    return uri.getScheme()
        + "://"
        + (loopback ? LOCALHOST : host)
        + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }
}
