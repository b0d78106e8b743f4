package io.hexbeat.api.store;

import io.hexbeat.api.store.Directory.Device;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.geofence.CoordType;
import io.hexbeat.ingest.DeviceRegistry;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.security.SecureRandom;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The enrolments of phones in PostgreSQL. Any thread; edits of one phone follow each other and
 * commit before {@link Directory} and {@link DeviceRegistry} show them. A token is made here, given
 * to the caller once and stored as its hash only.
 */
public final class DeviceBook {
  /** What {@link #devices} reads. */
  static final String COLUMNS =
      "handle, id, label, member, token_hash, enrolled_at, revoked_at, coord_type";

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** 32 of 62 letters are 190 bits. */
  private static final int TOKEN_LETTERS = 32;

  private static final int ID_LETTERS = 10;

  private final Pool pool;
  private final Directory directory;
  private final DeviceRegistry registry;
  private final EditLanes lanes;

  /**
   * A phone that was registered just now.
   *
   * @param token the only time that it is in the clear
   */
  public record Enrolled(Device device, String token) {
    @Override
    public String toString() {
      return "Enrolled[device=" + device.handle() + "]";
    }
  }

  DeviceBook(Pool pool, Directory directory, DeviceRegistry registry, EditLanes lanes) {
    this.pool = pool;
    this.directory = directory;
    this.registry = registry;
    this.lanes = lanes;
  }

  /**
   * Registers a phone under a member. The same id again replaces the token; an id that another
   * member has is handed over, with a new handle, if the caller may see that member.
   *
   * @param deviceId what to call it, or null for a name of ours
   * @param coordType of positions that don't name one; null leaves it as it is for this phone
   * @param mayTakeFrom whether the phone may be taken from that member
   */
  public Future<Enrolled> enrol(
      String memberId,
      @Nullable String deviceId,
      @Nullable String label,
      @Nullable CoordType coordType,
      Predicate<Member> mayTakeFrom) {
    String id = deviceId == null ? "dev-" + letters(ID_LETTERS) : deviceId;
    String token = "hb_" + letters(TOKEN_LETTERS);
    return lanes.submit(
        Set.of(MemberBook.lane(memberId), "device:" + id),
        () -> {
          Member member = directory.member(memberId);
          if (member == null) {
            return Future.failedFuture(Refusal.notFound("member", memberId));
          }
          Device before = directory.device(id);
          if (before != null && before.memberHandle() != member.handle()) {
            Member holder = directory.member(before.memberHandle());
            if (holder != null && !mayTakeFrom.test(holder)) {
              return Future.failedFuture(
                  Refusal.conflict("The device id '" + id + "' is taken by a member elsewhere."));
            }
          }
          String hash = DeviceRegistry.hash(token);
          return pool.withTransaction(
                  connection -> store(connection, before, member, id, label, coordType, hash))
              .map(
                  stored -> {
                    Device now = stored.get(stored.size() - 1);
                    if (before != null) {
                      registry.revoke(before.tokenHash());
                    }
                    stored.forEach(directory::put);
                    directory.admit(now, registry);
                    return new Enrolled(now, token);
                  });
        });
  }

  /**
   * What to change of a phone.
   *
   * @param label null leaves it
   * @param setsCoordType whether the next one counts
   * @param coordType of positions that don't name one; null leaves it to the door
   */
  public record Edit(
      @Nullable String label, boolean setsCoordType, @Nullable CoordType coordType) {}

  /** Changes what is known of a phone; its token stays. Records from then on are read by it. */
  public Future<Device> edit(String memberId, String deviceId, Edit edit) {
    return lanes.submit(
        Set.of(MemberBook.lane(memberId), "device:" + deviceId),
        () -> {
          Member member = directory.member(memberId);
          Device device = directory.device(deviceId);
          if (member == null || device == null || device.memberHandle() != member.handle()) {
            return Future.failedFuture(Refusal.notFound("device", deviceId));
          }
          return pool.preparedQuery(
                  "update devices set label = coalesce($2, label),"
                      + " coord_type = case when $3 then $4 else coord_type end"
                      + " where handle = $1 returning "
                      + COLUMNS)
              .execute(
                  Tuple.of(
                      device.handle(),
                      edit.label(),
                      edit.setsCoordType(),
                      edit.coordType() == null ? null : edit.coordType().jsonName()))
              .map(
                  rows -> {
                    Device now = devices(rows).get(0);
                    directory.put(now);
                    directory.admit(now, registry);
                    return now;
                  });
        });
  }

