package io.hexbeat.load;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The server that is measured: its doors, an administrator's API, and its process where that is
 * ours. Its methods block; they are the main thread's. A server that doesn't answer within the time
 * a set-up may take is a failed run.
 */
final class LoadTarget {
  private static final long ANSWER_WITHIN_SECONDS = 1_800;
  private static final long SETTLE_WITHIN_SECONDS = 90;
  private static final long SETTLED_RECORDS = 1_000;
  private static final long LAG_EVERY_MS = 2_000;
  private static final long LOOK_EVERY_MS = 500;
  private static final long SIGNAL_WITHIN_SECONDS = 10;

  private static final double NS_PER_SECOND = 1e9;

  private final Context context;
  private final URI api;
  private final Doors doors;
  private final Api admin;
  private final @Nullable ServerProcess process;

  /** Where phones connect; null for a door that nobody named. */
  record Doors(URI device, @Nullable URI tcp, @Nullable URI mqtt) {}

  private boolean looking;

  // written by the administrator's context, read by any thread
  private volatile long lagSeen;

  private LoadTarget(
      Context context, URI api, Doors doors, Api admin, @Nullable ServerProcess process) {
    this.context = context;
    this.api = api;
    this.doors = doors;
    this.admin = admin;
    this.process = process;
  }

  /** Logs in. */
  static LoadTarget open(
      Vertx vertx,
      URI api,
      Doors doors,
      String user,
      String password,
      @Nullable ServerProcess process)
      throws Exception {
    Context context = vertx.getOrCreateContext();
    Api admin = await(context, () -> Api.login(vertx, api, user, password));
    LoadTarget target = new LoadTarget(context, api, doors, admin, process);
    context.runOnContext(go -> vertx.setPeriodic(LAG_EVERY_MS, timer -> target.lookAtLag()));
    return target;
  }

  URI api() {
    return api;
  }

  Api admin() {
    return admin;
  }

  URI door(Door door) {
    URI named =
        switch (door) {
          case HTTP, OSMAND, WS -> doors.device();
          case TCP -> doors.tcp();
          case MQTT -> doors.mqtt();
        };
    if (named == null) {
      throw new IllegalArgumentException("--" + door.label() + " URL is missing");
    }
    return named;
  }

  /** Runs it on the administrator's context and waits for it. */
  <T> T await(Supplier<Future<T>> action) throws Exception {
    return await(context, action);
  }

  private static <T> T await(Context context, Supplier<Future<T>> action) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(go -> action.get().onComplete(done));
    return done.future().await(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
  }

  String metrics() throws Exception {
    return await(() -> admin.text("/metrics"));
  }

  /** Records that the journal has and PostgreSQL doesn't. */
  long lagRecords() throws Exception {
    return await(this::lag);
  }

  /** The same, on the administrator's context. */
  Future<Long> lag() {
    return admin
        .get("/health/ready")
        .map(
            ready -> {
              JsonObject checks = ready.getJsonObject("checks", new JsonObject());
              return checks
                  .getJsonObject("projection", new JsonObject())
                  .getLong("lag_records", 0L);
            });
  }

  /** The lag some seconds ago at most, while the server answers; any thread. */
  long lagSeen() {
    return lagSeen;
  }

  private void lookAtLag() {
    if (!looking) {
      looking = true;
      lag().onSuccess(records -> lagSeen = records).onComplete(answered -> looking = false);
    }
  }

  /** Waits until PostgreSQL has what was journaled, within a bound; false if it hasn't then. */
  boolean settle() throws Exception {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_WITHIN_SECONDS);
    while (lagRecords() > SETTLED_RECORDS) {
      if (System.nanoTime() > endNs) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
    return true;
  }

  /** The server as it is, with its garbage collected if that is asked for and it is ours. */
  ServerFigures figures(boolean collect) throws Exception {
    ServerProcess ours = process;
    long pid = ours == null ? ServerFigures.UNKNOWN : ours.pid();
    boolean collected = collect && ours != null && ServerFigures.collectGarbage(pid);
    long database =
        ours == null ? ServerFigures.UNKNOWN : ours.databasePid().orElse(ServerFigures.UNKNOWN);
    return ServerFigures.of(metrics(), pid, database, collected);
  }

  /** Processor time that the server has used, without its PostgreSQL; 0 if it is not ours. */
  double processorSeconds() {
    ServerProcess ours = process;
    return ours == null
        ? 0
        : ProcessHandle.of(ours.pid())
            .flatMap(handle -> handle.info().totalCpuDuration())
            .map(time -> time.toNanos() / NS_PER_SECOND)
            .orElse(0.0);
  }

  /** Stops a server of ours in its tracks, so that it takes nothing from what runs beside it. */
  void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** Lets it go on. */
  void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    ServerProcess ours = process;
    if (ours != null) {
      new ProcessBuilder("kill", name, Long.toString(ours.pid()))
          .inheritIO()
          .start()
          .waitFor(SIGNAL_WITHIN_SECONDS, TimeUnit.SECONDS);
    }
  }
}
