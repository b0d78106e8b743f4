package io.hexbeat.api.webhooks;

import io.hexbeat.api.store.Refusal;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * Keeps webhooks from being a way into the network that the server stands in. Stateless; any
 * thread, but {@link #resolve} waits for names. A name is looked up for each delivery, every
 * address of it must be a public one, and the connection goes to an address that was checked, so
 * that a name can't be turned round in between.
 */
final class TargetGuard {
  private static final int MAX_URL_CHARS = 2_000;

  /** A target that is not allowed. */
  static final class ForbiddenTargetException extends Exception {
    private static final long serialVersionUID = 1L;

    ForbiddenTargetException(String reason) {
      super(reason, null, false, false);
    }
  }

  private TargetGuard() {}

  /** Throws a {@link Refusal} if the URL can't be a webhook's. */
  static void check(String url, WebhookConfig config) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw Refusal.invalid("/url", "it is no URL");
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !(scheme.equals("http") && config.allowHttp())) {
      throw Refusal.invalid(
          "/url",
          config.allowHttp()
              ? "it must begin with https:// or http://"
              : "it must begin with https://; webhook.allow_http is false");
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      throw Refusal.invalid("/url", "it must have a host, and neither a user nor a fragment");
    }
    if (url.length() > MAX_URL_CHARS || uri.getPort() > 65_535) {
      throw Refusal.invalid("/url", "it is too long, or its port is none");
    }
    if (!config.allowPrivate() && isLiteral(uri.getHost())) {
      try {
        resolve(uri.getHost(), false);
      } catch (ForbiddenTargetException | UnknownHostException e) {
        throw Refusal.invalid("/url", String.valueOf(e.getMessage()));
      }
    }
  }

  /** An address of the host to connect to; may wait for the resolver. */
  static InetAddress resolve(String host, boolean allowPrivate)
      throws UnknownHostException, ForbiddenTargetException {
    InetAddress[] addresses = InetAddress.getAllByName(host);
    if (!allowPrivate) {
      for (InetAddress address : addresses) {
        if (!isPublic(address)) {
          throw new ForbiddenTargetException(
              "the address of the host is a private one; webhook.allow_private is false");
        }
      }
    }
    return addresses[0];
  }

  static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      int first = bytes[0] & 0xff;
      int second = bytes[1] & 0xff;
      boolean carrier = first == 100 && (second & 0xc0) == 64;
      boolean bench = first == 198 && (second & 0xfe) == 18;
      boolean protocol = first == 192 && second == 0 && bytes[2] == 0;
      return first != 0 && first < 240 && !carrier && !bench && !protocol;
    }
    // Unique local addresses, and those that carry an IPv4 address behind a translator.
    boolean uniqueLocal = (bytes[0] & 0xfe) == 0xfc;
    boolean translated = bytes[0] == 0 && (bytes[1] == 0x64 || bytes[1] == 0);
    boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
    boolean teredo = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0 && bytes[3] == 0;
    return address instanceof Inet6Address && !uniqueLocal && !translated && !sixToFour && !teredo;
  }

  private static boolean isLiteral(String host) {
    return host.startsWith("[") || host.matches("[0-9.]+") || host.equalsIgnoreCase("localhost");
  }
}
