package io.hexbeat.api.store;

import io.hexbeat.api.store.Directory.Member;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit log and has its {@link AuditChain} walked. Any thread; a page is one query. Fails
 * while PostgreSQL is away.
 */
public final class AuditBook {
  /** Of the members of a read a page names this many. */
  private static final int MEMBERS_TOLD_MAX = 50;

  private static final HexFormat HEX = HexFormat.of();

  private final Pool pool;
  private final Directory directory;
  private final AuditChain chain;

  /**
   * Which rows, newest first; null is no condition.
   *
   * @param action the whole of it, or its part before a dot
   * @param memberId who was read, or what was changed of them
   * @param beforeSeq the last row of the page before
   */
  public record Query(
      @Nullable String userId,
      @Nullable String action,
      @Nullable String subject,
      @Nullable String memberId,
      long fromMs,
      long toMs,
      long beforeSeq,
      int limit) {}

  AuditBook(Vertx vertx, Pool pool, Directory directory) {
    this.pool = pool;
    this.directory = directory;
    this.chain = new AuditChain(vertx, pool);
  }

  /**
   * Tells of a login that was not let in.
   *
   * @param userId whose, or null if there is no such user
   */
  public Future<Void> login(Actor from, String action, @Nullable String userId) {
    return AuditLog.happened(
        pool,
        from,
        action,
        userId == null ? null : "user:" + userId,
        new JsonObject().put("known_user", userId != null));
  }

  /** A page, newest first. */
  public Future<List<JsonObject>> list(Query query) {
    return pool.preparedQuery(
            "select a.seq, a.entry, a.hash, m.members[1:"
                + MEMBERS_TOLD_MAX
                + "] as members from audit a left join audit_members m on m.hash = a.members_set"
                + " where a.seq < $1 and at_ms >= $2 and at_ms < $3"
                + " and ($4::text is null or user_id = $4)"
                + " and ($5::text is null or action = $5 or starts_with(action, $5 || '.'))"
                + " and ($6::text is null or subject = $6)"
                + " and ($7::text is null or subject = 'member:' || $7 or a.members_set in"
                + " (select hash from audit_members"
                + " where members && array(select handle from members where id = $7)))"
                + " order by a.seq desc limit $8")
        .execute(
            Tuple.of(
                query.beforeSeq(),
                query.fromMs(),
                query.toMs(),
                query.userId(),
                query.action(),
                query.subject(),
                query.memberId(),
                query.limit()))
        .map(
            rows -> {
              List<JsonObject> page = new ArrayList<>(rows.size());
              rows.forEach(row -> page.add(json(row)));
              return page;
            });
  }

  /** The entry as it was written, its place, and whom a read was about. */
  private JsonObject json(Row row) {
    JsonObject entry = new JsonObject(row.getString("entry"));
    JsonObject json =
        new JsonObject()
            .put("seq", row.getLong("seq"))
            .put("at", Times.iso(((Number) entry.remove("at_ms")).longValue()));
    entry.remove("members_set");
    Object count = entry.remove("members");
    json.mergeIn(entry);
    Integer[] handles = row.getArrayOfIntegers("members");
    if (handles != null) {
      JsonArray ids = new JsonArray();
      for (int handle : handles) {
        Member member = directory.member(handle);
        if (member != null) {
          ids.add(member.id());
        }
      }
      json.put("members_count", count).put("members", ids);
    }
    return json.put("hash", hex(row, "hash"));
  }

  /** Walks the whole chain, see {@link AuditChain#verify}. */
  public Future<AuditChain.Verified> verify() {
    return chain.verify();
  }

  private static String hex(Row row, String column) {
    return HEX.formatHex(row.getBuffer(column).getBytes());
  }
}
