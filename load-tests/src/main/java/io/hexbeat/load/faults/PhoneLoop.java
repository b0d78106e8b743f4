package io.hexbeat.load.faults;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The event loop of all clients, for a thread that waits for what it does there. The run's thread;
 * a minute at most.
 */
final class PhoneLoop {
  private static final long WITHIN_SECONDS = 60;

  private final Vertx vertx;
  private final Context context;

  PhoneLoop(Vertx vertx) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
  }

  Vertx vertx() {
    return vertx;
  }

  /** Runs it there and waits for its end. */
  <T> T await(Supplier<Future<T>> action) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        go -> {
          try {
            action.get().onComplete(done);
          } catch (RuntimeException e) {
            done.fail(e);
          }
        });
    return done.future().await(WITHIN_SECONDS, TimeUnit.SECONDS);
  }

  /** Runs it there and waits until it has returned. */
  void run(Runnable action) throws Exception {
    await(
        () -> {
          action.run();
          return Future.succeededFuture();
        });
  }
}
