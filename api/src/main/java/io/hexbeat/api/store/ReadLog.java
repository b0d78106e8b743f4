package io.hexbeat.api.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects who read where members were, and writes it to the audit log. Any thread may note a read,
 * which costs a lock and some bits. A session that looks again at members whom it has looked at in
 * the same way within the hour makes no row of its own but raises the count of the next one, so a
 * map that is open all day is about a row an hour; somebody new is written within seconds. While
 * PostgreSQL is away reads collect, up to a bound past which they are refused; a process that is
 * killed loses what it had not written.
 */
public final class ReadLog {
  private static final Logger LOG = LoggerFactory.getLogger(ReadLog.class);
  private static final long REPEATS_MS = Duration.ofHours(1).toMillis();

  /** Sessions times ways to read: each a few kilobytes with ten thousand members. */
  private static final int MAX_READERS = 20_000;

  /** Sets that need not be sent again: a few hundred kilobytes with ten thousand members. */
  private static final int KNOWN_SETS_MAX = 256;

  /** Rows of one transaction, which holds back other writers of the audit log. */
  private static final int ROWS_A_TRANSACTION = 200;

  private final Vertx vertx;
  private final Pool pool;
  private final LongSupplier clockMs;
  private final Map<Reader, Reads> readers = new HashMap<>();

