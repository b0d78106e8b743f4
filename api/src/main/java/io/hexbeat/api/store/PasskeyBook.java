package io.hexbeat.api.store;

import io.hexbeat.api.store.Directory.Device;
import io.hexbeat.api.store.Directory.Member;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The passkeys of members, in PostgreSQL and in memory. Any thread; edits of one member follow each
 * other and commit before memory shows them. A member has a bounded number; one more is refused, as
 * is a passkey that is there already.
 */
public final class PasskeyBook {
  private static final String COLUMNS =
      "handle, member, credential_id, public_key, counter, flags, aaguid, transports, label,"
          + " device, created_at";
  private static final int WAITING_EDITS_MAX = 1_000;
  private static final int FLAG_MAY_BE_BACKED_UP = 8;
  private static final int FLAG_BACKED_UP = 16;
  private static final String ID_PREFIX = "pk-";
  private static final String UNIQUE_VIOLATION = "23505";

  private final Pool pool;
  private final Directory directory;
  private final int perMember;
  private final EditLanes lanes = new EditLanes(WAITING_EDITS_MAX);
  private final Map<Integer, List<Passkey>> byMember = new ConcurrentHashMap<>();
  private final Map<String, Passkey> byCredentialId = new ConcurrentHashMap<>();

  /**
   * A passkey to be enrolled: its ceremony was verified.
   *
   * @param credentialId base64url
   * @param publicKey COSE key
   * @param counter signatures made so far
   * @param flags of its authenticator data
   * @param aaguid the make of its authenticator, or null
   * @param transports how a browser may reach it
   * @param label for people, or null
   */
  public record NewPasskey(
      String credentialId,
      Buffer publicKey,
      long counter,
      int flags,
      @Nullable String aaguid,
      List<String> transports,
      @Nullable String label) {
    public NewPasskey {
      transports = List.copyOf(transports);
    }
  }

  /**
   * A passkey that holds.
   *
   * @param deviceHandle the phone that enrolled it
   */
  public record Passkey(
      int handle, int memberHandle, int deviceHandle, long createdMs, NewPasskey key) {
    /** What the API calls it. */
    public String id() {
      return ID_PREFIX + handle;
    }

    /** Whether it may come to be on several phones. */
    public boolean mayBeBackedUp() {
      return (key.flags() & FLAG_MAY_BE_BACKED_UP) != 0;
    }
  }

  private PasskeyBook(Pool pool, Directory directory, int perMember) {
    this.pool = pool;
    this.directory = directory;
    this.perMember = perMember;
  }

  /** Reads all that hold. */
  public static Future<PasskeyBook> open(Database database, Directory directory, int perMember) {
    PasskeyBook book = new PasskeyBook(database.pool(), directory, perMember);
    return book.pool
        .query("select " + COLUMNS + " from passkeys where revoked_at is null order by handle")
        .execute()
        .map(
            rows -> {
              rows.forEach(row -> book.admit(passkey(row)));
              return book;
            });
  }

  /** Those that hold, the oldest first. */
  public List<Passkey> of(int memberHandle) {
    return byMember.getOrDefault(memberHandle, List.of());
  }

  public @Nullable Passkey byCredentialId(String credentialId) {
    return byCredentialId.get(credentialId);
  }

  public int size() {
    return byCredentialId.size();
  }

  /** Fails if the member may enrol no more. */
  public void checkRoom(int memberHandle) {
    if (of(memberHandle).size() >= perMember) {
      throw Refusal.conflict(
          "A member may have " + perMember + " passkeys; one must be revoked first.");
    }
  }

