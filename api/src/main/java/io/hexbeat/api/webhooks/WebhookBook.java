package io.hexbeat.api.webhooks;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.AuditLog;
import io.hexbeat.api.store.Refusal;
import io.hexbeat.api.store.SigningSecrets;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * All webhooks, in memory and in PostgreSQL. Any thread. Edits are one transaction with their row
 * of the audit log, which holds no secret; memory follows the commit. At most {@code
 * webhook.max_hooks}. Secrets are made of the server's key and a salt, so that neither a dump of
 * PostgreSQL nor the key file alone tells one.
 */
public final class WebhookBook {
  private static final String SECRET_PREFIX = "whsec_";

  private final Pool pool;
  private final SigningSecrets secrets;
  private final Outbox outbox;
  private final WebhookConfig config;
  private final Clock clock;
  private final ConcurrentSkipListMap<String, Webhook> hooks = new ConcurrentSkipListMap<>();

  /** A webhook, and the secret that is shown this once. */
  public record Secret(Webhook webhook, String secret) {}

  private WebhookBook(
      Pool pool, SigningSecrets secrets, Outbox outbox, WebhookConfig config, Clock clock) {
    this.pool = pool;
    this.secrets = secrets;
    this.outbox = outbox;
    this.config = config;
    this.clock = clock;
  }

  /** Reads what there is. */
  public static Future<WebhookBook> open(
      Pool pool, SigningSecrets secrets, Outbox outbox, WebhookConfig config, Clock clock) {
    WebhookBook book = new WebhookBook(pool, secrets, outbox, config, clock);
    return pool.query("select " + Webhook.COLUMNS + " from webhooks")
        .execute()
        .map(
            rows -> {
              rows.forEach(
                  row -> {
                    Webhook hook = Webhook.of(row);
                    book.hooks.put(hook.id(), hook);
                  });
              book.changed();
              return book;
            });
  }

  /** By id, in order. */
  public Collection<Webhook> all() {
    return Collections.unmodifiableCollection(hooks.values());
  }

  /** Fails with a {@link Refusal} if there is none. */
  public Webhook get(String id) {
    Webhook hook = hooks.get(id);
    if (hook == null) {
      throw Refusal.notFound("webhook", id);
    }
    return hook;
  }

  @Nullable Webhook find(String id) {
    return hooks.get(id);
  }

  public Future<Secret> create(
      Actor actor, String url, @Nullable String description, List<String> events, boolean active) {
    TargetGuard.check(url, config);
    if (hooks.size() >= config.maxHooks()) {
      throw Refusal.conflict("There are " + hooks.size() + " webhooks; no more are allowed.");
    }
    Webhook hook =
        new Webhook(
            "wh-" + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36),
            url,
            description,
            events,
            active,
            SigningSecrets.newSalt(),
            null,
            0,
            clock.millis());
    return store(actor, "webhook.create", null, hook).map(new Secret(hook, text(hook.salt())));
  }

  public Future<Webhook> put(
      Actor actor,
      String id,
      String url,
      @Nullable String description,
      List<String> events,
      boolean active) {
    TargetGuard.check(url, config);
    Webhook before = get(id);
    Webhook after =
        new Webhook(
            id,
            url,
            description,
            events,
            active,
            before.salt(),
            before.earlierSalt(),
            before.earlierUntilMs(),
            before.createdMs());
    return store(actor, "webhook.put", before, after).map(after);
  }

  /** Another secret; the one before signs as well for {@code webhook.secret_overlap}. */
  public Future<Secret> rotate(Actor actor, String id) {
    Webhook before = get(id);
    Webhook after =
        new Webhook(
            id,
            before.url(),
            before.description(),
            before.events(),
            before.active(),
            SigningSecrets.newSalt(),
            before.salt(),
            clock.millis() + config.secretOverlap().toMillis(),
            before.createdMs());
    return store(actor, "webhook.rotate", before, after).map(new Secret(after, text(after.salt())));
  }

  /** What it hasn't been told is forgotten with it. */
  public Future<Void> delete(Actor actor, String id) {
    Webhook before = get(id);
    return pool.withTransaction(
            connection ->
                connection
                    .preparedQuery("delete from webhooks where id = $1")
                    .execute(Tuple.of(id))
                    .compose(v -> audit(connection, actor, "webhook.delete", before, null)))
        .map(
            v -> {
              hooks.remove(id);
              changed();
              return null;
            });
  }

  /** The keys that sign at the moment, the newest first. */
  List<byte[]> keys(Webhook hook) {
    List<byte[]> keys = new ArrayList<>(2);
    keys.add(key(hook.salt()));
    String earlier = hook.earlierSalt();
    if (earlier != null && clock.millis() < hook.earlierUntilMs()) {
      keys.add(key(earlier));
    }
    return keys;
  }

  private Future<Void> store(Actor actor, String action, @Nullable Webhook before, Webhook after) {
    return pool.withTransaction(
            connection ->
                connection
                    .preparedQuery(
                        "insert into webhooks ("
                            + Webhook.COLUMNS
                            + ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do"
                            + " update set url = $2, description = $3, events = $4, active = $5,"
                            + " salt = $6, earlier_salt = $7, earlier_until_ms = $8")
                    .execute(
                        Tuple.tuple()
                            .addString(after.id())
                            .addString(after.url())
                            .addString(after.description())
                            .addArrayOfString(after.events().toArray(String[]::new))
                            .addBoolean(after.active())
                            .addString(after.salt())
                            .addString(after.earlierSalt())
                            .addLong(after.earlierSalt() == null ? null : after.earlierUntilMs())
                            .addLong(after.createdMs()))
                    .compose(v -> audit(connection, actor, action, before, after)))
        .map(
            v -> {
              hooks.put(after.id(), after);
              changed();
              return null;
            });
  }

  private static Future<Void> audit(
      SqlConnection connection,
      Actor actor,
      String action,
      @Nullable Webhook before,
      @Nullable Webhook after) {
    Webhook either = after == null ? before : after;
    return AuditLog.changed(
        connection,
        actor,
        action,
        "webhook:" + (either == null ? "" : either.id()),
        told(before),
        told(after));
  }

  private static @Nullable JsonObject told(@Nullable Webhook hook) {
    return hook == null ? null : hook.toJson();
  }

  private void changed() {
    TreeSet<String> wanted = new TreeSet<>();
    hooks.values().stream().filter(Webhook::active).forEach(hook -> wanted.addAll(hook.events()));
    outbox.want(wanted);
  }

  private String text(String salt) {
    return SECRET_PREFIX + Base64.getEncoder().encodeToString(key(salt));
  }

  private byte[] key(String salt) {
    return SigningSecrets.bytes(secrets.secret(salt));
  }
}
