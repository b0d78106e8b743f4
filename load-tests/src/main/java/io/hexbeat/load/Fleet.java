package io.hexbeat.load;

import io.hexbeat.load.LoadPlan.Door;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The phones of a load run: sends each ping at its intended time, or as soon after as it can, and
 * never waits for an answer before the next is due. Belongs to one Vert.x loop. Each phone has one
 * keep-alive connection and a bounded queue before it; a ping that finds that full is counted as
 * refused. A failed ping is not sent again: it would hide what the server lost.
 */
final class Fleet {
  private static final int WAITING_PER_PHONE = 1_000;
  private static final long TICK_MS = 1;
  private static final long LAST_ANSWERS_MS = 5_000;
  private static final long NS_PER_MS = 1_000_000;
  private static final double METERS_PER_DEGREE = 111_195;

  /** A phone drives in circles of this size, so that it comes and goes at the fences around it. */
  private static final double LOOP_RADIUS_METERS = 400;

  private static final double SPEED_MPS = 12;

  private final Vertx vertx;
  private final LoadSchedule schedule;
  private final List<Phone> phones = new ArrayList<>();
  private final Latencies acks = new Latencies();
  private final Promise<Void> done = Promise.promise();
  private long next;
  private long waiting;
  private long acked;
  private long refused;
  private long failed;
  private long offered;
  private long lastSendLateNs;

  private record Phone(HttpClient http, RequestOptions to, String token, double lat, double lng) {}

  Fleet(Vertx vertx, URI device, List<String> tokens, LoadSchedule schedule) {
    this.vertx = vertx;
    this.schedule = schedule;
    boolean osmand = schedule.plan().door() == Door.OSMAND;
    for (String token : tokens) {
      HttpClient http = Doors.client(vertx, 1, WAITING_PER_PHONE);
      RequestOptions to =
          new RequestOptions()
              .setMethod(HttpMethod.POST)
              .setHost(device.getHost())
              .setPort(device.getPort())
              .setURI(osmand ? "/" : "/v1/pings")
              .putHeader(
                  "Content-Type",
                  osmand ? "application/x-www-form-urlencoded" : "application/json");
      if (!osmand) {
        to.putHeader("Authorization", "Bearer " + token);
      }
      phones.add(
          new Phone(
              http,
              to,
              token,
              LoadCity.latDegrees(phones.size()),
              LoadCity.lngDegrees(phones.size())));
    }
  }

  /** Completes when all pings were sent and answered, or some seconds after the last. */
  Future<Void> run() {
    vertx.setPeriodic(TICK_MS, this::tick);
    return done.future();
  }

  /** Gives its connections up; to be called when it has run. */
  void close() {
    phones.forEach(phone -> phone.http.close());
  }

  Latencies acks() {
    return acks;
  }

  /** Measured pings that the schedule asked for. */
  long offered() {
    return offered;
  }

  long acked() {
    return acked;
  }

  /** Measured pings that the server said it can't take now. */
  long refused() {
    return refused;
  }

  /** Measured pings with another answer, a broken connection or none. */
  long failed() {
    return failed + waiting;
  }

  private void tick(long timer) {
    long nowNs = System.nanoTime();
    long due = schedule.dueBy(nowNs);
    while (next < due) {
      send(next++);
    }
    boolean allSent = next == schedule.pings();
    if (allSent && lastSendLateNs == 0) {
      lastSendLateNs = nowNs;
    }
    if (allSent && (waiting == 0 || nowNs - lastSendLateNs > LAST_ANSWERS_MS * NS_PER_MS)) {
      vertx.cancelTimer(timer);
      done.tryComplete();
    }
  }

  private void send(long ping) {
    Phone phone = phones.get(schedule.device(ping));
    long fixMs = schedule.fixTimeMs(ping);
    boolean measured = schedule.measured(fixMs);
    if (measured) {
      offered++;
      waiting++;
    }
    phone
        .http
        .request(phone.to)
        .compose(request -> request.send(body(phone, fixMs)))
        .compose(answer -> answer.end().map(answer.statusCode()))
        .onComplete(
            answer -> {
              if (measured) {
                waiting--;
                answered(answer.succeeded() ? answer.result() : 0, fixMs);
              }
            });
  }

  private void answered(int status, long fixMs) {
    if (status / 100 == 2) {
      acked++;
      acks.record(System.nanoTime() - schedule.intendedNs(fixMs));
    } else if (status == 503) {
      refused++;
    } else {
      failed++;
    }
  }

  private Buffer body(Phone phone, long fixMs) {
    double angle = (fixMs - schedule.startMs()) / 1_000.0 * SPEED_MPS / LOOP_RADIUS_METERS;
    double lat = phone.lat + Math.sin(angle) * LOOP_RADIUS_METERS / METERS_PER_DEGREE;
    double metersPerLngDegree = METERS_PER_DEGREE * Math.cos(Math.toRadians(phone.lat));
    double lng = phone.lng + Math.cos(angle) * LOOP_RADIUS_METERS / metersPerLngDegree;
    double accuracy = 8 + Math.floorMod(fixMs * 31, 100) / 10.0;
    if (schedule.plan().door() == Door.OSMAND) {
      return Buffer.buffer(
          String.format(
              Locale.ROOT,
              "id=%s&timestamp=%d&lat=%.7f&lon=%.7f&accuracy=%.1f&speed=23.3&batt=80",
              phone.token,
              fixMs,
              lat,
              lng,
              accuracy));
    }
    return Buffer.buffer(
        String.format(
            Locale.ROOT,
            "{\"fix_time\":\"%s\",\"lat\":%.7f,\"lng\":%.7f,\"accuracy_m\":%.1f,\"speed_mps\":12,\"battery_pct\":80}",
            Instant.ofEpochMilli(fixMs),
            lat,
            lng,
            accuracy));
  }
}