  /** Enrols a passkey; from when this is done it proves who punches. */
  public Future<Passkey> enrol(Actor actor, int memberHandle, int deviceHandle, NewPasskey key) {
    return lanes.submit(
        Set.of("member:" + memberHandle),
        () -> {
          Member member = directory.member(memberHandle);
          if (member == null) {
            return Future.failedFuture(Refusal.conflict("The member was deleted."));
          }
          checkRoom(memberHandle);
          return pool.withTransaction(
                  connection ->
                      connection
                          .preparedQuery(
                              "insert into passkeys (member, credential_id, public_key, counter,"
                                  + " flags, aaguid, transports, label, device)"
                                  + " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning "
                                  + COLUMNS)
                          .execute(
                              Tuple.of(
                                      memberHandle,
                                      key.credentialId(),
                                      key.publicKey(),
                                      key.counter(),
                                      (short) key.flags(),
                                      key.aaguid())
                                  .addArrayOfString(key.transports().toArray(new String[0]))
                                  .addString(key.label())
                                  .addInteger(deviceHandle))
                          .map(rows -> passkey(rows.iterator().next()))
                          .compose(
                              made ->
                                  AuditLog.changed(
                                          connection,
                                          actor,
                                          "passkey.enrol",
                                          subject(member),
                                          null,
                                          json(made))
                                      .map(made)))
              .recover(PasskeyBook::taken)
              .map(
                  made -> {
                    admit(made);
                    return made;
                  });
        });
  }

  /** From when this is done the passkey proves nothing. */
  public Future<Void> revoke(Actor actor, Member member, String passkeyId) {
    return lanes.submit(
        Set.of("member:" + member.handle()),
        () -> {
          Passkey passkey =
              of(member.handle()).stream()
                  .filter(each -> each.id().equals(passkeyId))
                  .findFirst()
                  .orElse(null);
          if (passkey == null) {
            return Future.failedFuture(Refusal.notFound("passkey", passkeyId));
          }
          return pool.withTransaction(
                  connection ->
                      connection
                          .preparedQuery("update passkeys set revoked_at = now() where handle = $1")
                          .execute(Tuple.of(passkey.handle()))
                          .compose(
                              updated ->
                                  AuditLog.changed(
                                      connection,
                                      actor,
                                      "passkey.revoke",
                                      subject(member),
                                      json(passkey),
                                      null)))
              .map(
                  done -> {
                    dismiss(passkey);
                    return null;
                  });
        });
  }

  /** As the API and the audit log show it. */
  public JsonObject json(Passkey passkey) {
    NewPasskey key = passkey.key();
    JsonObject json =
        new JsonObject().put("id", passkey.id()).put("credential_id", key.credentialId());
    if (key.label() != null) {
      json.put("label", key.label());
    }
    Device device = directory.device(passkey.deviceHandle());
    if (device != null) {
      json.put("device", device.id());
    }
    if (key.aaguid() != null) {
      json.put("aaguid", key.aaguid());
    }
    return json.put("may_be_backed_up", passkey.mayBeBackedUp())
        .put("backed_up", (key.flags() & FLAG_BACKED_UP) != 0)
        .put("transports", new JsonArray(key.transports()))
        .put("created_at", Times.iso(passkey.createdMs()));
  }

  private static String subject(Member member) {
    return "member:" + member.id();
  }

  private static Future<Passkey> taken(Throwable failure) {
    return failure instanceof PgException refused && UNIQUE_VIOLATION.equals(refused.getSqlState())
        ? Future.failedFuture(Refusal.conflict("This passkey is enrolled already."))
        : Future.failedFuture(failure);
  }

  private void admit(Passkey passkey) {
    byCredentialId.put(passkey.key().credentialId(), passkey);
    byMember.compute(
        passkey.memberHandle(),
        (member, before) -> {
          List<Passkey> now = before == null ? new ArrayList<>() : new ArrayList<>(before);
          now.add(passkey);
          return List.copyOf(now);
        });
  }

  private void dismiss(Passkey passkey) {
    byCredentialId.remove(passkey.key().credentialId(), passkey);
    byMember.computeIfPresent(
        passkey.memberHandle(),
        (member, before) -> {
          List<Passkey> now = before.stream().filter(each -> !each.equals(passkey)).toList();
          return now.isEmpty() ? null : now;
        });
  }

  private static Passkey passkey(Row row) {
    return new Passkey(
        row.getInteger("handle"),
        row.getInteger("member"),
        row.getInteger("device"),
        row.getOffsetDateTime("created_at").toInstant().toEpochMilli(),
        new NewPasskey(
            row.getString("credential_id"),
            row.getBuffer("public_key"),
            row.getLong("counter"),
            row.getShort("flags"),
            row.getString("aaguid"),
            List.of(row.getArrayOfStrings("transports")),
            row.getString("label")));
  }
}