  /** Hashes of the sets that PostgreSQL has, the latest; guarded by the monitor. */
  private final Map<BitSet, String> knownSets =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<BitSet, String> eldest) {
          return size() > KNOWN_SETS_MAX;
        }
      };

  private final LongAdder refused = new LongAdder();
  private final LongAdder rows = new LongAdder();
  private Future<Void> writing = Future.succeededFuture();
  private long timer;

  /** One session and one way to read. */
  private record Reader(String sessionId, String action) {}

  /** What is known of a reader; guarded by the log's monitor. */
  private static final class Reads {
    private Actor actor;
    private BitSet pending = new BitSet();
    private final BitSet told = new BitSet();
    private long toldSinceMs = Long.MIN_VALUE;
    private long count;
    private long firstMs;
    private long lastMs;
    private long fromMs = Long.MAX_VALUE;
    private long toMs = Long.MIN_VALUE;

    Reads(Actor actor) {
      this.actor = actor;
    }

    boolean isDue(long nowMs, boolean all) {
      if (pending.isEmpty()) {
        return false;
      }
      if (all || nowMs - toldSinceMs >= REPEATS_MS || toldSinceMs == Long.MIN_VALUE) {
        return true;
      }
      BitSet unknown = (BitSet) pending.clone();
      unknown.andNot(told);
      return !unknown.isEmpty();
    }
  }

  /** A row to be. */
  private record Due(
      Reader reader,
      Actor actor,
      long count,
      long firstMs,
      long lastMs,
      long fromMs,
      long toMs,
      BitSet members) {
    Future<Void> append(SqlConnection connection, String membersSet) {
      JsonObject detail =
          new JsonObject()
              .put("reads", count)
              .put("since", Times.iso(firstMs))
              .put("until", Times.iso(lastMs));
      if (fromMs <= toMs && fromMs != Long.MIN_VALUE) {
        detail.put("from", Times.iso(fromMs));
      }
      if (fromMs <= toMs && toMs != Long.MAX_VALUE) {
        detail.put("to", Times.iso(toMs));
      }
      return AuditLog.read(
          connection, actor, reader.action(), detail, membersSet, members.cardinality());
    }
  }

  private ReadLog(Vertx vertx, Pool pool, LongSupplier clockMs) {
    this.vertx = vertx;
    this.pool = pool;
    this.clockMs = clockMs;
  }

  /**
   * Opens.
   *
   * @param every how long a read waits at most before it is written
   */
  public static ReadLog open(Vertx vertx, Database database, Duration every, LongSupplier clockMs) {
    ReadLog log = new ReadLog(vertx, database.pool(), clockMs);
    log.timer = vertx.setPeriodic(every.toMillis(), id -> log.write(false));
    return log;
  }

  /**
   * Notes a read of what members did now.
   *
   * @param action such as {@code read.live}
   * @return false if no more can be noted, and the read must not be answered
   */
  public boolean note(Actor actor, String action, BitSet memberHandles) {
    return note(actor, action, memberHandles, Long.MAX_VALUE, Long.MIN_VALUE);
  }

  /** The same of a period of time; Unix milliseconds, the end exclusive. */
  public synchronized boolean note(
      Actor actor, String action, BitSet memberHandles, long fromMs, long toMs) {
    if (memberHandles.isEmpty()) {
      return true;
    }
    Reader reader = new Reader(String.valueOf(actor.sessionId()), action);
    Reads reads = readers.get(reader);
    if (reads == null) {
      if (readers.size() >= MAX_READERS) {
        refused.increment();
        return false;
      }
      reads = new Reads(actor);
      readers.put(reader, reads);
    }
    long nowMs = clockMs.getAsLong();
    if (reads.count == 0) {
      reads.actor = actor;
      reads.firstMs = nowMs;
    }
    reads.pending.or(memberHandles);
    reads.count++;
    reads.lastMs = nowMs;
    reads.fromMs = Math.min(reads.fromMs, fromMs);
    reads.toMs = Math.max(reads.toMs, toMs);
    return true;
  }

  /** Reads that were refused because no more could be noted. */
  public long refused() {
    return refused.sum();
  }

  /** Rows written. */
  public long rows() {
    return rows.sum();
  }

  /** Writes all that is noted and stops. */
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    return write(true);
  }

  /**
   * Writes what is due; one write follows the other.
   *
   * @param all repeats too
   */
  public synchronized Future<Void> write(boolean all) {
    writing = writing.transform(before -> store(due(all)));
    return writing;
  }

  private synchronized List<Due> due(boolean all) {
    long nowMs = clockMs.getAsLong();
    List<Due> due = new ArrayList<>();
    for (Iterator<Map.Entry<Reader, Reads>> each = readers.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<Reader, Reads> entry = each.next();
      Reads reads = entry.getValue();
      if (reads.isDue(nowMs, all)) {
        due.add(take(entry.getKey(), reads, nowMs));
      } else if (reads.pending.isEmpty() && nowMs - reads.toldSinceMs >= REPEATS_MS) {
        each.remove();
      }
    }
    return due;
  }

  private static Due take(Reader reader, Reads reads, long nowMs) {
    Due due =
        new Due(
            reader,
            reads.actor,
            reads.count,
            reads.firstMs,
            reads.lastMs,
            reads.fromMs,
            reads.toMs,
            reads.pending);
    if (nowMs - reads.toldSinceMs >= REPEATS_MS || reads.toldSinceMs == Long.MIN_VALUE) {
      reads.told.clear();
      reads.toldSinceMs = nowMs;
    }
    reads.told.or(reads.pending);
    reads.pending = new BitSet();
    reads.count = 0;
    reads.fromMs = Long.MAX_VALUE;
    reads.toMs = Long.MIN_VALUE;
    return due;
  }

  private Future<Void> store(List<Due> due) {
    if (due.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Due> now = due.subList(0, Math.min(due.size(), ROWS_A_TRANSACTION));
    Map<BitSet, String> sets = new HashMap<>();
    return pool.withTransaction(connection -> append(connection, now, 0, sets))
        .compose(
            stored -> {
              know(sets);
              rows.add(now.size());
              return store(due.subList(now.size(), due.size()));
            },
            failure -> {
              LOG.warn("{} reads wait to be audited: {}", due.size(), failure.toString());
              due.forEach(this::putBack);
              return Future.succeededFuture();
            });
  }

  private Future<Void> append(
      SqlConnection connection, List<Due> due, int at, Map<BitSet, String> stored) {
    if (at == due.size()) {
      return Future.succeededFuture();
    }
    Due row = due.get(at);
    return storeMembers(connection, row.members(), stored)
        .compose(set -> row.append(connection, set))
        .compose(written -> append(connection, due, at + 1, stored));
  }

  private Future<String> storeMembers(
      SqlConnection connection, BitSet members, Map<BitSet, String> stored) {
    String known = stored.getOrDefault(members, knownSet(members));
    if (!known.isEmpty()) {
      return Future.succeededFuture(known);
    }
    Integer[] handles = members.stream().boxed().toArray(Integer[]::new);
    return AuditLog.storeMembers(connection, handles)
        .map(
            set -> {
              stored.put(members, set);
              return set;
            });
  }

  /** Empty if it isn't known whether PostgreSQL has it. */
  private synchronized String knownSet(BitSet members) {
    return knownSets.getOrDefault(members, "");
  }

  private synchronized void know(Map<BitSet, String> stored) {
    knownSets.putAll(stored);
  }

  /** What could not be written is noted again, as if nobody had been told of it. */
  private synchronized void putBack(Due row) {
    Reads reads = readers.computeIfAbsent(row.reader(), reader -> new Reads(row.actor()));
    reads.firstMs = row.firstMs();
    reads.lastMs = Math.max(reads.lastMs, row.lastMs());
    reads.count += row.count();
    reads.pending.or(row.members());
    reads.told.andNot(row.members());
    reads.fromMs = Math.min(reads.fromMs, row.fromMs());
    reads.toMs = Math.max(reads.toMs, row.toMs());
  }
}
