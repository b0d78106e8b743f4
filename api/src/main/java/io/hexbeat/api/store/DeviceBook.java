package io.hexbeat.api.store;

import io.hexbeat.api.store.Directory.Device;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.Directory.Signing;
import io.hexbeat.geofence.CoordType;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.SigningKey;
import io.hexbeat.ingest.SigningKey.Algorithm;
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
import java.util.function.Function;
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
      "handle, id, label, member, token_hash, enrolled_at, revoked_at, coord_type,"
          + " signing_alg, signing_material, signing_key, signing_required";

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
  private final SigningSecrets secrets;

  /** What is to be known of a phone's signatures after it was registered. */
  public sealed interface SigningEdit {
    /** As before; of a new phone nothing. */
    record Keep() implements SigningEdit {}

    /** It signs no more. */
    record Drop() implements SigningEdit {}

    /** It gets a new secret. */
    record NewSecret(boolean required) implements SigningEdit {}

    /**
     * It has a key pair of its own.
     *
     * @param publicKey the {@code x} of its JSON Web Key, or the same in base64
     */
    record PublicKey(String publicKey, boolean required) implements SigningEdit {
      public PublicKey {
        publicKey = checkedPublicKey(publicKey);
      }
    }
  }

  /**
   * A phone that was registered just now.
   *
   * @param token the only time that it is in the clear
   * @param signingSecret the same of a secret made just now, base64url; null if none was
   */
  public record Enrolled(Device device, String token, @Nullable String signingSecret) {
    @Override
    public String toString() {
      return "Enrolled[device=" + device.handle() + "]";
    }
  }

  DeviceBook(
      Pool pool,
      Directory directory,
      DeviceRegistry registry,
      EditLanes lanes,
      SigningSecrets secrets) {
    this.pool = pool;
    this.directory = directory;
    this.registry = registry;
    this.lanes = lanes;
    this.secrets = secrets;
  }

  /**
   * Registers a phone under a member. The same id again replaces the token; an id that another
   * member has is handed over, with a new handle, if the caller may see that member.
   *
   * @param deviceId what to call it, or null for a name of ours
   * @param coordType of positions that don't name one; null leaves it as it is for this phone
   * @param signing what becomes of its signing key; a new one is a new beginning of its counter
   * @param mayTakeFrom whether the phone may be taken from that member
   */
  public Future<Enrolled> enrol(
      Actor actor,
      String memberId,
      @Nullable String deviceId,
      @Nullable String label,
      @Nullable CoordType coordType,
      SigningEdit signing,
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
          Signing key = signing(before == null ? null : before.signing(), signing);
          return pool.withTransaction(
                  connection ->
                      store(connection, before, member, id, label, coordType, key, hash)
                          .compose(
                              stored ->
                                  audited(
                                          connection,
                                          actor,
                                          "device.enrol",
                                          before,
                                          stored.get(stored.size() - 1))
                                      .map(stored)))
              .map(
                  stored -> {
                    Device now = stored.get(stored.size() - 1);
                    if (before != null) {
                      registry.revoke(before.tokenHash());
                    }
                    stored.forEach(directory::put);
                    directory.admit(now, registry);
                    boolean secretMade = signing instanceof SigningEdit.NewSecret && key != null;
                    String secret = secretMade ? secrets.secret(key.material()) : null;
                    return new Enrolled(now, token, secret);
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
  public Future<Device> edit(Actor actor, String memberId, String deviceId, Edit edit) {
    return inLane(
        memberId,
        deviceId,
        device ->
            pool.withTransaction(
                    connection ->
                        connection
                            .preparedQuery(
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
                            .map(rows -> devices(rows).get(0))
                            .compose(
                                now ->
                                    audited(connection, actor, "device.edit", device, now)
                                        .map(now)))
                .map(
                    now -> {
                      directory.put(now);
                      directory.admit(now, registry);
                      return now;
                    }));
  }

  /** An edit of a phone of this member, while nobody else edits either. */
  private <T> Future<T> inLane(String memberId, String deviceId, Function<Device, Future<T>> edit) {
    return lanes.submit(
        Set.of(MemberBook.lane(memberId), "device:" + deviceId),
        () -> {
          Member member = directory.member(memberId);
          Device device = directory.device(deviceId);
          return member == null || device == null || device.memberHandle() != member.handle()
              ? Future.failedFuture(Refusal.notFound("device", deviceId))
              : edit.apply(device);
        });
  }

  /** From when this is done the phone's token is refused. */
  public Future<Void> revoke(Actor actor, String memberId, String deviceId) {
    return inLane(
        memberId,
        deviceId,
        device ->
            pool.withTransaction(
                    connection ->
                        revoked(connection, device)
                            .map(rows -> rows.get(0))
                            .compose(
                                now ->
                                    audited(connection, actor, "device.revoke", device, now)
                                        .map(now)))
                .map(
                    now -> {
                      registry.revoke(device.tokenHash());
                      directory.put(now);
                      return null;
                    }));
  }

  private static Future<List<Device>> revoked(SqlConnection connection, Device device) {
    return connection
        .preparedQuery(
            "update devices set revoked_at = now() where handle = $1 returning " + COLUMNS)
        .execute(Tuple.of(device.handle()))
        .map(DeviceBook::devices);
  }

  private Future<Void> audited(
      SqlConnection connection, Actor actor, String action, @Nullable Device before, Device after) {
    return AuditLog.changed(
        connection,
        actor,
        action,
        "device:" + after.id(),
        before == null ? null : DirectoryJson.of(before, memberId(before)),
        DirectoryJson.of(after, memberId(after)));
  }

  private String memberId(Device device) {
    Member member = directory.member(device.memberHandle());
    return member == null ? "" : member.id();
  }

  private static @Nullable Signing signing(@Nullable Signing before, SigningEdit edit) {
    int next = before == null ? 1 : before.number() + 1;
    if (edit instanceof SigningEdit.NewSecret made) {
      return new Signing(Algorithm.HS256, SigningSecrets.newSalt(), next, made.required());
    }
    if (edit instanceof SigningEdit.PublicKey given) {
      String material = given.publicKey();
      boolean same = before != null && before.material().equals(material);
      int number = same ? before.number() : next;
      return new Signing(Algorithm.EDDSA, material, number, given.required());
    }
    return edit instanceof SigningEdit.Keep ? before : null;
  }

  private static String checkedPublicKey(String text) {
    try {
      byte[] bytes = SigningSecrets.bytes(text);
      SigningKey.ed25519(1, false, bytes);
      return SigningSecrets.text(bytes);
    } catch (IllegalArgumentException e) {
      throw Refusal.invalid(
          "/signing/public_key", "must be the 32 bytes of an Ed25519 public key in base64url");
    }
  }

  /** The enrolments that changed, the one in force last. */
  private static Future<List<Device>> store(
      SqlConnection connection,
      @Nullable Device before,
      Member member,
      String id,
      @Nullable String label,
      @Nullable CoordType coordType,
      @Nullable Signing signing,
      String tokenHash) {
    CoordType kept = coordType != null || before == null ? coordType : before.coordType();
    String coordName = kept == null ? null : kept.jsonName();
    String algorithm = signing == null ? null : signing.algorithm().jsonName();
    String material = signing == null ? null : signing.material();
    Integer number = signing == null ? null : (Integer) signing.number();
    Boolean required = signing == null ? null : (Boolean) signing.required();
    if (before != null && before.memberHandle() == member.handle()) {
      return connection
          .preparedQuery(
              "update devices set token_hash = $2, label = coalesce($3, label), coord_type = $4,"
                  + " signing_alg = $5, signing_material = $6, signing_key = $7,"
                  + " signing_required = $8, enrolled_at = now()"
                  + " where handle = $1 and revoked_at is null returning "
                  + COLUMNS)
          .execute(
              tuple(
                  before.handle(),
                  tokenHash,
                  label,
                  coordName,
                  algorithm,
                  material,
                  number,
                  required))
          .map(DeviceBook::devices);
    }
    Future<List<Device>> taken =
        before == null ? Future.succeededFuture(List.of()) : revoked(connection, before);
    return taken.compose(
        revoked ->
            connection
                .preparedQuery(
                    "insert into devices (id, member, label, token_hash, coord_type,"
                        + " signing_alg, signing_material, signing_key, signing_required)"
                        + " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
                        + " returning "
                        + COLUMNS)
                .execute(
                    tuple(
                        id,
                        member.handle(),
                        label,
                        tokenHash,
                        coordName,
                        algorithm,
                        material,
                        number,
                        required))
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
              coordType(row.getString("coord_type")),
              signing(row)));
    }
    return devices;
  }

  private static @Nullable Signing signing(Row row) {
    String algorithm = row.getString("signing_alg");
    return algorithm == null
        ? null
        : new Signing(
            Algorithm.of(algorithm),
            row.getString("signing_material"),
            row.getInteger("signing_key"),
            row.getBoolean("signing_required"));
  }

  private static Tuple tuple(@Nullable Object... values) {
    return Tuple.from(values);
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
