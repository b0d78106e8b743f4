package io.hexbeat.ingest.door;

import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The device token in an {@code Authorization} header, as Bearer or as the password of Basic for
 * apps that know only that, or in the query. Stateless. What it returns is a secret: it must not be
 * logged.
 */
final class Credential {
  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  private Credential() {}

  /** The token, or null if the header has none that can be read. */
  static @Nullable String token(PhoneRequest request) {
    String authorization = request.header(HttpHeaders.AUTHORIZATION);
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

  /** The value of a name in the query, or null; a token needs no escapes, so none are read. */
  static @Nullable String inQuery(PhoneRequest request, String name) {
    String query = request.query();
    int from = 0;
    while (query != null && from < query.length()) {
      int end = query.indexOf('&', from);
      end = end < 0 ? query.length() : end;
      int value = from + name.length() + 1;
      if (value < end && query.startsWith(name, from) && query.charAt(value - 1) == '=') {
        return query.substring(value, end);
      }
      from = end + 1;
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
