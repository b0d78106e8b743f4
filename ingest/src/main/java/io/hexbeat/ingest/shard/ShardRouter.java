package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.trust.Finding;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.live.LiveBoard;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * The way to the shards: a member's records go to {@code floorMod(memberHandle, shards)}, all of
 * them, so that they keep their order. Any event loop may submit; nothing here locks or allocates.
 * When one shard can't start, none does.
 */
public final class ShardRouter {
  private final Vertx vertx;
  private final JournalDirectory directory;
  private final List<ShardVerticle> shards;
  private final List<String> deployments;
  private final JournalUpkeep upkeep;

  private ShardRouter(
      Vertx vertx,
      JournalDirectory directory,
      List<ShardVerticle> shards,
      List<String> deployments,
      JournalUpkeep upkeep) {
    this.vertx = vertx;
    this.directory = directory;
    this.shards = shards;
    this.deployments = deployments;
    this.upkeep = upkeep;
  }

  /**
   * Opens the journals, replays each on a worker, all at once, and adopts the index. What comes
   * back is ready for submissions.
   */
  public static Future<ShardRouter> start(
      Vertx vertx, ShardConfig config, DeviceRegistry devices, FenceIndex index, LiveBoard board) {
    return start(vertx, config, devices, index, board, shard -> -1);
  }

  /**
   * The same where records were copied to PostgreSQL.
   *
   * @param copiedUpTo the last index of a shard that is there, -1 for none; no record gets one of
   *     these again
   */
  public static Future<ShardRouter> start(
      Vertx vertx,
      ShardConfig config,
      DeviceRegistry devices,
      FenceIndex index,
      LiveBoard board,
      IntToLongFunction copiedUpTo) {
    return vertx
        .executeBlocking(
            () -> JournalDirectory.open(config.journalDir(), config.shards(), config.life().roll()),
            false)
        .compose(directory -> deploy(vertx, config, devices, index, board, copiedUpTo, directory));
  }

  /**
   * Hands a submission to its shard; on an event loop. True: it is taken and {@link
   * Submission#completion} will be told on this loop, possibly before this returns. False: the
   * shard is full or stopped, and the submission still belongs to the caller.
   */
  public boolean submit(Submission submission) {
    return shards
        .get(Math.floorMod(submission.who().memberHandle(), shards.size()))
        .submit(submission);
  }

  /**
   * Completes when each shard decides by this index, from one place in its order on; told on the
   * caller's context, not on a shard's.
   */
  public Future<Void> adopt(FenceIndex index) {
    Promise<Void> adopted = ((ContextInternal) vertx.getOrCreateContext()).promise();
    Future.join(shards.stream().map(shard -> shard.adopt(index)).toList())
        .<Void>mapEmpty()
        .onComplete(adopted);
    return adopted.future();
  }

  /** The same of a trust policy, which weighs from one place in each shard's order on. */
  public Future<Void> adopt(TrustPolicy policy) {
    Promise<Void> adopted = ((ContextInternal) vertx.getOrCreateContext()).promise();
    Future.join(shards.stream().map(shard -> shard.adopt(policy)).toList())
        .<Void>mapEmpty()
        .onComplete(adopted);
    return adopted.future();
  }

  /**
   * Raises an alert that was found beside the line by comparing people; it is journaled, projected
   * and told like any other.
   *
   * @param who the device that it speaks of
   * @param id what its finder calls it, the same each time that it finds it
   */
  public Future<Void> raise(DeviceIdentity who, Finding finding, String id, long policyVersion) {
    Promise<Void> raised = ((ContextInternal) vertx.getOrCreateContext()).promise();
    shards
        .get(Math.floorMod(who.memberHandle(), shards.size()))
        .raise(who, finding, id, policyVersion)
        .onComplete(raised);
    return raised.future();
  }

  /** Refuses what is new, finishes what was taken, then closes the journals. */
  public Future<Void> stop() {
    return vertx
        .executeBlocking(
            () -> {
              upkeep.stop();
              return null;
            },
            false)
        .compose(v -> undeploy(vertx, deployments, directory));
  }

  /**
   * What says up to which index a shard's journal is projected, -1 for not at all; nothing of a
   * journal is deleted before. Any thread.
   */
  public void projectedUpTo(IntToLongFunction index) {
    upkeep.projectedUpTo(index);
  }

  /**
   * How long a task waits now for the loop of a shard, which says whether the line is short of
   * time; any thread asks, the shard's loop answers.
   */
  public Future<Long> loopDelayNs(int shard) {
    return shards.get(shard).loopDelayNs();
  }

  public int shards() {
    return shards.size();
  }

  /** Counters of one shard, live; any thread. */
  public ShardStats stats(int shard) {
    return shards.get(shard).stats();
  }

  /**
   * A reader of one shard's journal, from its start; any thread, closed by the caller before {@link
   * #stop}.
   */
  public JournalTailer tailer(int shard) {
    return shards.get(shard).tailer();
  }

  private static Future<ShardRouter> deploy(
      Vertx vertx,
      ShardConfig config,
      DeviceRegistry devices,
      FenceIndex index,
      LiveBoard board,
      IntToLongFunction copiedUpTo,
      JournalDirectory directory) {
    SharedPhoneBook phones = new SharedPhoneBook(config.maxPhones());
    List<ShardVerticle> shards = new ArrayList<>();
    List<Future<String>> deployed = new ArrayList<>();
    for (int shard = 0; shard < config.shards(); shard++) {
      ShardVerticle verticle =
          new ShardVerticle(
              shard,
              config,
              directory,
              devices,
              phones,
              board,
              index,
              copiedUpTo.applyAsLong(shard));
      shards.add(verticle);
      deployed.add(vertx.deployVerticle(verticle));
    }
    return Future.join(deployed)
        .map(
            all ->
                new ShardRouter(
                    vertx,
                    directory,
                    shards,
                    ids(deployed),
                    JournalUpkeep.start(shards, config.life().checkEvery())))
        .recover(
            failure ->
                undeploy(vertx, ids(deployed), directory)
                    .transform(undeployed -> Future.failedFuture(failure)));
  }

  private static List<String> ids(List<Future<String>> deployed) {
    return deployed.stream().filter(Future::succeeded).map(Future::result).toList();
  }

  private static Future<Void> undeploy(
      Vertx vertx, List<String> deployments, JournalDirectory directory) {
    return Future.join(deployments.stream().map(vertx::undeploy).toList())
        .eventually(
            () ->
                vertx.executeBlocking(
                    () -> {
                      directory.close();
                      return null;
                    },
                    false))
        .mapEmpty();
  }
}
