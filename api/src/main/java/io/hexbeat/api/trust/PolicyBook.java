package io.hexbeat.api.trust;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.AuditLog;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.EditLanes;
import io.hexbeat.api.store.Times;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The trust policy of this installation, in PostgreSQL and in memory. Any thread; edits follow each
 * other. An edit is committed, then every shard adopts it at one place in its order, then it is
 * answered. Earlier versions stay, so that what a verdict was weighed by can be looked up.
 */
public final class PolicyBook {
  private static final int WAITING_EDITS_MAX = 20;
  private static final String LANE = "trust-policy";

  private final Pool pool;
  private final TrustPolicy defaults;
  private final EditLanes lanes = new EditLanes(WAITING_EDITS_MAX);

  /** Set once, before the first edit. */
  private volatile Function<TrustPolicy, Future<Void>> adopt =
      policy -> Future.failedFuture(new IllegalStateException("no shards are there yet"));

  /** Written by the edit whose turn it is, read by any thread. */
  private volatile Stored current;

  private record Stored(TrustPolicy policy, @Nullable String editedAt, @Nullable String editedBy) {}

  private PolicyBook(Pool pool, TrustPolicy defaults, Stored current) {
    this.pool = pool;
    this.defaults = defaults;
    this.current = current;
  }

  /**
   * Reads the newest.
   *
   * @param defaults of the settings: version 0, and what an edit leaves unsaid
   */
  public static Future<PolicyBook> open(Database database, TrustPolicy defaults) {
    return database
        .pool()
        .query(
            "select version, policy, edited_at, edited_by from trust_policy"
                + " order by version desc limit 1")
        .execute()
        .map(
            rows -> {
              Stored newest =
                  rows.size() == 0
                      ? new Stored(defaults, null, null)
                      : stored(rows.iterator().next(), defaults);
              return new PolicyBook(database.pool(), defaults, newest);
            });
  }

  /** Who weighs by it from each edit on; completes when all do. */
  public void adoptedBy(Function<TrustPolicy, Future<Void>> shards) {
    this.adopt = shards;
  }

  /** In force. */
  public TrustPolicy policy() {
    return current.policy();
  }

  /** In force, with the range of each field. */
  public JsonObject json() {
    Stored now = current;
    JsonObject json = PolicyJson.whole(now.policy(), defaults);
    if (now.editedAt() != null) {
      json.put("edited_at", now.editedAt()).put("edited_by", now.editedBy());
    }
    return json;
  }

  /**
   * Replaces it; what the body leaves out is at its default from then on.
   *
   * @param expected the version that the editor has seen; another one in force is refused with
   *     {@link StaleVersion}
   */
  public Future<JsonObject> put(Actor actor, long expected, JsonObject body) {
    return lanes.submit(
        Set.of(LANE),
        () -> {
          TrustPolicy before = current.policy();
          if (before.version() != expected) {
            return Future.failedFuture(new StaleVersion(before.version()));
          }
          TrustPolicy next = PolicyJson.read(before.version() + 1, body, defaults);
          return store(actor, before, next)
              .compose(
                  stored -> {
                    current = stored;
                    return adopt.apply(next);
                  })
              .map(adopted -> json());
        });
  }

  private Future<Stored> store(Actor actor, TrustPolicy before, TrustPolicy next) {
    JsonObject said = PolicyJson.differences(next, defaults);
    String by = actor.userId() == null ? "" : actor.userId();
    return pool.withTransaction(
        connection ->
            connection
                .preparedQuery(
                    "insert into trust_policy (version, policy, edited_by) values ($1, $2, $3)"
                        + " returning version, policy, edited_at, edited_by")
                .execute(Tuple.of((int) next.version(), said, by))
                .map(rows -> stored(rows.iterator().next(), defaults))
                .compose(
                    stored ->
                        AuditLog.changed(
                                connection,
                                actor,
                                "trust_policy.put",
                                "trust_policy:" + next.version(),
                                PolicyJson.differences(before, defaults),
                                said)
                            .map(stored)));
  }

  private static Stored stored(Row row, TrustPolicy defaults) {
    return new Stored(
        PolicyJson.read(row.getInteger("version"), row.getJsonObject("policy"), defaults),
        Times.iso(row.getOffsetDateTime("edited_at")),
        row.getString("edited_by"));
  }
}
