package io.hexbeat.ingest.door;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The device token in an {@code Authorization} header: Bearer, or the password of Basic for apps
 * that know only that. Stateless. What it returns is a secret: it must not be logged.
 */
final class Credential {
  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  private Credential() {}

  /** The token, or null if the header has none that can be read. */
  static @Nullable String token(@Nullable String authorization) {
    if (authorization == null) {
      return null;
    }
    if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      String token = authorization.substring(BEARER.length()).strip();
      return token.isEmpty() ? null : token;
    }
    if (authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return password(authorization.substring(BASIC.length()).strip());
    }
    return null;
  }

  private static @Nullable String password(String base64) {
    String userAndPassword;
    try {
      userAndPassword = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
    int colon = userAndPassword.indexOf(':');
    return colon < 0 || colon == userAndPassword.length() - 1
        ? null
        : userAndPassword.substring(colon + 1);
  }
}
