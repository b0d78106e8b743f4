package io.hexbeat.api.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.Directory.User;
import io.hexbeat.api.store.Role;
import io.hexbeat.api.store.Session;
import io.hexbeat.api.store.SessionBook;
import io.hexbeat.api.store.SessionBook.Opened;
import io.hexbeat.api.store.SessionLimits;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.api.store.UserBook;
import io.hexbeat.ingest.DeviceRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {
  private static final Actor HERE = new Actor(null, null, null, "127.0.0.1", "r-1");
  private static final SessionLimits LIMITS =
      new SessionLimits(Duration.ofHours(12), Duration.ofHours(2), 3);

  private final Vertx vertx = Vertx.vertx();
  private Database database;
  private Store store;
  private SessionBook sessions;
  private Authenticator authenticator;
  private long nowMs = System.currentTimeMillis();

  @BeforeEach
  void open() throws Exception {
    database = TestDatabase.open(vertx);
    restart();
  }

  private void restart() throws Exception {
    if (sessions != null) {
      sessions.close();
    }
    store = get(Store.open(vertx, database, ZoneOffset.UTC, new DeviceRegistry()));
    sessions = get(SessionBook.open(vertx, database, store.directory(), LIMITS, () -> nowMs));
    authenticator = new Authenticator(store, sessions, new Passwords(vertx, 4), () -> nowMs);
  }

  @AfterEach
  void close() throws Exception {
    sessions.close();
    get(database.close());
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Opened login() throws Exception {
    get(authenticator.createFirstAdmin("a good password"));
    return get(authenticator.login("admin", "a good password", HERE, "a browser"));
  }

  private Optional<Access> access(Opened opened) throws Exception {
    return get(authenticator.authenticate(opened.token()));
  }

  private LoginRefused refusal(String user, String password) {
    ExecutionException refused =
        assertThrows(
            ExecutionException.class, () -> get(authenticator.login(user, password, HERE, null)));
    return (LoginRefused) refused.getCause();
  }

  @Test
  void shouldMakeUpAPasswordForTheFirstAdminAndTellItOnce() throws Exception {
    Optional<String> password = get(authenticator.createFirstAdmin(null));
    assertTrue(password.orElseThrow().length() >= 16);
    Opened opened = get(authenticator.login("admin", password.get(), HERE, null));
    assertEquals("admin", opened.session().userId());
    assertEquals(Optional.empty(), get(authenticator.createFirstAdmin(null)));
    assertEquals(Optional.empty(), get(authenticator.createFirstAdmin("another password")));
  }

  @Test
  void shouldRefuseATokenThatHasExpiredHoweverMuchItWasUsed() throws Exception {
    Opened opened = login();
    for (int hour = 0; hour < 11; hour++) {
      nowMs += Duration.ofHours(1).toMillis();
      assertTrue(access(opened).isPresent());
    }
    nowMs += Duration.ofHours(1).toMillis();
    assertEquals(Optional.empty(), access(opened));
  }

  @Test
  void shouldRefuseATokenThatLayIdle() throws Exception {
    Opened opened = login();
    nowMs += Duration.ofHours(2).toMillis() - 1;
    assertTrue(access(opened).isPresent());
    nowMs += Duration.ofHours(2).toMillis();
    assertEquals(Optional.empty(), access(opened));
    assertEquals(List.of(), sessions.ofUser("admin"));
  }

  @Test
  void shouldKeepSessionsOverARestartAndForgetThoseThatRanOut() throws Exception {
    Opened old = login();
    nowMs += Duration.ofHours(1).toMillis();
    Opened young = login();
    restart();
    assertTrue(access(old).isPresent());
    restart(); // the first use was not stored yet
    nowMs += Duration.ofHours(1).toMillis();
    restart();
    assertEquals(Optional.empty(), access(old));
    assertTrue(access(young).isPresent());
    assertEquals(1, sessions.size());
  }

  @Test
  void shouldEndSessionsAndTellWhoListens() throws Exception {
    Opened mine = login();
    Opened other = login();
    Access access = access(mine).orElseThrow();
    List<String> told = new ArrayList<>();
    access.onEnd(() -> told.add("mine"));
    get(sessions.end(HERE, "admin", session -> session == mine.session()));
    assertEquals(List.of("mine"), told);
    assertFalse(access.current());
    assertEquals(Optional.empty(), access(mine));
    assertTrue(access(other).isPresent());
    access.onEnd(() -> told.add("late"));
    assertEquals(List.of("mine", "late"), told);
    restart();
    assertEquals(Optional.empty(), access(mine));
  }

  @Test
  void shouldEndSessionsWithThePasswordTheRoleAndTheAccount() throws Exception {
    get(authenticator.createFirstAdmin("a good password"));
    String hash = get(authenticator.hashPassword("her password"));
    get(store.users().create(HERE, new UserBook.Edit("mia", null, Role.MANAGER, null), hash));
    Opened first = get(authenticator.login("mia", "her password", HERE, null));
    get(store.users().update(HERE, new UserBook.Edit("mia", "Mia", Role.MANAGER, null), null));
    assertTrue(access(first).isPresent(), "a new name ends nothing");
    get(store.users().update(HERE, new UserBook.Edit("mia", "Mia", Role.MANAGER, null), hash));
    assertTrue(first.session().ended());
    Opened second = get(authenticator.login("mia", "her password", HERE, null));
    get(store.users().update(HERE, new UserBook.Edit("mia", "Mia", Role.ADMIN, null), null));
    assertTrue(second.session().ended());
    Opened third = get(authenticator.login("mia", "her password", HERE, null));
    get(store.users().delete(HERE, "mia"));
    assertTrue(third.session().ended());
    assertEquals(0, sessions.size());
    restart();
    assertEquals(0, sessions.size());
  }

  @Test
  void shouldNotOpenASessionOnAPasswordThatWasJustChanged() throws Exception {
    login();
    User before = store.directory().user("admin");
    String hash = get(authenticator.hashPassword("another password"));
    get(store.users().update(HERE, new UserBook.Edit("admin", null, Role.ADMIN, null), hash));
    assertEquals(Optional.empty(), get(sessions.start(before, HERE, null)));
  }

  @Test
  void shouldEndTheSessionUsedLongestAgoWhenAUserHasTooMany() throws Exception {
    Opened first = login();
    nowMs++;
    Opened second = login();
    nowMs++;
    Opened third = login();
    nowMs++;
    access(first);
    nowMs++;
    login();
    assertTrue(second.session().ended());
    assertFalse(first.session().ended());
    assertFalse(third.session().ended());
    assertEquals(3, sessions.ofUser("admin").size());
  }

  @Test
  void shouldRefuseATokenOfAnotherServer() throws Exception {
    Opened ours = login();
    get(database.close());
    database = TestDatabase.open(vertx);
    restart();
    get(authenticator.createFirstAdmin("a good password"));
    assertEquals(Optional.empty(), access(ours));
  }

  @Test
  void shouldRefuseWhatIsNoToken() throws Exception {
    for (String token : new String[] {"", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."}) {
      assertEquals(Optional.empty(), get(authenticator.authenticate(token)), token);
    }
  }

  @Test
  void shouldAnswerAnUnknownUserAsItAnswersAWrongPassword() throws Exception {
    login();
    LoginRefused unknown = refusal("nobody", "a bad password");
    LoginRefused wrong = refusal("admin", "a bad password");
    assertEquals(wrong.getMessage(), unknown.getMessage());
    assertEquals(wrong.kind(), unknown.kind());
    assertEquals(2, authenticator.stats().wrong.sum());
  }

  @Test
  void shouldWorkAsLongForAnUnknownUserAsForAWrongPassword() throws Exception {
    login();
    Passwords slow = new Passwords(vertx, 10);
    String hash = get(slow.hash("a good password"));
    long unknownNs = Long.MAX_VALUE;
    long wrongNs = Long.MAX_VALUE;
    double ratio = 0;
    // The shortest of some: other work on the machine only makes it longer.
    for (int i = 0; i < 3 || (i < 40 && (ratio < 0.7 || ratio > 1.4)); i++) {
      unknownNs = Math.min(unknownNs, nsOf(slow, ""));
      wrongNs = Math.min(wrongNs, nsOf(slow, hash));
      ratio = (double) unknownNs / wrongNs;
    }
    assertTrue(ratio >= 0.7 && ratio <= 1.4, "ratio=" + ratio);
  }

  private static long nsOf(Passwords passwords, String hash) throws Exception {
    long startNs = System.nanoTime();
    assertFalse(get(passwords.matches("a bad password", hash)));
    return System.nanoTime() - startNs;
  }

  @Test
  void shouldHoldUnknownUsersBackAsItHoldsBackKnownOnes() throws Exception {
    login();
    for (String user : List.of("nobody", "admin")) {
      for (int i = 0; i < 5; i++) {
        assertEquals(LoginRefused.Kind.WRONG, refusal(user, "a bad password").kind());
      }
      LoginRefused refused = refusal(user, "a good password");
      assertEquals(LoginRefused.Kind.THROTTLED, refused.kind());
      assertEquals(60, refused.waitSeconds());
    }
    assertEquals(2, authenticator.stats().throttled.sum());
  }

  @Test
  void shouldSendLoginsAwayBeyondWhatItCanCheck() throws Exception {
    login();
    List<Future<?>> flood = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Actor somewhere = new Actor(null, null, null, "10.0." + i / 250 + "." + i % 250, "r-1");
      flood.add(authenticator.login("user-" + i, "a guess", somewhere, null).otherwiseEmpty());
    }
    get(Future.join(flood));
    LoginStats stats = authenticator.stats();
    assertTrue(stats.busy.sum() > 0 && stats.wrong.sum() >= 32, "busy=" + stats.busy.sum());
    assertEquals(500, stats.busy.sum() + stats.wrong.sum());
    assertEquals("admin", login().session().userId());
  }

  @Test
  void shouldShowNeitherPasswordNorTokenWhenPrinted() throws Exception {
    Opened opened = login();
    assertFalse(opened.toString().contains(opened.token()));
    Session session = opened.session();
    assertFalse(session.toString().contains(opened.token()));
    assertFalse(refusal("admin", "a bad password").toString().contains("a bad password"));
  }
}
