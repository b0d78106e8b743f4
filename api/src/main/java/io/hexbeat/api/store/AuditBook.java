package io.hexbeat.api.store;

import io.hexbeat.api.store.Directory.Member;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit log and walks its chain. Any thread; a page is one query, a walk is one for each
 * thousand rows, hashed on a worker. One walk runs at a time; who asks meanwhile gets its result.
 * Fails while PostgreSQL is away.
 */
public final class AuditBook {
  /** Of the members of a read a page names this many. */
  private static final int MEMBERS_TOLD_MAX = 50;

  private static final int CHUNK = 1_000;
  private static final String BEFORE_THE_FIRST = "00".repeat(32);
  private static final HexFormat HEX = HexFormat.of();

  private final Vertx vertx;
  private final Pool pool;
  private final Directory directory;
  private @Nullable Future<Verified> walk;

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

  /**
   * What a walk found.
   *
   * @param rows that were right, from the first
   * @param lastHash of the last of them, hex: whoever keeps it elsewhere can tell later whether all
   *     before it is still the same
   * @param brokenSeq the first row that is wrong or missing, or 0
   * @param reason what is wrong with it, or null
   */
  public record Verified(
      long rows, String lastHash, long brokenSeq, @Nullable String reason, long tookMs) {
    public boolean intact() {
      return brokenSeq == 0;
    }
  }

  /** The end of the chain as it is walked. */
  private record Link(long seq, String hash, long brokenSeq, @Nullable String reason) {
    Link broken(long at, String why) {
      return new Link(seq, hash, at, why);
    }
  }

  AuditBook(Vertx vertx, Pool pool, Directory directory) {
    this.vertx = vertx;
    this.pool = pool;
    this.directory = directory;
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

  /** Walks the whole chain, from the first row to the end as it is now. */
  public synchronized Future<Verified> verify() {
    Future<Verified> running = walk;
    if (running != null) {
      return running;
    }
    long startNs = System.nanoTime();
    Future<Verified> started =
        pool.query("select seq, hash from audit_head")
            .execute()
            .compose(
                rows -> {
                  Row head = rows.iterator().next();
                  long end = head.getLong("seq");
                  String endHash = hex(head, "hash");
                  return members(new byte[0])
                      .compose(
                          wrong ->
                              walk(new Link(0, BEFORE_THE_FIRST, 0, null), end, wrong)
                                  .map(last -> atEnd(last, end, endHash)));
                })
            .map(
                last ->
                    new Verified(
                        last.seq(),
                        last.hash(),
                        last.brokenSeq(),
                        last.reason(),
                        (System.nanoTime() - startNs) / 1_000_000));
    walk = started;
    started.onComplete(done -> walked());
    return started;
  }

  private synchronized void walked() {
    walk = null;
  }

  private static Link atEnd(Link last, long end, String endHash) {
    if (last.brokenSeq() != 0) {
      return last;
    }
    if (last.seq() < end) {
      return last.broken(last.seq() + 1, "it is missing, and all after it");
    }
    return last.hash().equals(endHash)
        ? last
        : last.broken(last.seq(), "it is not the row that the end of the chain was taken from");
  }

  private Future<Link> walk(Link from, long end, List<String> wrongSets) {
    if (from.seq() >= end) {
      return Future.succeededFuture(from);
    }
    return pool.preparedQuery(
            "select seq, entry, prev_hash, hash, encode(members_set, 'hex') as members_set,"
                + " members_set is null or exists"
                + " (select from audit_members m where m.hash = members_set) as has_set"
                + " from audit where seq > $1 and seq <= $2 order by seq limit $3")
        .execute(Tuple.of(from.seq(), end, CHUNK))
        .compose(
            rows ->
                rows.size() == 0
                    ? Future.succeededFuture(from)
                    : vertx
                        .executeBlocking(() -> check(from, rows, wrongSets))
                        .compose(
                            last ->
                                last.brokenSeq() == 0
                                    ? walk(last, end, wrongSets)
                                    : Future.succeededFuture(last)));
  }

  private static Link check(Link from, RowSet<Row> rows, List<String> wrongSets) {
    Link last = from;
    for (Row row : rows) {
      long seq = row.getLong("seq");
      String hash = hex(row, "hash");
      if (seq != last.seq() + 1) {
        return last.broken(last.seq() + 1, "it is missing");
      }
      if (!hex(row, "prev_hash").equals(last.hash())) {
        return last.broken(seq, "it does not follow from the row before it");
      }
      byte[] computed = AuditLog.hash(HEX.parseHex(last.hash()), seq, row.getString("entry"));
      if (!HEX.formatHex(computed).equals(hash)) {
        return last.broken(seq, "its content was changed");
      }
      if (!row.getBoolean("has_set") || wrongSets.contains(row.getString("members_set"))) {
        return last.broken(seq, "the members that it names were changed");
      }
      last = new Link(seq, hash, 0, null);
    }
    return last;
  }

  /** Hashes, in hex, of the sets of members that are not what their hash says. */
  private Future<List<String>> members(byte[] after) {
    return pool.preparedQuery(
            "select hash, members from audit_members where hash > $1 order by hash limit $2")
        .execute(Tuple.of(Buffer.buffer(after), CHUNK))
        .compose(
            rows ->
                rows.size() == 0
                    ? Future.succeededFuture(new ArrayList<>())
                    : vertx
                        .executeBlocking(() -> wrongSets(rows))
                        .compose(
                            wrong ->
                                members(lastHash(rows))
                                    .map(
                                        more -> {
                                          more.addAll(wrong);
                                          return more;
                                        })));
  }

  private static List<String> wrongSets(RowSet<Row> rows) {
    List<String> wrong = new ArrayList<>();
    for (Row row : rows) {
      byte[] hash = row.getBuffer("hash").getBytes();
      if (!Arrays.equals(hash, AuditLog.hash(row.getArrayOfIntegers("members")))) {
        wrong.add(HEX.formatHex(hash));
      }
    }
    return wrong;
  }

  private static String hex(Row row, String column) {
    return HEX.formatHex(row.getBuffer(column).getBytes());
  }

  private static byte[] lastHash(RowSet<Row> rows) {
    byte[] last = new byte[0];
    for (Row row : rows) {
      last = row.getBuffer("hash").getBytes();
    }
    return last;
  }
}
