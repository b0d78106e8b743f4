package io.hexbeat.api.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks the chain of the audit log. Any thread; a walk is one query for each thousand rows, all of
 * one moment, hashed on a worker. One walk runs at a time; who asks meanwhile gets its result.
 * Fails while PostgreSQL is away.
 */
public final class AuditChain {
  private static final int CHUNK = 1_000;
  private static final HexFormat HEX = HexFormat.of();

  private final Vertx vertx;
  private final Pool pool;
  private @Nullable Future<Verified> walk;

  /**
   * What a walk found.
   *
   * @param rows that were right, from the first that is kept
   * @param pruned rows before these that were deleted for their age
   * @param lastHash of the last right one, hex: whoever keeps it elsewhere can tell later whether
   *     all before it is still the same
   * @param brokenSeq the first row that is wrong or missing, or 0
   * @param reason what is wrong with it, or null
   */
  public record Verified(
      long rows,
      long pruned,
      String lastHash,
      long brokenSeq,
      @Nullable String reason,
      long tookMs) {
    public boolean intact() {
      return brokenSeq == 0;
    }
  }

  /** A place in the chain as it is walked. */
  private record Link(long seq, String hash, long brokenSeq, @Nullable String reason) {
    static Link of(Row row) {
      return new Link(row.getLong("seq"), hex(row, "hash"), 0, null);
    }

    Link broken(long at, String why) {
      return new Link(seq, hash, at, why);
    }

    boolean intact() {
      return brokenSeq == 0;
    }
  }

  AuditChain(Vertx vertx, Pool pool) {
    this.vertx = vertx;
    this.pool = pool;
  }

  /**
   * Of a database that a server may be using; nothing is migrated. The caller closes Vert.x, and
   * the connection with it.
   *
   * @param uri {@code postgresql://user:password@host:port/database}
   */
  public static AuditChain at(Vertx vertx, String uri) {
    Pool pool =
        PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(1))
            .connectingTo(PgConnectOptions.fromUri(uri))
            .using(vertx)
            .build();
    return new AuditChain(vertx, pool);
  }

  /** Walks the whole chain, from the first row that is kept to the end as it is now. */
  public synchronized Future<Verified> verify() {
    Future<Verified> running = walk;
    if (running != null) {
      return running;
    }
    long startNs = System.nanoTime();
    Future<Verified> started =
        pool.withTransaction(
            connection ->
                connection
                    .query("set transaction isolation level repeatable read, read only")
                    .execute()
                    .compose(set -> first(connection, "audit_begin"))
                    .compose(
                        begin ->
                            first(connection, "audit_head")
                                .compose(end -> walk(connection, begin, end))
                                .map(last -> verified(begin, last, startNs))));
    walk = started;
    started.onComplete(done -> walked());
    return started;
  }

  private synchronized void walked() {
    walk = null;
  }

  private static Verified verified(Link begin, Link last, long startNs) {
    return new Verified(
        last.seq - begin.seq,
        begin.seq,
        last.hash,
        last.brokenSeq,
        last.reason,
        (System.nanoTime() - startNs) / 1_000_000);
  }

  private static Future<Link> first(SqlConnection connection, String table) {
    return connection
        .query("select seq, hash from " + table)
        .execute()
        .map(rows -> Link.of(rows.iterator().next()));
  }

  private Future<Link> walk(SqlConnection connection, Link begin, Link end) {
    return prunedAsTold(connection, begin)
        .compose(
            told ->
                told
                    ? members(connection, new byte[0])
                        .compose(wrong -> walk(connection, begin, end.seq, wrong))
                        .map(last -> atEnd(last, end))
                    : Future.succeededFuture(
                        begin.broken(
                            begin.seq + 1,
                            "the rows before it are gone, and no later row tells that they were"
                                + " pruned")));
  }

  /** Whether the chain itself says where it begins: its newest pruning must be that one. */
  private static Future<Boolean> prunedAsTold(SqlConnection connection, Link begin) {
    if (begin.seq == 0) {
      return Future.succeededFuture(true);
    }
    return connection
        .preparedQuery("select entry from audit where action = $1 order by seq desc limit 1")
        .execute(Tuple.of(AuditPruner.ACTION))
        .map(
            rows ->
                rows.size() == 1
                    && AuditPruner.tells(
                        new JsonObject(rows.iterator().next().getString("entry")),
                        begin.seq,
                        begin.hash));
  }

  private static Link atEnd(Link last, Link end) {
    if (!last.intact()) {
      return last;
    }
    if (last.seq < end.seq) {
      return last.broken(last.seq + 1, "it is missing, and all after it");
    }
    return last.hash.equals(end.hash)
        ? last
        : last.broken(last.seq, "it is not the row that the end of the chain was taken from");
  }

  private Future<Link> walk(SqlConnection connection, Link from, long end, List<String> wrongSets) {
    if (from.seq >= end) {
      return Future.succeededFuture(from);
    }
    return connection
        .preparedQuery(
            "select seq, entry, prev_hash, hash, encode(members_set, 'hex') as members_set,"
                + " members_set is null or exists"
                + " (select from audit_members m where m.hash = members_set) as has_set"
                + " from audit where seq > $1 and seq <= $2 order by seq limit $3")
        .execute(Tuple.of(from.seq, end, CHUNK))
        .compose(
            rows ->
                rows.size() == 0
                    ? Future.succeededFuture(from)
                    : vertx
                        .executeBlocking(() -> check(from, rows, wrongSets))
                        .compose(
                            last ->
                                last.intact()
                                    ? walk(connection, last, end, wrongSets)
                                    : Future.succeededFuture(last)));
  }

  private static Link check(Link from, RowSet<Row> rows, List<String> wrongSets) {
    Link last = from;
    for (Row row : rows) {
      Link next = Link.of(row);
      if (next.seq != last.seq + 1) {
        return last.broken(last.seq + 1, "it is missing");
      }
      if (!hex(row, "prev_hash").equals(last.hash)) {
        return last.broken(next.seq, "it does not follow from the row before it");
      }
      byte[] computed = AuditLog.hash(HEX.parseHex(last.hash), next.seq, row.getString("entry"));
      if (!HEX.formatHex(computed).equals(next.hash)) {
        return last.broken(next.seq, "its content was changed");
      }
      if (!row.getBoolean("has_set") || wrongSets.contains(row.getString("members_set"))) {
        return last.broken(next.seq, "the members that it names were changed");
      }
      last = next;
    }
    return last;
  }

  /** Hashes, in hex, of the sets of members that are not what their hash says. */
  private Future<List<String>> members(SqlConnection connection, byte[] after) {
    return connection
        .preparedQuery(
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
                                members(connection, lastHash(rows))
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
