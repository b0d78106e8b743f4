package io.hexbeat.load.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.load.demo.Step.Ping;
import io.hexbeat.load.demo.Step.Punch;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the demo's phones send, to a server that takes everything. With {@code
 * -Dhexbeat.record=FILE} the requests are written there, a few of each shape: the fuzzer's {@code
 * demo_requests.json} was made so.
 */
final class DemoTrafficTest {
  private static final int PHONES = 12;
  private static final int KEPT_OF_A_SHAPE = 3;
  private static final long MIDNIGHT_MS = Instant.parse("2026-02-03T06:00:00Z").toEpochMilli();

  private final Map<String, Integer> shapes = new HashMap<>();
  private final JsonArray kept = new JsonArray();
  private final Set<String> targets = new TreeSet<>();

  @Test
  void shouldUseThreeDoors() throws Exception {
    City city = City.read();
    Random random = new Random(1);
    List<Shift> shifts = Demo.fleet(city, random);
    Cheating.sprinkle(shifts, city, Duration.ofHours(7).toMillis(), random);
    Vertx vertx = Vertx.vertx();
    try {
      play(vertx, shifts);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    assertEquals(Set.of("/", "/v1/pings", "/v1/punches"), targets);
    assertTrue(kept.size() >= 10, kept::encode);
    String record = System.getProperty("hexbeat.record", "");
    if (!record.isEmpty()) {
      Files.writeString(Path.of(record), kept.encodePrettily() + "\n");
    }
  }

  /** The first phones, and all whose steps are out of the ordinary. */
  private void play(Vertx vertx, List<Shift> shifts) throws Exception {
    List<Shift> played = new ArrayList<>(shifts.subList(0, PHONES));
    shifts.stream().skip(PHONES).filter(DemoTrafficTest::isOdd).limit(PHONES).forEach(played::add);
    long steps = played.stream().mapToLong(shift -> shift.steps().size()).sum();
    CountDownLatch done = new CountDownLatch((int) steps);
    int port =
        vertx
            .createHttpServer()
            .requestHandler(this::take)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS)
            .actualPort();
    URI device = URI.create("http://127.0.0.1:" + port);
    vertx.runOnContext(
        now -> {
          var http = vertx.createHttpClient();
          for (int i = 0; i < played.size(); i++) {
            Phone phone =
                new Phone(
                    vertx,
                    http,
                    device,
                    "hb_demo" + i,
                    "demo-" + i + "-",
                    MIDNIGHT_MS,
                    played.get(i),
                    listener(done));
            phone.advanceTo(Long.MAX_VALUE);
          }
        });
    assertTrue(done.await(60, TimeUnit.SECONDS), () -> done.getCount() + " were not sent");
  }

  private static boolean isOdd(Shift shift) {
    return shift.steps().stream()
        .anyMatch(
            step ->
                step instanceof Ping ping
                    ? ping.seq() >= 0 || ping.phone() != null
                    : ((Punch) step).trick() != Step.Trick.NONE);
  }

  private void take(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              keep(request.path(), request.getHeader("Content-Type"), body.toString());
              boolean punch = request.path().equals("/v1/punches");
              request.response().setStatusCode(punch ? 201 : 200).end("{}");
            });
  }

  private void keep(String target, String type, String body) {
    targets.add(target);
    String shape = target + body.replaceAll("[-0-9.:]+", "#").replaceAll("\"[a-z_]+#[^\"]*\"", "@");
    if (shapes.merge(shape, 1, Integer::sum) <= KEPT_OF_A_SHAPE && kept.size() < 60) {
      kept.add(
          new JsonObject()
              .put("method", "POST")
              .put("target", target)
              .put("content_type", type)
              .put("body", body));
    }
  }

  private static Phone.Listener listener(CountDownLatch done) {
    return new Phone.Listener() {
      @Override
      public void sent(Ping ping) {
        done.countDown();
      }

      @Override
      public void judged(Punch punch, @Nullable String verdict) {
        done.countDown();
      }

      @Override
      public void retried() {}

      @Override
      public void refused(String what) {
        done.countDown();
      }
    };
  }
}
