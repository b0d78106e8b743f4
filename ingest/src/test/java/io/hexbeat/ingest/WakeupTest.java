package io.hexbeat.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WakeupTest {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final AtomicInteger put = new AtomicInteger();
  private final LinkedBlockingQueue<Integer> seen = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldWakeALoopOnceForARoundOfAnother() throws Exception {
    Context sleeper = loop();
    Context caller = loop();
    Wakeup wakeup = new Wakeup(sleeper::runOnContext, () -> seen.add(put.get()));
    caller.runOnContext(
        v -> {
          for (int i = 0; i < 100; i++) {
            put.incrementAndGet();
            wakeup.soon();
          }
        });
    assertEquals(100, seen.poll(10, TimeUnit.SECONDS));
    CompletableFuture<Integer> more = new CompletableFuture<>();
    sleeper.runOnContext(v -> more.complete(seen.size()));
    assertEquals(0, more.get(10, TimeUnit.SECONDS));
  }

  @Test
  void shouldWakeItAgainForWhatComesAfterItsTurn() throws Exception {
    Context sleeper = loop();
    Context caller = loop();
    Wakeup wakeup = new Wakeup(sleeper::runOnContext, () -> seen.add(put.get()));
    for (int i = 1; i <= 50; i++) {
      caller.runOnContext(
          v -> {
            put.incrementAndGet();
            wakeup.soon();
          });
      assertEquals(i, seen.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void shouldWakeItFromAThreadThatIsNoLoop() throws Exception {
    Wakeup wakeup = new Wakeup(loop()::runOnContext, () -> seen.add(put.get()));
    put.set(7);
    wakeup.soon();
    assertEquals(7, seen.poll(10, TimeUnit.SECONDS));
  }

  private Context loop() throws Exception {
    CompletableFuture<Context> created = new CompletableFuture<>();
    vertx
        .deployVerticle(
            context -> {
              created.complete(context);
              return Future.succeededFuture();
            })
        .await(10, TimeUnit.SECONDS);
    return created.get();
  }
}
