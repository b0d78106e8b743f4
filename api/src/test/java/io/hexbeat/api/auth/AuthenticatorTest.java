package io.hexbeat.api.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.ingest.DeviceRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {
  private static final String ADDRESS = "127.0.0.1";

  private final Vertx vertx = Vertx.vertx();
  private Database database;
  private Store store;
  private long nowMs = System.currentTimeMillis();

  @BeforeEach
  void open() throws Exception {
    database = TestDatabase.open(vertx);
    store = get(Store.open(database, ZoneOffset.UTC, new DeviceRegistry()));
  }

  @AfterEach
  void close() throws Exception {
    get(database.close());
    get(vertx.close());
  }

  private Authenticator authenticator() throws Exception {
    return get(
        Authenticator.open(
            vertx, store, new Passwords(vertx, 4), Duration.ofHours(12), () -> nowMs));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void shouldMakeUpAPasswordForTheFirstAdminAndTellItOnce() throws Exception {
    Authenticator authenticator = authenticator();
    Optional<String> password = get(authenticator.createFirstAdmin(null));
    assertTrue(password.orElseThrow().length() >= 16);
    assertEquals("admin", get(authenticator.login("admin", password.get(), ADDRESS)).user().id());
    assertEquals(Optional.empty(), get(authenticator.createFirstAdmin(null)));
    assertEquals(Optional.empty(), get(authenticator.createFirstAdmin("another password")));
  }

  @Test
  void shouldRefuseATokenThatHasExpired() throws Exception {
    nowMs = System.currentTimeMillis() - Duration.ofHours(13).toMillis();
    Authenticator authenticator = authenticator();
    get(authenticator.createFirstAdmin("a good password"));
    String expired = get(authenticator.login("admin", "a good password", ADDRESS)).token();
    assertEquals(Optional.empty(), get(authenticator.authenticate(expired)));
    nowMs = System.currentTimeMillis();
    String fresh = get(authenticator.login("admin", "a good password", ADDRESS)).token();
    assertTrue(get(authenticator.authenticate(fresh)).isPresent());
  }

  @Test
  void shouldRefuseATokenSignedByAnotherServer() throws Exception {
    Authenticator ours = authenticator();
    get(ours.createFirstAdmin("a good password"));
    Database elsewhere = TestDatabase.open(vertx);
    store = get(Store.open(elsewhere, ZoneOffset.UTC, new DeviceRegistry()));
    Authenticator theirs = authenticator();
    get(theirs.createFirstAdmin("a good password"));
    String token = get(theirs.login("admin", "a good password", ADDRESS)).token();
    assertEquals(Optional.empty(), get(ours.authenticate(token)));
    get(elsewhere.close());
  }

  @Test
  void shouldRefuseWhatIsNoToken() throws Exception {
    Authenticator authenticator = authenticator();
    for (String token : new String[] {"", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."}) {
      assertEquals(Optional.empty(), get(authenticator.authenticate(token)), token);
    }
  }

  @Test
  void shouldShowNeitherPasswordNorTokenWhenPrinted() throws Exception {
    Authenticator authenticator = authenticator();
    get(authenticator.createFirstAdmin("a good password"));
    Authenticator.Session session = get(authenticator.login("admin", "a good password", ADDRESS));
    assertFalse(session.toString().contains(session.token()));
    ExecutionException refused =
        assertThrows(
            ExecutionException.class,
            () -> get(authenticator.login("admin", "a bad password", ADDRESS)));
    assertFalse(refused.toString().contains("a bad password"));
  }
}
