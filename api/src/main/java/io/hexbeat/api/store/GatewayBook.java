package io.hexbeat.api.store;

import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.GatewayIdentity;
import io.hexbeat.ingest.GatewayRegistry;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The gateways that may send for devices, in PostgreSQL and in memory. Any thread; edits of one
 * gateway follow each other and commit before {@link GatewayRegistry} shows them. A token is made
 * here, given to the caller once and stored as its hash only.
 */
public final class GatewayBook {
  private static final String COLUMNS =
      "handle, id, label, devices, device_prefixes, token_hash, created_at";
  private static final int WAITING_EDITS_MAX = 100;
  private static final int TOKEN_LETTERS = 32;
  private static final int ID_LETTERS = 10;

  private final Pool pool;
  private final GatewayRegistry registry;
  private final EditLanes lanes = new EditLanes(WAITING_EDITS_MAX);
  private final ConcurrentSkipListMap<String, Gateway> gateways = new ConcurrentSkipListMap<>();

  /**
   * A gateway whose token holds.
   *
   * @param label for people, or null
   * @param tokenHash SHA-256 of its token, lower-case hex
   */
  public record Gateway(
      int handle,
      String id,
      @Nullable String label,
      List<String> devices,
      List<String> devicePrefixes,
      String tokenHash,
      long createdMs) {}

  /**
   * A gateway that was made just now.
   *
   * @param token the only time that it is in the clear
   */
  public record Made(Gateway gateway, String token) {
    @Override
    public String toString() {
      return "Made[gateway=" + gateway.handle() + "]";
    }
  }

  private GatewayBook(Pool pool, GatewayRegistry registry) {
    this.pool = pool;
    this.registry = registry;
  }

  /** Reads all that hold and tells the doors. */
  public static Future<GatewayBook> open(Database database, GatewayRegistry registry) {
    GatewayBook book = new GatewayBook(database.pool(), registry);
    return book.pool
        .query("select " + COLUMNS + " from gateways where revoked_at is null")
        .execute()
        .map(
            rows -> {
              rows.forEach(row -> book.admit(gateway(row)));
              return book;
            });
  }

  /** Those that hold, by id. */
  public NavigableMap<String, Gateway> gateways() {
    return Collections.unmodifiableNavigableMap(gateways);
  }

  /**
   * Makes a gateway. The same id again replaces what it may do and refuses the token before.
   *
   * @param id what to call it, or null for a name of ours
   */
  public Future<Made> make(
      Actor actor,
      @Nullable String id,
      @Nullable String label,
      List<String> devices,
      List<String> devicePrefixes) {
    String name = id == null ? "gw-" + DeviceBook.letters(ID_LETTERS) : id;
    String token = "hbg_" + DeviceBook.letters(TOKEN_LETTERS);
    return lanes.submit(
        Set.of(name),
        () ->
            pool.withTransaction(
                    connection ->
                        connection
                            .preparedQuery(
                                "update gateways set revoked_at = now()"
                                    + " where id = $1 and revoked_at is null")
                            .execute(Tuple.of(name))
                            .compose(
                                before ->
                                    connection
                                        .preparedQuery(
                                            "insert into gateways (id, label, devices,"
                                                + " device_prefixes, token_hash)"
                                                + " values ($1, $2, $3, $4, $5) returning "
                                                + COLUMNS)
                                        .execute(
                                            Tuple.of(
                                                name,
                                                label,
                                                devices.toArray(new String[0]),
                                                devicePrefixes.toArray(new String[0]),
                                                DeviceRegistry.hash(token))))
                            .map(rows -> gateway(rows.iterator().next()))
                            .compose(
                                made ->
                                    AuditLog.changed(
                                            connection,
                                            actor,
                                            "gateway.make",
                                            "gateway:" + name,
                                            DirectoryJson.ofNullable(gateways.get(name)),
                                            DirectoryJson.of(made))
                                        .map(made)))
                .map(
                    made -> {
                      dismiss(name);
                      admit(made);
                      return new Made(made, token);
                    }));
  }

  /** From when this is done the gateway's token is refused. */
  public Future<Void> revoke(Actor actor, String id) {
    return lanes.submit(
        Set.of(id),
        () -> {
          Gateway before = gateways.get(id);
          if (before == null) {
            return Future.failedFuture(Refusal.notFound("gateway", id));
          }
          Future<Void> revoked =
              pool.withTransaction(
                  connection ->
                      connection
                          .preparedQuery(
                              "update gateways set revoked_at = now()"
                                  + " where id = $1 and revoked_at is null")
                          .execute(Tuple.of(id))
                          .compose(
                              rows ->
                                  AuditLog.changed(
                                      connection,
                                      actor,
                                      "gateway.revoke",
                                      "gateway:" + id,
                                      DirectoryJson.of(before),
                                      null)));
          return revoked.map(
              done -> {
                dismiss(id);
                return null;
              });
        });
  }

  private void admit(Gateway gateway) {
    gateways.put(gateway.id(), gateway);
    registry.put(
        gateway.tokenHash(),
        new GatewayIdentity(
            gateway.handle(),
            gateway.id(),
            Set.copyOf(gateway.devices()),
            gateway.devicePrefixes()));
  }

  private void dismiss(String id) {
    Gateway gone = gateways.remove(id);
    if (gone != null) {
      registry.revoke(gone.tokenHash());
    }
  }

  private static Gateway gateway(Row row) {
    return new Gateway(
        row.getInteger("handle"),
        row.getString("id"),
        row.getString("label"),
        List.of(row.getArrayOfStrings("devices")),
        List.of(row.getArrayOfStrings("device_prefixes")),
        row.getString("token_hash"),
        row.getOffsetDateTime("created_at").toInstant().toEpochMilli());
  }
}
