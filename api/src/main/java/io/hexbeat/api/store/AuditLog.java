package io.hexbeat.api.store;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the audit log: one row a change, in the transaction that makes it, so that neither is
 * there without the other. Stateless; any thread. A row is chained to the one before it by
 * PostgreSQL, which holds back other writers until the transaction ends: append last. An entry
 * never holds a password, a token or a person's position.
 */
public final class AuditLog {
  /** Longer texts, such as shapes with thousands of vertices, are told by their hash. */
  private static final int TOLD_MAX_CHARS = 8_192;

  private AuditLog() {}

  /** SHA-256 of what one row is chained by. */
  static byte[] hash(byte[] previous, long seq, String entry) {
    MessageDigest digest = sha256();
    digest.update(previous);
    digest.update((seq + "\n" + entry).getBytes(StandardCharsets.UTF_8));
    return digest.digest();
  }

  /** SHA-256 under which a set of members is stored; handles ascending. */
  static byte[] hash(Integer[] memberHandles) {
    String text =
        Arrays.stream(memberHandles).map(String::valueOf).collect(Collectors.joining(","));
    return sha256().digest(text.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * A change: what it was about before and after.
   *
   * @param client the connection of the change's transaction
   * @param action such as {@code team.put}
   * @param subject such as {@code team:north}
   * @param before null where there was nothing
   * @param after null where there is nothing any more
   */
  public static Future<Void> changed(
      SqlClient client,
      Actor actor,
      String action,
      String subject,
      @Nullable JsonObject before,
      @Nullable JsonObject after) {
    JsonObject entry = entry(actor, action, subject);
    if (before != null) {
      entry.put("before", told(before));
    }
    if (after != null) {
      entry.put("after", told(after));
    }
    return append(client, entry);
  }

  /** Something that happened, with what is to be known of it. */
  static Future<Void> happened(
      SqlClient client, Actor actor, String action, @Nullable String subject, JsonObject detail) {
    JsonObject entry = entry(actor, action, subject);
    if (!detail.isEmpty()) {
      entry.put("detail", detail);
    }
    return append(client, entry);
  }

  /**
   * A read of what members did.
   *
   * @param membersSet what {@link #storeMembers} gave
   * @param members how many they are
   */
  static Future<Void> read(
      SqlClient client,
      Actor actor,
      String action,
      JsonObject detail,
      String membersSet,
      int members) {
    return append(
        client,
        entry(actor, action, null)
            .put("detail", detail)
            .put("members", members)
            .put("members_set", membersSet));
  }

  /**
   * Stores a set of members, if it isn't there.
   *
   * @param memberHandles ascending, not empty
   * @return its hash, hex
   */
  static Future<String> storeMembers(SqlClient client, Integer[] memberHandles) {
    byte[] hash = hash(memberHandles);
    return client
        .preparedQuery("insert into audit_members values ($1, $2) on conflict do nothing")
        .execute(Tuple.tuple().addBuffer(Buffer.buffer(hash)).addArrayOfInteger(memberHandles))
        .map(HexFormat.of().formatHex(hash));
  }

  private static JsonObject entry(Actor actor, String action, @Nullable String subject) {
    JsonObject entry = new JsonObject().put("at_ms", System.currentTimeMillis());
    actor.addTo(entry);
    entry.put("action", action);
    return subject == null ? entry : entry.put("subject", subject);
  }

  private static Future<Void> append(SqlClient client, JsonObject entry) {
    return client
        .preparedQuery("insert into audit (entry) values ($1)")
        .execute(Tuple.of(entry.encode()))
        .mapEmpty();
  }

  private static JsonObject told(JsonObject whole) {
    JsonObject told = new JsonObject();
    for (String name : whole.fieldNames()) {
      Object value = whole.getValue(name);
      String text = String.valueOf(value);
      if (text.length() > TOLD_MAX_CHARS) {
        byte[] hash = sha256().digest(text.getBytes(StandardCharsets.UTF_8));
        told.put(
            name,
            new JsonObject()
                .put("chars", text.length())
                .put("sha256", HexFormat.of().formatHex(hash)));
      } else {
        told.put(name, value);
      }
    }
    return told;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
