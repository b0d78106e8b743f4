package io.hexbeat.api.auth;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.User;
import io.hexbeat.api.store.Role;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.store.UserBook;
import io.hexbeat.api.store.UserBook.Credentials;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a name and a password into a token, and a token into an {@link Access}. Any thread; a token
 * is checked in memory, without SQL. A token holds until it expires, the account is deleted, its
 * password is changed or its role moves, whichever comes first. Wrong names and wrong passwords get
 * the same answer after the same time.
 */
public final class Authenticator {
  /** The user that the first start creates. */
  public static final String FIRST_ADMIN = "admin";

  private static final String KEY_NAME = "token-key";
  private static final int KEY_BYTES = 48;
  private static final int GIVEN_PASSWORD_BYTES = 12;
  private static final String ALGORITHM = "HS256";
  private static final String VERSION_CLAIM = "ver";
  private static final String ROLE_CLAIM = "role";

  private final Store store;
  private final Directory directory;
  private final Passwords passwords;
  private final JWTAuth tokens;
  private final Duration sessionLifetime;
  private final LoginThrottle throttle;
  private final LongSupplier clockMs;

  /** A login that was let in. */
  public record Session(String token, long expiresMs, User user) {
    @Override
    public String toString() {
      return "Session[user=" + user.id() + "]";
    }
  }

  private Authenticator(
      Vertx vertx,
      Store store,
      Passwords passwords,
      Duration sessionLifetime,
      LongSupplier clockMs,
      String keyBase64) {
    this.store = store;
    this.directory = store.directory();
    this.passwords = passwords;
    this.sessionLifetime = sessionLifetime;
    this.clockMs = clockMs;
    this.throttle = new LoginThrottle(clockMs);
    this.tokens =
        JWTAuth.create(
            vertx,
            new JWTAuthOptions()
                .addPubSecKey(
                    new PubSecKeyOptions()
                        .setAlgorithm(ALGORITHM)
                        .setBuffer(Buffer.buffer(Base64.getDecoder().decode(keyBase64)))));
  }

  /** Opens with the signing key that the database keeps; the first start makes it. */
  public static Future<Authenticator> open(
      Vertx vertx, Store store, Passwords passwords, Duration sessionLifetime) {
    return open(vertx, store, passwords, sessionLifetime, System::currentTimeMillis);
  }

  static Future<Authenticator> open(
      Vertx vertx,
      Store store,
      Passwords passwords,
      Duration sessionLifetime,
      LongSupplier clockMs) {
    byte[] candidate = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(candidate);
    return store
        .secrets()
        .keepOnce(KEY_NAME, Base64.getEncoder().encodeToString(candidate))
        .map(key -> new Authenticator(vertx, store, passwords, sessionLifetime, clockMs, key));
  }

  /**
   * Creates the first admin if there is no account at all.
   *
   * @param wanted the password to give it, or null for a random one
   * @return the random password, to be shown once; empty if it was wanted or nothing was created
   */
  public Future<Optional<String>> createFirstAdmin(@Nullable String wanted) {
    if (!directory.users().isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    byte[] random = new byte[GIVEN_PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    String password =
        wanted == null ? Base64.getUrlEncoder().withoutPadding().encodeToString(random) : wanted;
    return passwords
        .hash(password)
        .compose(
            hash ->
                store.users().create(new UserBook.Edit(FIRST_ADMIN, null, Role.ADMIN, null), hash))
        .map(created -> wanted == null ? Optional.of(password) : Optional.empty());
  }

  /**
   * Checks a name and a password.
   *
   * @param address where the request came from, for the throttle
   */
  public Future<Session> login(String userId, String password, String address) {
    long waitSeconds = throttle.waitSeconds(userId, address);
    if (waitSeconds > 0) {
      return Future.failedFuture(new LoginRefused(waitSeconds));
    }
    throttle.begin(userId, address);
    return store
        .users()
        .credentials(userId)
        .compose(
            stored ->
                passwords
                    .matches(password, stored.map(Credentials::passwordHash).orElse(""))
                    .compose(
                        right -> {
                          User user = directory.user(userId);
                          if (!right
                              || user == null
                              || user.credentialsVersion() != stored.get().version()) {
                            return Future.failedFuture(new LoginRefused(0));
                          }
                          throttle.succeeded(userId, address);
                          return Future.succeededFuture(session(user));
                        }));
  }

  /** Who the token speaks for; empty if it isn't ours, has expired or was overtaken. */
  public Future<Optional<Access>> authenticate(String token) {
    return tokens
        .authenticate(new TokenCredentials(token))
        .map(verified -> access(verified.principal()))
        .otherwise(Optional.empty());
  }

  /** The slow hash under which a password is stored. */
  public Future<String> hashPassword(String password) {
    return passwords.hash(password);
  }

  private Optional<Access> access(JsonObject claims) {
    String userId = claims.getString("sub");
    User user = userId == null ? null : directory.user(userId);
    boolean holds =
        user != null
            && claims.getValue(VERSION_CLAIM) instanceof Number version
            && version.longValue() == user.credentialsVersion()
            && user.role().code().equals(claims.getString(ROLE_CLAIM));
    return holds ? Optional.of(new Access(directory, user)) : Optional.empty();
  }

  private Session session(User user) {
    long expiresMs = clockMs.getAsLong() + sessionLifetime.toMillis();
    String token =
        tokens.generateToken(
            new JsonObject()
                .put("sub", user.id())
                .put(ROLE_CLAIM, user.role().code())
                .put(VERSION_CLAIM, user.credentialsVersion())
                .put("exp", expiresMs / 1_000),
            new JWTOptions().setAlgorithm(ALGORITHM));
    return new Session(token, expiresMs / 1_000 * 1_000, user);
  }
}
