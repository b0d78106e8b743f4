package io.hexbeat.api.projection;

import io.hexbeat.ingest.journal.JournalTailer;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Tails the journal of every shard into PostgreSQL, each record exactly once. Any thread. Each
 * shard has one worker thread and at most a batch of records in memory. PostgreSQL may be away for
 * as long as it likes: the projector tries again with growing pauses, {@link #lag} tells how far it
 * is behind, and nothing of it reaches ingestion.
 */
public final class Projector {
  private static final Duration USUAL_PATIENCE = Duration.ofSeconds(45);

  private final Vertx vertx;
  private final List<ShardProjector> shards = new ArrayList<>();
  private final List<String> deployments = new ArrayList<>();

  /**
   * @param openTailer a new tailer of a shard's journal; called on the shard's projecting thread
   */
  public Projector(
      Vertx vertx, Pool pool, int shardCount, IntFunction<JournalTailer> openTailer, Clock clock) {
    this(vertx, pool, shardCount, openTailer, clock, USUAL_PATIENCE, Courtesy.NONE);
  }

  /**
   * @param openTailer as above
   * @param patience after which a transaction that nobody answers is tried anew: longer than
   *     PostgreSQL lets a statement run
   * @param courtesy to the line
   */
  public Projector(
      Vertx vertx,
      Pool pool,
      int shardCount,
      IntFunction<JournalTailer> openTailer,
      Clock clock,
      Duration patience,
      Courtesy courtesy) {
    this(vertx, pool, shardCount, openTailer, clock, patience, courtesy, committed -> {});
  }

  /**
   * @param committed told of the records of each batch that is committed, on the projecting thread
   *     of their shard and in its order, once each; keeps the bytes if it likes
   */
  public Projector(
      Vertx vertx,
      Pool pool,
      int shardCount,
      IntFunction<JournalTailer> openTailer,
      Clock clock,
      Duration patience,
      Courtesy courtesy,
      Consumer<List<byte[]>> committed) {
    this.vertx = vertx;
    Partitions partitions = new Partitions(pool);
    for (int shard = 0; shard < shardCount; shard++) {
      shards.add(
          new ShardProjector(
              shard, pool, partitions, openTailer, clock, patience, courtesy, committed));
    }
  }

  /** The last index of each shard that PostgreSQL has, -1 for none. */
  public static Future<long[]> stored(Pool pool, int shardCount) {
    return pool.query("select shard, journal_index from projection_progress")
        .execute()
        .map(
            rows -> {
              long[] stored = new long[shardCount];
              Arrays.fill(stored, ShardProjector.NOTHING);
              for (Row row : rows) {
                if (row.getInteger(0) < shardCount) {
                  stored[row.getInteger(0)] = row.getLong(1);
                }
              }
              return stored;
            });
  }

  /** Completes when every shard is being followed; doesn't wait for PostgreSQL. */
  public Future<Void> start() {
    List<Future<String>> deployed = new ArrayList<>();
    for (int shard = 0; shard < shards.size(); shard++) {
      ShardProjector projector = shards.get(shard);
      DeploymentOptions options =
          new DeploymentOptions()
              .setThreadingModel(ThreadingModel.WORKER)
              .setWorkerPoolName("hexbeat-projector-" + shard)
              .setWorkerPoolSize(1);
      deployed.add(vertx.deployVerticle(() -> projector, options));
    }
    return Future.all(deployed)
        .map(
            all -> {
              deployments.addAll(all.<String>list());
              return null;
            });
  }

  /** Lets the batches in flight end and closes the tailers. */
  public Future<Void> stop() {
    return Future.join(deployments.stream().map(vertx::undeploy).toList()).mapEmpty();
  }

  /** Completes when all that was journaled before the call can be read from PostgreSQL. */
  public Future<Void> awaitCaughtUp() {
    return Future.all(shards.stream().map(ShardProjector::awaitCaughtUp).toList()).mapEmpty();
  }

  /** The index of a shard's last record that is in PostgreSQL, -1 while none is known to be. */
  public long progress(int shard) {
    return shards.get(shard).progress();
  }

  /** Of each shard, in order. */
  public List<ShardLag> lags() {
    return shards.stream().map(ShardProjector::lag).toList();
  }

  /** Of the shard that is furthest behind. */
  public ShardLag lag() {
    ShardLag worst = shards.get(0).lag();
    for (ShardProjector shard : shards) {
      ShardLag lag = shard.lag();
      worst = lag.isWorseThan(worst) ? lag : worst;
    }
    return worst;
  }
}
