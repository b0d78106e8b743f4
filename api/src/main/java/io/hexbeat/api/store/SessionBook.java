package io.hexbeat.api.store;

import io.hexbeat.api.store.Directory.User;
import io.hexbeat.ingest.DeviceRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logins that hold, in PostgreSQL and in memory. Any thread; a token is looked up in memory, so
 * that sessions go on while PostgreSQL is away. A session ends when it is revoked, has expired, lay
 * idle, its account was deleted, or its account's password or role changed; whoever listens to it
 * is told at that moment. When it was last used is stored twice a minute, so a restart may take up
 * to half a minute from it.
 */
public final class SessionBook implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SessionBook.class);
  private static final long SWEEP_MS = 30_000;
  private static final int TOKEN_LETTERS = 32;
  private static final int ID_LETTERS = 16;
  private static final int AGENT_MAX_CHARS = 200;

  private final Vertx vertx;
  private final Pool pool;
  private final Directory directory;
  private final SessionLimits limits;
  private final LongSupplier clockMs;
  private final Map<String, Session> byHash = new ConcurrentHashMap<>();
  private long timer;

  /**
   * A session that was opened just now.
   *
   * @param token the only time that it is in the clear
   */
  public record Opened(Session session, String token) {
    @Override
    public String toString() {
      return "Opened[" + session + "]";
    }
  }

  private SessionBook(
      Vertx vertx, Pool pool, Directory directory, SessionLimits limits, LongSupplier clockMs) {
    this.vertx = vertx;
    this.pool = pool;
    this.directory = directory;
    this.limits = limits;
    this.clockMs = clockMs;
  }

  /** Reads the sessions that still hold and begins to look after them. */
  public static Future<SessionBook> open(
      Vertx vertx,
      Database database,
      Directory directory,
      SessionLimits limits,
      LongSupplier clockMs) {
    SessionBook book = new SessionBook(vertx, database.pool(), directory, limits, clockMs);
    directory.onCredentialsChanged(userId -> book.endInMemory(book.ofUser(userId)));
    return book.pool
        .query(
            "select id, token_hash, user_id, version, created_at, seen_at, expires_at, address,"
                + " agent from sessions")
        .execute()
        .compose(
            rows -> {
              rows.forEach(row -> book.adopt(session(row)));
              return book.sweep();
            })
        .map(
            swept -> {
              book.timer = vertx.setPeriodic(SWEEP_MS, id -> book.sweep());
              return book;
            });
  }

  /**
   * Opens a session; empty if the account is not any more what its password was checked against.
   *
   * @param from where the login came from
   * @param agent what the client calls itself, or null
   */
  public Future<Optional<Opened>> start(User user, Actor from, @Nullable String agent) {
    String token = "hbs_" + DeviceBook.letters(TOKEN_LETTERS);
    long nowMs = clockMs.getAsLong();
    Session session =
        new Session(
            "s-" + DeviceBook.letters(ID_LETTERS),
            DeviceRegistry.hash(token),
            user.id(),
            user.credentialsVersion(),
            nowMs,
            nowMs,
            nowMs + limits.lifetime().toMillis(),
            String.valueOf(from.address()),
            agent == null
                ? null
                : agent.substring(0, Math.min(agent.length(), AGENT_MAX_CHARS)).replace('\0', ' '));
    Actor actor = new Actor(user.id(), user.role(), session.id(), from.address(), from.requestId());
    List<Session> surplus = surplus(user.id());
    return pool.withTransaction(
            connection ->
                insert(connection, session)
                    .compose(
                        stored ->
                            stored
                                ? delete(connection, surplus)
                                    .compose(
                                        deleted ->
                                            AuditLog.happened(
                                                connection,
                                                actor,
                                                "login",
                                                "user:" + user.id(),
                                                new JsonObject()))
                                    .map(true)
                                : Future.succeededFuture(false)))
        .map(
            stored -> {
              if (!stored) {
                return Optional.empty();
              }
              endInMemory(surplus);
              adopt(session);
              return Optional.of(new Opened(session, token));
            });
  }

  /** The session of a token, which is used by that; null if there is none or it has run out. */
  public @Nullable Session use(String token) {
    Session session = byHash.get(DeviceRegistry.hash(token));
    long nowMs = clockMs.getAsLong();
    if (session == null || hasRunOut(session, nowMs)) {
      return null;
    }
    session.seen(nowMs);
    return session;
  }

  /** A user's, the one used last first. */
  public List<Session> ofUser(String userId) {
    long nowMs = clockMs.getAsLong();
    return byHash.values().stream()
        .filter(session -> session.userId().equals(userId) && !hasRunOut(session, nowMs))
        .sorted(Comparator.comparingLong(Session::seenMs).reversed().thenComparing(Session::id))
        .toList();
  }

  /** When it ends if it isn't used again. */
  public long endsMs(Session session) {
    return Math.min(session.expiresMs(), session.seenMs() + limits.idle().toMillis());
  }

  public int size() {
    return byHash.size();
  }

  /** From when this is done the sessions' tokens are refused and their sockets are closing. */
  public Future<Void> end(Actor actor, String userId, Predicate<Session> which) {
    List<Session> gone = ofUser(userId).stream().filter(which).toList();
    if (gone.isEmpty()) {
      return Future.succeededFuture();
    }
    return pool.withTransaction(
            connection ->
                delete(connection, gone)
                    .compose(
                        deleted ->
                            AuditLog.happened(
                                connection,
                                actor,
                                "session.end",
                                "user:" + userId,
                                new JsonObject()
                                    .put("sessions", gone.stream().map(Session::id).toList()))))
        .map(
            done -> {
              endInMemory(gone);
              return null;
            });
  }

  /** Stops looking after them; they go on after the next start. */
  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }

  /** Ends what has run out and stores when the others were used. Fails never. */
  Future<Void> sweep() {
    long nowMs = clockMs.getAsLong();
    List<Session> gone = new ArrayList<>();
    List<Session> news = new ArrayList<>();
    for (Session session : byHash.values()) {
      if (hasRunOut(session, nowMs) || !hasItsAccount(session)) {
        gone.add(session);
      } else if (session.seenIsNews()) {
        news.add(session);
      }
    }
    endInMemory(gone);
    return delete(pool, gone)
        .compose(deleted -> storeSeen(news))
        .recover(
            failure -> {
              LOG.warn("sessions could not be stored: {}", failure.toString());
              return Future.succeededFuture();
            });
  }

  private Future<Void> storeSeen(List<Session> news) {
    if (news.isEmpty()) {
      return Future.succeededFuture();
    }
    Long[] seenMs = news.stream().map(Session::seenMs).toArray(Long[]::new);
    return pool.preparedQuery(
            "update sessions s set seen_at = to_timestamp(n.seen_ms / 1000.0)"
                + " from unnest($1::text[], $2::bigint[]) as n (id, seen_ms) where s.id = n.id")
        .execute(Tuple.tuple().addArrayOfString(ids(news)).addArrayOfLong(seenMs))
        .map(
            rows -> {
              for (int i = 0; i < seenMs.length; i++) {
                news.get(i).markStored(seenMs[i]);
              }
              return null;
            });
  }

  private boolean hasRunOut(Session session, long nowMs) {
    return nowMs >= endsMs(session);
  }

  private boolean hasItsAccount(Session session) {
    User user = directory.user(session.userId());
    return user != null && user.credentialsVersion() == session.version();
  }

  /** Those that must go so that there is room for one more. */
  private List<Session> surplus(String userId) {
    List<Session> mine = ofUser(userId);
    return mine.subList(Math.min(mine.size(), limits.perUser() - 1), mine.size());
  }

  private void adopt(Session session) {
    byHash.put(session.tokenHash(), session);
  }

  private void endInMemory(List<Session> gone) {
    for (Session session : gone) {
      byHash.remove(session.tokenHash());
      session.end();
    }
  }

  private static Future<Boolean> insert(SqlConnection connection, Session session) {
    return connection
        .preparedQuery(
            "insert into sessions (id, token_hash, user_id, version, created_at, seen_at,"
                + " expires_at, address, agent)"
                + " select $1, $2, id, credentials_version, $5, $5, $6, $7, $8"
                + " from users where id = $3 and credentials_version = $4")
        .execute(
            Tuple.of(
                session.id(),
                session.tokenHash(),
                session.userId(),
                session.version(),
                at(session.createdMs()),
                at(session.expiresMs()),
                session.address(),
                session.agent()))
        .map(rows -> rows.rowCount() == 1);
  }

  private static Future<Void> delete(SqlClient client, List<Session> gone) {
    return gone.isEmpty()
        ? Future.succeededFuture()
        : client
            .preparedQuery("delete from sessions where id = any($1)")
            .execute(Tuple.tuple().addArrayOfString(ids(gone)))
            .mapEmpty();
  }

  private static String[] ids(List<Session> sessions) {
    return sessions.stream().map(Session::id).toArray(String[]::new);
  }

  private static OffsetDateTime at(long timeMs) {
    return Instant.ofEpochMilli(timeMs).atOffset(ZoneOffset.UTC);
  }

  private static long ms(Row row, String column) {
    return row.getOffsetDateTime(column).toInstant().toEpochMilli();
  }

  private static Session session(Row row) {
    return new Session(
        row.getString("id"),
        row.getString("token_hash"),
        row.getString("user_id"),
        row.getLong("version"),
        ms(row, "created_at"),
        ms(row, "seen_at"),
        ms(row, "expires_at"),
        row.getString("address"),
        row.getString("agent"));
  }
}
