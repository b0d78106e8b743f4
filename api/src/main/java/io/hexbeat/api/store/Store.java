package io.hexbeat.api.store;

import io.hexbeat.ingest.DeviceRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.ZoneId;

/**
 * All reference data but the fences, opened: memory to read and a book for each kind of edit.
 * Immutable; any thread.
 */
public record Store(
    Directory directory,
    UserBook users,
    TeamBook teams,
    MemberBook members,
    DeviceBook devices,
    SecretBook secrets,
    AuditBook audit) {
  /** Edits that may wait for others: a burst of imports, not a queue without end. */
  private static final int WAITING_EDITS_MAX = 5_000;

  /**
   * Reads everything and tells the registry which device tokens hold.
   *
   * @param defaultZone for members without a time zone of their own
   */
  public static Future<Store> open(
      Vertx vertx, Database database, ZoneId defaultZone, DeviceRegistry registry) {
    return open(vertx, database, defaultZone, registry, SigningSecrets.passing());
  }

  /**
   * The same, with the key from which devices' signing secrets are made.
   *
   * @param defaultZone for members without a time zone of their own
   */
  public static Future<Store> open(
      Vertx vertx,
      Database database,
      ZoneId defaultZone,
      DeviceRegistry registry,
      SigningSecrets secrets) {
    EditLanes lanes = new EditLanes(WAITING_EDITS_MAX);
    return Directory.load(database.pool(), defaultZone, registry, secrets)
        .map(
            directory ->
                new Store(
                    directory,
                    new UserBook(database.pool(), directory, lanes),
                    new TeamBook(database.pool(), directory, lanes),
                    new MemberBook(database.pool(), directory, registry, lanes),
                    new DeviceBook(database.pool(), directory, registry, lanes, secrets),
                    new SecretBook(database.pool()),
                    new AuditBook(vertx, database.pool(), directory)));
  }
}
