package io.hexbeat.api.auth;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.User;
import io.hexbeat.api.store.Role;
import io.hexbeat.api.store.Session;
import io.hexbeat.api.store.SessionBook;
import io.hexbeat.api.store.SessionBook.Opened;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.store.UserBook;
import io.hexbeat.api.store.UserBook.Credentials;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a name and a password into a session, and a token into an {@link Access}. Any thread; a
 * token is looked up in memory, without SQL. Wrong names and wrong passwords get the same answer
 * after the same work: a slow hash, and a row in the audit log. Too many of them are held back
 * unlooked at.
 */
public final class Authenticator {
  /** The user that the first start creates. */
  public static final String FIRST_ADMIN = "admin";

  private static final int GIVEN_PASSWORD_BYTES = 12;
  private static final long BUSY_RETRY_S = 5;

  /** Logins looked at at a time: some seconds of work at the usual cost. */
  private static final int CHECKS_MAX = 32;

  private final Store store;
  private final Directory directory;
  private final SessionBook sessions;
  private final Passwords passwords;
  private final LoginThrottle throttle;
  private final LoginStats stats = new LoginStats();
  private final AtomicInteger checks = new AtomicInteger();

  public Authenticator(Store store, SessionBook sessions, Passwords passwords) {
    this(store, sessions, passwords, System::currentTimeMillis);
  }

  Authenticator(Store store, SessionBook sessions, Passwords passwords, LongSupplier clockMs) {
    this.store = store;
    this.directory = store.directory();
    this.sessions = sessions;
    this.passwords = passwords;
    this.throttle = new LoginThrottle(clockMs);
  }

  /** The sessions that it opens and looks up. */
  public SessionBook sessions() {
    return sessions;
  }

  public LoginStats stats() {
    return stats;
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
                store
                    .users()
                    .create(
                        Actor.SERVER, new UserBook.Edit(FIRST_ADMIN, null, Role.ADMIN, null), hash))
        .map(created -> wanted == null ? Optional.of(password) : Optional.empty());
  }

  /**
   * Checks a name and a password.
   *
   * @param from where the request came from
   * @param agent what the client calls itself, or null
   */
  public Future<Opened> login(String userId, String password, Actor from, @Nullable String agent) {
    String address = String.valueOf(from.address());
    long waitSeconds = throttle.waitSeconds(userId, address);
    if (waitSeconds > 0) {
      stats.throttled.increment();
      LoginRefused refused = LoginRefused.throttled(waitSeconds);
      return throttle.isNews(userId, address)
          ? refused(from, "login.throttled", userId, refused)
          : Future.failedFuture(refused);
    }
    if (checks.incrementAndGet() > CHECKS_MAX) {
      checks.decrementAndGet();
      stats.busy.increment();
      return Future.failedFuture(LoginRefused.busy(BUSY_RETRY_S));
    }
    throttle.begin(userId, address);
    return check(userId, password, from, agent)
        .onComplete(done -> checks.decrementAndGet())
        .compose(
            opened -> {
              if (opened.isEmpty()) {
                stats.wrong.increment();
                return refused(from, "login.refused", userId, LoginRefused.wrong());
              }
              stats.accepted.increment();
              throttle.succeeded(userId, address);
              return Future.succeededFuture(opened.get());
            });
  }

  /** Empty if name or password is wrong; as much work either way. */
  private Future<Optional<Opened>> check(
      String userId, String password, Actor from, @Nullable String agent) {
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
                          return right
                                  && user != null
                                  && user.credentialsVersion() == stored.get().version()
                              ? sessions.start(user, from, agent)
                              : Future.succeededFuture(Optional.empty());
                        }));
  }

  /** Who the token speaks for; empty if it isn't ours, has expired or was revoked. */
  public Future<Optional<Access>> authenticate(String token) {
    Session session = sessions.use(token);
    User user = session == null ? null : directory.user(session.userId());
    return Future.succeededFuture(
        user == null || user.credentialsVersion() != session.version()
            ? Optional.empty()
            : Optional.of(new Access(directory, user, session)));
  }

  /** The slow hash under which a password is stored. */
  public Future<String> hashPassword(String password) {
    return passwords.hash(password);
  }

  /** A name that nobody has is not told: people type passwords where names belong. */
  private Future<Opened> refused(Actor from, String action, String userId, LoginRefused refused) {
    String known = directory.user(userId) == null ? null : userId;
    return store.audit().login(from, action, known).transform(told -> Future.failedFuture(refused));
  }
}
