package io.hexbeat.load.faults;

import io.hexbeat.load.Doors;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Instant;
import java.util.Random;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A phone at the HTTP doors: batches of native JSON with a punch now and then, or single fixes in
 * OsmAnd's form. Belongs to the phones' loop. One request at a time; its bytes are sent again until
 * they are answered 2xx.
 */
final class HttpPhone implements Client {
  private static final int BATCH = 8;
  private static final int PUNCH_EVERY = 12;
  private static final long RETRY_MS = 80;
  private static final long ANSWER_WITHIN_MS = 4_000;

  private final Vertx vertx;
  private final Truth truth;
  private final int phone;
  private final String token;
  private final boolean osmand;
  private final @Nullable DeviceSignature signature;
  private final Random random;
  private final HttpClient http;
  private final RequestOptions to;
  private @Nullable Request unacknowledged;
  private int requests;
  private boolean paused = true;
  private boolean busy;

  /** Fixes from {@code first} on, or a punch. */
  private record Request(String body, int first, int count, String punchId) {}

  /**
   * A phone that sends nothing yet.
   *
   * @param osmand in whose form it sends; else native JSON
   * @param signature for one that signs, in native JSON
   */
  HttpPhone(
      Vertx vertx,
      Truth truth,
      int phone,
      String token,
      int port,
      boolean osmand,
      @Nullable DeviceSignature signature,
      long seed) {
    this.vertx = vertx;
    this.truth = truth;
    this.phone = phone;
    this.token = token;
    this.osmand = osmand;
    this.signature = signature;
    this.random = new Random(seed * 31 + phone);
    this.http = Doors.client(vertx, 2, 4);
    this.to =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(port)
            .setIdleTimeout(ANSWER_WITHIN_MS)
            .setConnectTimeout(ANSWER_WITHIN_MS)
            .putHeader(
                "Content-Type", osmand ? "application/x-www-form-urlencoded" : "application/json");
    if (!osmand) {
      to.putHeader("Authorization", "Bearer " + token);
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (!busy) {
      busy = true;
      send();
    }
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public boolean idle() {
    return paused && !busy;
  }

  private void send() {
    if (paused) {
      busy = false;
      return;
    }
    Request request = unacknowledged == null ? next() : unacknowledged;
    unacknowledged = request;
    String path = osmand ? "/" : request.punchId.isEmpty() ? "/v1/pings" : "/v1/punches";
    http.request(new RequestOptions(to).setURI(path))
        .compose(open -> open.send(Buffer.buffer(request.body)))
        .compose(
            answer ->
                answer.statusCode() / 100 == 2
                    ? answer.body()
                    : answer
                        .body()
                        .compose(why -> Future.failedFuture("answered " + answer.statusCode())))
        .onSuccess(body -> acknowledged(request, body.toString()))
        .onComplete(
            done -> vertx.setTimer(done.succeeded() ? pauseMs() : RETRY_MS, timer -> send()));
  }

  private void acknowledged(Request request, String answer) {
    unacknowledged = null;
    if (!request.punchId.isEmpty()) {
      truth.acked(request.punchId, answer);
    }
    for (int i = 0; i < request.count; i++) {
      truth.acked(phone, request.first + i);
    }
  }

  private long pauseMs() {
    return 20L + random.nextInt(osmand ? 60 : 180);
  }

  private Request next() {
    requests++;
    Route route = truth.route(phone);
    int n = truth.next(phone);
    if (osmand) {
      return new Request(route.form(token, n), n, 1, "");
    }
    if (requests % PUNCH_EVERY == 0) {
      // the fix that the punch speaks of is sent beside it, by nobody: it has a number of its own
      String id = route.device() + "-" + n;
      String punch =
          "{\"id\":\"%s\",\"kind\":\"visit_in\",\"at\":\"%s\",%s"
              .formatted(id, Instant.ofEpochMilli(route.fixMs(n)), route.json(n).substring(1));
      String body = signed(punch);
      truth.sent(id, phone, body);
      return new Request(body, n, 0, id);
    }
    int count = 1 + random.nextInt(BATCH);
    StringJoiner batch = new StringJoiner(",", "[", "]").add(signed(route.json(n)));
    for (int i = 1; i < count; i++) {
      batch.add(signed(route.json(truth.next(phone))));
    }
    return new Request(batch.toString(), n, count, "");
  }

  private String signed(String json) {
    DeviceSignature by = signature;
    return by == null ? json : by.item(json);
  }
}
