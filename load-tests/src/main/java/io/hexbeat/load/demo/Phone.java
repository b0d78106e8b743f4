package io.hexbeat.load.demo;

import io.hexbeat.load.demo.Step.Ping;
import io.hexbeat.load.demo.Step.Punch;
import io.hexbeat.load.demo.Step.Trick;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One member's phone: sends its shift's steps, one at a time and in order, as the Traccar client
 * and a punch app do. Belongs to the replay's loop. Its outbox holds at most the steps of one day.
 * A record that the server cannot take now is sent again until it can; one that it refuses for good
 * is counted and dropped.
 */
final class Phone {
  /** Tells the replay what became of a record. */
  interface Listener {
    void sent(Ping ping);

    /** {@code verdict} is null where the receipt is that of an earlier punch. */
    void judged(Punch punch, @Nullable String verdict);

    void retried();

    void refused(String what);
  }

  private static final DateTimeFormatter ISO_MS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);
  private static final double KNOTS_PER_MPS = 1.943844;
  private static final long FIRST_RETRY_MS = 1_000;
  private static final long LAST_RETRY_MS = 30_000;
  private static final long CLOCK_AHEAD_MS = 3 * 3_600_000L;
  private static final long OLD_FIX_MS = 50 * 60_000L;
  private static final double BAD_ACCURACY_METERS = 1_400;

  private final Vertx vertx;
  private final HttpClient http;
  private final URI device;
  private final String token;
  private final String punchPrefix;
  private final long midnightMs;
  private final Listener listener;
  private final List<Step> steps;
  private final Queue<Step> outbox = new ArrayDeque<>();
  private int next;

  /** Of the record at the outbox's head: what is sent again is the same, byte by byte. */
  private @Nullable Buffer body;

  private boolean sending;
  private boolean waiting;
  private long retryMs = FIRST_RETRY_MS;

  /**
   * @param punchPrefix makes this phone's punch ids unique
   * @param midnightMs the phones' time of the steps' zero
   */
  Phone(
      Vertx vertx,
      HttpClient http,
      URI device,
      String token,
      String punchPrefix,
      long midnightMs,
      Shift shift,
      Listener listener) {
    this.vertx = vertx;
    this.http = http;
    this.device = device;
    this.token = token;
    this.punchPrefix = punchPrefix;
    this.midnightMs = midnightMs;
    this.steps = List.copyOf(shift.steps());
    this.listener = listener;
  }

  /** Does what is due by a time on the phones' clocks. */
  void advanceTo(long phoneMs) {
    while (next < steps.size() && midnightMs + steps.get(next).dayMs() <= phoneMs) {
      outbox.add(steps.get(next++));
    }
    sendNext();
  }

  /** Whether this phone's day is over and all of it has been sent. */
  boolean finished() {
    return next == steps.size() && outbox.isEmpty();
  }

  private void sendNext() {
    Step step = outbox.peek();
    if (step == null || sending || waiting) {
      return;
    }
    sending = true;
    Buffer record = body;
    if (record == null) {
      record = body(step);
      body = record;
    }
    Future<Answer> answer;
    if (step instanceof Punch) {
      answer = post("/v1/punches", "application/json", bearer(), record);
    } else if (isNative((Ping) step)) {
      answer = post("/v1/pings", "application/json", bearer(), record);
    } else {
      MultiMap nothing = MultiMap.caseInsensitiveMultiMap();
      answer = post("/", "application/x-www-form-urlencoded", nothing, record);
    }
    answer.onComplete(
        done -> {
          sending = false;
          if (done.failed() || done.result().tryAgain()) {
            listener.retried();
            waiting = true;
            vertx.setTimer(retryMs, timer -> sendAgain());
            retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
          } else {
            retryMs = FIRST_RETRY_MS;
            outbox.remove();
            body = null;
            taken(step, done.result());
            sendNext();
          }
        });
  }

  private void sendAgain() {
    waiting = false;
    sendNext();
  }

  private void taken(Step step, Answer answer) {
    if (answer.status / 100 != 2) {
      listener.refused(answer.status + " " + answer.body);
    } else if (step instanceof Punch punch) {
      boolean first = answer.status == 201;
      listener.judged(punch, first ? answer.body.toJsonObject().getString("verdict") : null);
    } else {
      listener.sent((Ping) step);
    }
  }

  private record Answer(int status, Buffer body) {
    boolean tryAgain() {
      return status >= 500 || status == 429 || status == 408;
    }
  }

  private Future<Answer> post(String path, String type, MultiMap headers, Buffer body) {
    return http.request(HttpMethod.POST, device.getPort(), device.getHost(), path)
        .compose(
            request -> {
              request.headers().addAll(headers);
              return request.putHeader("Content-Type", type).send(body);
            })
        .compose(Phone::read);
  }

  private static Future<Answer> read(HttpClientResponse response) {
    return response.body().map(body -> new Answer(response.statusCode(), body));
  }

  private Buffer body(Step step) {
    if (step instanceof Punch punch) {
      return punchBody(punch);
    }
    Ping ping = (Ping) step;
    return isNative(ping) ? pingBody(ping) : form(ping);
  }

  /** Traccar Client has no counter: who has one speaks our own format. */
  private static boolean isNative(Ping ping) {
    return ping.seq() >= 0;
  }

  private MultiMap bearer() {
    return MultiMap.caseInsensitiveMultiMap().add("Authorization", "Bearer " + token);
  }

  /** What Traccar Client 10 posts. A phone with a name of its own proves itself by its token. */
  private Buffer form(Ping ping) {
    StringBuilder form = new StringBuilder();
    if (ping.phone() == null) {
      field(form, "id", token);
    } else {
      field(form, "token", token);
      field(form, "id", ping.phone());
    }
    field(form, "timestamp", ISO_MS.format(Instant.ofEpochMilli(midnightMs + ping.dayMs())));
    field(form, "lat", decimal(ping.fix().latDegrees(), 7));
    field(form, "lon", decimal(ping.fix().lngDegrees(), 7));
    field(form, "accuracy", decimal(ping.accuracyMeters(), 1));
    if (!Double.isNaN(ping.speedMps())) {
      field(form, "speed", decimal(ping.speedMps() * KNOTS_PER_MPS, 2));
      field(form, "bearing", decimal(ping.bearingDegrees(), 1));
    }
    field(form, "batt", decimal(ping.batteryPct(), 0));
    return Buffer.buffer(form.toString());
  }

  private Buffer pingBody(Ping ping) {
    JsonObject body =
        new JsonObject()
            .put("fix_time", ISO_MS.format(Instant.ofEpochMilli(midnightMs + ping.dayMs())))
            .put("lat", ping.fix().latDegrees())
            .put("lng", ping.fix().lngDegrees())
            .put("accuracy_m", ping.accuracyMeters())
            .put("battery_pct", Math.round(ping.batteryPct()))
            .put("seq", ping.seq());
    if (!Double.isNaN(ping.speedMps())) {
      body.put("speed_mps", ping.speedMps()).put("bearing_deg", ping.bearingDegrees());
    }
    return body.toBuffer();
  }

  private Buffer punchBody(Punch punch) {
    Trick trick = punch.trick();
    long fixMs = midnightMs + punch.fix().dayMs() - (trick == Trick.OLD_FIX ? OLD_FIX_MS : 0);
    long atMs =
        trick == Trick.CLOCK_AHEAD
            ? System.currentTimeMillis() + CLOCK_AHEAD_MS
            : midnightMs + punch.dayMs();
    int number = trick == Trick.REUSED_ID ? lastNumber(punch) : steps.indexOf(punch);
    JsonObject body =
        new JsonObject()
            .put("id", punchPrefix + number)
            .put("kind", punch.kind())
            .put("at", ISO_MS.format(Instant.ofEpochMilli(atMs)))
            .put("fix_time", ISO_MS.format(Instant.ofEpochMilli(fixMs)))
            .put("lat", punch.fix().latDegrees())
            .put("lng", punch.fix().lngDegrees())
            .put(
                "accuracy_m",
                trick == Trick.BAD_ACCURACY ? BAD_ACCURACY_METERS : punch.accuracyMeters());
    if (punch.site() != null) {
      body.put("site", punch.site());
    }
    if (trick == Trick.MOCK_APP) {
      body.put("mock", true);
    }
    return body.toBuffer();
  }

  /** The number of the punch before this one. */
  private int lastNumber(Punch punch) {
    int at = steps.indexOf(punch) - 1;
    while (at > 0 && !(steps.get(at) instanceof Punch)) {
      at--;
    }
    return at;
  }

  private static void field(StringBuilder form, String name, String value) {
    if (form.length() > 0) {
      form.append('&');
    }
    form.append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  private static String decimal(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
