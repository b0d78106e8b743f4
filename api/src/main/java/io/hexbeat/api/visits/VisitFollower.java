package io.hexbeat.api.visits;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.webhooks.Outbox;
import io.hexbeat.api.webhooks.WebhookEvent;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.live.LiveEvent;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the projection and keeps the visits. One worker thread; {@link #wake} by any. What is to
 * be done stands in PostgreSQL, where the projector put it with its records, and goes with the
 * transaction that stores the visits: a crash repeats what was not done and nothing else. It is
 * never in the projector's way and works half of the time at most, a tenth while a shard's loop is
 * late. What fails for what is stored of a member is logged, counted and left out; while PostgreSQL
 * is away it waits.
 */
public final class VisitFollower {
  private static final int MEMBERS_A_ROUND = 200;

  /** Work over more than a day, and all that asks for a replay of late fixes, is done by itself. */
  private static final String MEMBERS =
      "select member, count(device) = 0 and max(to_ms) - min(from_ms) < 86400000 as brief"
          + " from (select * from visit_work order by id limit 2000) as oldest"
          + " group by member order by min(id) limit "
          + MEMBERS_A_ROUND;

  private static final String WAITING = "select min(id), max(id) from visit_work";

  /** Gathers what a burst of records says of one member. */
  private static final long GATHER_MS = 50;

  /** Looks by itself, should it have missed a call. */
  private static final long IDLE_MS = 5_000;

  private static final long BACK_OFF_MS = 1_000;
  private static final long LONGEST_REST_MS = 5_000;
  private static final long LATE_LOOP_NS = 200_000;

  /** Nobody is told live of what ended longer ago, unless it is amended now. */
  private static final long NEWS_MS = 86_400_000L;

  private static final Logger log = LoggerFactory.getLogger(VisitFollower.class);

  private final Vertx vertx;
  private final Pool pool;
  private final VisitMaker maker;
  private final LiveBoard board;
  private final Outbox outbox;
  private final Directory directory;
  private final Clock clock;
  private final Supplier<Future<Long>> loopDelayNs;
  private final VisitStats stats = new VisitStats();
  private final AtomicBoolean called = new AtomicBoolean();
  private final Loop loop = new Loop();
  private @Nullable String deployment;

  /** Written by whoever stops it, read by whoever wakes it. */
  private volatile boolean stopped;

  /**
   * @param fences in force
   * @param outbox where visits wait for webhooks
   * @param directory names of members for those
   * @param loopDelayNs how long a task waits for the busiest shard's loop now
   */
  public VisitFollower(
      Vertx vertx,
      Pool pool,
      VisitSettings settings,
      PresencePolicy presence,
      Supplier<FenceIndex> fences,
      LiveBoard board,
      Outbox outbox,
      Directory directory,
      Clock clock,
      Supplier<Future<Long>> loopDelayNs) {
    this.vertx = vertx;
    this.pool = pool;
    this.board = board;
    this.outbox = outbox;
    this.directory = directory;
    this.clock = clock;
    this.loopDelayNs = loopDelayNs;
    this.maker =
        new VisitMaker(
            settings,
            new SiteBook(() -> fences.get().version()),
            new LateAmender(fences, presence),
            clock);
  }

  /** Begins with what was left. */
  public Future<Void> start() {
    DeploymentOptions options =
        new DeploymentOptions()
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName("hexbeat-visits")
            .setWorkerPoolSize(1);
    return vertx
        .deployVerticle(() -> loop, options)
        .map(
            id -> {
              deployment = id;
              return null;
            });
  }

  /** Lets the members at hand be done. */
  public Future<Void> stop() {
    stopped = true;
    return deployment == null ? Future.succeededFuture() : vertx.undeploy(deployment);
  }

  /** There is something to do. Any thread. */
  public void wake() {
    if (!stopped && called.compareAndSet(false, true)) {
      loop.wake();
    }
  }

  public VisitStats stats() {
    return stats;
  }

  /** Whose work is done next, together and one by one. */
  private record Members(List<Integer> brief, List<Integer> large) {}

  /** The worker's part; all of its fields belong to it. */
  private final class Loop extends VerticleBase {
    private long timer = -1;
    private boolean working;
    private boolean stopping;
    private boolean complained;
    private Future<Boolean> inFlight = Future.succeededFuture(false);

    @Override
    public Future<?> start() {
      rest(1);
      return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
      stopping = true;
      vertx.cancelTimer(timer);
      return inFlight.timeout(LONGEST_REST_MS, TimeUnit.MILLISECONDS).otherwise(false);
    }

    void wake() {
      if (context != null) {
        context.runOnContext(
            v -> {
              if (!working && !stopping) {
                vertx.cancelTimer(timer);
                rest(GATHER_MS);
              }
            });
      }
    }

    private void rest(long delayMs) {
      timer = vertx.setTimer(delayMs, id -> round());
    }

    private void round() {
      working = true;
      called.set(false);
      long beganNs = System.nanoTime();
      inFlight = look().compose(v -> members()).compose(this::makeAll);
      inFlight.onComplete(
          done -> {
            if (stopping) {
              return;
            }
            if (done.failed()) {
              complain(done.cause());
              working = false;
              rest(BACK_OFF_MS);
              return;
            }
            complained = false;
            stats.behind = done.result();
            restOf(System.nanoTime() - beganNs, done.result());
          });
    }

    private void restOf(long workedNs, boolean more) {
      long workedMs = Math.max(1, TimeUnit.NANOSECONDS.toMillis(workedNs));
      if (!more && !called.get()) {
        working = false;
        rest(IDLE_MS);
        return;
      }
      Promise<Boolean> decided = Promise.promise();
      inFlight = decided.future();
      loopDelayNs
          .get()
          .timeout(LONGEST_REST_MS, TimeUnit.MILLISECONDS)
          .otherwise(Long.MAX_VALUE)
          .onSuccess(
              delayNs ->
                  context.runOnContext(
                      v -> {
                        restAfter(workedMs, delayNs);
                        decided.complete(more);
                      }));
    }

    private void restAfter(long workedMs, long loopDelayNs) {
      long restMs = workedMs;
      if (loopDelayNs > LATE_LOOP_NS) {
        restMs = 9 * workedMs;
        stats.restedMs.add(Math.min(LONGEST_REST_MS, restMs));
      }
      working = false;
      if (!stopping) {
        rest(Math.max(GATHER_MS, Math.min(LONGEST_REST_MS, restMs)));
      }
    }

    private Future<Void> look() {
      return pool.query(WAITING)
          .execute()
          .map(
              rows -> {
                Row row = rows.iterator().next();
                stats.lag.look(row.getLong(0), row.getLong(1), System.nanoTime());
                return null;
              });
    }

    private Future<Members> members() {
      return pool.query(MEMBERS)
          .execute()
          .map(
              rows -> {
                Members members = new Members(new ArrayList<>(), new ArrayList<>());
                for (Row row : rows) {
                  (row.getBoolean(1) ? members.brief : members.large).add(row.getInteger(0));
                }
                return members;
              });
    }

    /** Completes with whether there is likely more. */
    private Future<Boolean> makeAll(Members members) {
      Future<Void> made = makeBrief(members.brief);
      for (int member : members.large) {
        made = made.compose(v -> stopping ? Future.succeededFuture() : makeAlone(member));
      }
      return made.map(
          v -> {
            boolean more = members.brief.size() + members.large.size() == MEMBERS_A_ROUND;
            if (!more && !stopping) {
              stats.lag.none();
            }
            return more;
          });
    }

    private Future<Void> makeBrief(List<Integer> members) {
      return members.isEmpty()
          ? Future.succeededFuture()
          : make(members).recover(e -> isOfContent(e) ? eachAlone(members) : failed(e));
    }

    /** One of them is to blame. */
    private Future<Void> eachAlone(List<Integer> members) {
      Future<Void> made = Future.succeededFuture();
      for (int member : members) {
        made = made.compose(v -> stopping ? Future.succeededFuture() : makeAlone(member));
      }
      return made;
    }

    private Future<Void> makeAlone(int member) {
      return make(List.of(member)).recover(e -> isOfContent(e) ? leaveOut(member, e) : failed(e));
    }

    private Future<Void> make(List<Integer> members) {
      return pool.withTransaction(
              connection ->
                  maker
                      .make(connection, members)
                      .compose(made -> outbox.add(connection, events(made)).map(made)))
          .map(
              done -> {
                done.forEach(VisitFollower.this::tell);
                return null;
              });
    }

    private Future<Void> leaveOut(int member, Throwable e) {
      stats.failed.increment();
      log.error("the visits of member={} can't be made from what is stored", member, e);
      return pool.preparedQuery("delete from visit_work where member = $1")
          .execute(Tuple.of(member))
          .mapEmpty();
    }

    private void complain(Throwable e) {
      if (!complained) {
        complained = true;
        log.warn("visits wait, nothing is lost: {}", e.toString());
      }
    }
  }

  /** PostgreSQL's absence concerns everybody; all else only the member. */
  private static boolean isOfContent(Throwable e) {
    return e instanceof PgException pg
        ? pg.getSqlState() != null && pg.getSqlState().startsWith("2")
        : e instanceof RuntimeException;
  }

  private static Future<Void> failed(Throwable e) {
    return Future.failedFuture(e);
  }

  private void tell(VisitMaker.Made made) {
    made.changes().forEach(change -> stats.count(change.kind()));
    for (VisitChange change : news(made)) {
      Site site = made.sites().get(change.after().fence());
      String json = VisitJson.of(change.after(), site).put("change", change.kind().text()).encode();
      board.publish(new LiveEvent.Visit(made.member(), json));
    }
  }

  /** What anybody is to be told of: nothing that is made again, nor what is long past. */
  private List<VisitChange> news(VisitMaker.Made made) {
    long newsMs = clock.millis() - NEWS_MS;
    return made.quiet()
        ? List.of()
        : made.changes().stream()
            .filter(change -> made.sites().containsKey(change.after().fence()))
            .filter(
                change ->
                    change.keepsBefore()
                        || change.after().open()
                        || change.after().endMs() >= newsMs)
            .toList();
  }

  private List<WebhookEvent> events(List<VisitMaker.Made> members) {
    List<WebhookEvent> events = new ArrayList<>();
    for (VisitMaker.Made made : members) {
      for (VisitChange change : news(made)) {
        String type = change.kind().event();
        if (type != null && outbox.wants(type)) {
          events.add(event(type, change, made.sites().get(change.after().fence())));
        }
      }
    }
    return events;
  }

  /** A version opens, closes or amends once, so that the name is the event's for ever. */
  private WebhookEvent event(String type, VisitChange change, Site site) {
    StoredVisit visit = change.after();
    JsonObject data =
        VisitJson.withWhose(directory, visit, site).put("change", change.kind().text());
    if (change.keepsBefore()) {
      data.put("cause", change.cause().text());
    }
    return new WebhookEvent(
        visit.id() + "." + visit.version() + "." + change.kind().text(), type, change.atMs(), data);
  }
}