  /** From when this is done the phone's token is refused. */
  public Future<Void> revoke(String memberId, String deviceId) {
    return lanes.submit(
        Set.of(MemberBook.lane(memberId), "device:" + deviceId),
        () -> {
          Member member = directory.member(memberId);
          Device device = directory.device(deviceId);
          if (member == null || device == null || device.memberHandle() != member.handle()) {
            return Future.failedFuture(Refusal.notFound("device", deviceId));
          }
          return pool.preparedQuery(
                  "update devices set revoked_at = now() where handle = $1 returning " + COLUMNS)
              .execute(Tuple.of(device.handle()))
              .map(
                  rows -> {
                    registry.revoke(device.tokenHash());
                    devices(rows).forEach(directory::put);
                    return null;
                  });
        });
  }

  /** The enrolments that changed, the one in force last. */
  private static Future<List<Device>> store(
      SqlConnection connection,
      @Nullable Device before,
      Member member,
      String id,
      @Nullable String label,
      @Nullable CoordType coordType,
      String tokenHash) {
    CoordType kept = coordType != null || before == null ? coordType : before.coordType();
    String coordName = kept == null ? null : kept.jsonName();
    if (before != null && before.memberHandle() == member.handle()) {
      return connection
          .preparedQuery(
              "update devices set token_hash = $2, label = coalesce($3, label), coord_type = $4,"
                  + " enrolled_at = now()"
                  + " where handle = $1 and revoked_at is null returning "
                  + COLUMNS)
          .execute(Tuple.of(before.handle(), tokenHash, label, coordName))
          .map(DeviceBook::devices);
    }
    Future<List<Device>> taken =
        before == null
            ? Future.succeededFuture(List.of())
            : connection
                .preparedQuery(
                    "update devices set revoked_at = now() where handle = $1 returning " + COLUMNS)
                .execute(Tuple.of(before.handle()))
                .map(DeviceBook::devices);
    return taken.compose(
        revoked ->
            connection
                .preparedQuery(
                    "insert into devices (id, member, label, token_hash, coord_type)"
                        + " values ($1, $2, $3, $4, $5)"
                        + " returning "
                        + COLUMNS)
                .execute(Tuple.of(id, member.handle(), label, tokenHash, coordName))
                .compose(
                    inserted -> {
                      List<Device> changed = new ArrayList<>(revoked);
                      changed.addAll(devices(inserted));
                      return before == null
                          ? Future.succeededFuture(changed)
                          : connection
                              .preparedQuery(
                                  "update devices set replaced_by = $2 where handle = $1")
                              .execute(
                                  Tuple.of(
                                      before.handle(), changed.get(changed.size() - 1).handle()))
                              .map(changed);
                    }));
  }

  static List<Device> devices(RowSet<Row> rows) {
    List<Device> devices = new ArrayList<>(rows.size());
    for (Row row : rows) {
      OffsetDateTime revokedAt = row.getOffsetDateTime("revoked_at");
      devices.add(
          new Device(
              row.getInteger("handle"),
              row.getString("id"),
              row.getString("label"),
              row.getInteger("member"),
              row.getString("token_hash"),
              row.getOffsetDateTime("enrolled_at").toInstant().toEpochMilli(),
              revokedAt == null ? null : revokedAt.toInstant().toEpochMilli(),
              coordType(row.getString("coord_type"))));
    }
    return devices;
  }

  private static @Nullable CoordType coordType(@Nullable String name) {
    return name == null ? null : CoordType.of(name);
  }

  /** Random ones, nearly six bits each. */
  static String letters(int count) {
    StringBuilder letters = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      letters.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return letters.toString();
  }
}
