package io.hexbeat.api.passkey;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.FenceBook;
import io.hexbeat.api.store.PasskeyBook;
import io.hexbeat.api.store.Refusal;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.FenceIndex.Nearby;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.door.DevicePages;
import io.hexbeat.ingest.door.DeviceShare;
import io.hexbeat.ingest.door.DoorGuard;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page to punch on, and what it asks for besides punching: who it is, sites near by, and the
 * enrolment of a passkey. Asked on the device port's loops and answered there; what takes time or
 * PostgreSQL runs on the control plane. Takes bodies to a bound and counts against the device's
 * share of the doors.
 */
public final class PunchPages implements DevicePages {
  private static final Logger LOG = LoggerFactory.getLogger(PunchPages.class);
  private static final String PHONE = "/v1/phone";
  private static final String SITES = "/v1/sites";
  private static final String OPTIONS = "/v1/passkeys/options";
  private static final String PASSKEYS = "/v1/passkeys";
  private static final String BEARER = "Bearer ";
  private static final int MAX_TOKEN_CHARS = 256;

  /** A credential with a long chain of certificates is a tenth of it. */
  private static final int MAX_BODY_BYTES = 64 << 10;

  private static final int SITES_WITHIN_METERS = 2_000;
  private static final int SITES_MAX = 5;

  private final Context control;
  private final DeviceRegistry registry;
  private final DoorGuard guard;
  private final Directory directory;
  private final FenceBook fences;
  private final PasskeyBook book;
  private final PasskeySettings settings;
  private final PasskeyEnrolment enrolment;
  private final PageFiles files = PageFiles.load();

  /**
   * @param control where enrolments run
   */
  public PunchPages(
      Context control,
      DeviceRegistry registry,
      DoorGuard guard,
      Directory directory,
      FenceBook fences,
      PasskeyBook book,
      PasskeySettings settings,
      PasskeyEnrolment enrolment) {
    this.control = control;
    this.registry = registry;
    this.guard = guard;
    this.directory = directory;
    this.fences = fences;
    this.book = book;
    this.settings = settings;
    this.enrolment = enrolment;
  }

  @Override
  public boolean serves(String path) {
    return files.has(path)
        || path.equals(PHONE)
        || path.equals(SITES)
        || path.equals(PASSKEYS)
        || path.equals(OPTIONS);
  }

  @Override
  public void serve(HttpServerRequest request, Runnable received) {
    String path = request.path();
    boolean posted = path.equals(PASSKEYS) || path.equals(OPTIONS);
    if (!request.method().equals(posted ? HttpMethod.POST : HttpMethod.GET)) {
      request.endHandler(end -> received.run());
      request.response().putHeader(HttpHeaders.ALLOW, posted ? "POST" : "GET");
      problem(request.response(), 405, "Method not allowed", "It takes another method.");
    } else if (files.has(path)) {
      request.endHandler(end -> received.run());
      files.send(path, request);
    } else {
      readBody(request, received, body -> answer(request, body));
    }
  }

  private interface Body {
    void read(Buffer body);
  }

  /** A body beyond the bound closes the connection: nothing of ours sends one. */
  private static void readBody(HttpServerRequest request, Runnable received, Body body) {
    Buffer whole = Buffer.buffer();
    request.handler(
        chunk -> {
          if (whole.length() + chunk.length() > MAX_BODY_BYTES) {
            request.connection().close();
          } else {
            whole.appendBuffer(chunk);
          }
        });
    request.endHandler(
        end -> {
          received.run();
          body.read(whole);
        });
  }

  private void answer(HttpServerRequest request, Buffer body) {
    HttpServerResponse response = request.response();
    DeviceIdentity who = authenticated(request);
    if (who == null) {
      response.putHeader("www-authenticate", "Bearer");
      problem(response, 401, "Unauthorized", "The device credential is missing or unknown.");
      return;
    }
    DeviceShare share = guard.of(who.deviceHandle());
    long nowNs = System.nanoTime();
    long waitNs = share.waitNs(nowNs);
    if (waitNs > 0) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(waitNs) + 1;
      response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
      problem(response, 429, "Too many requests", "Go on in " + seconds + " s.");
      return;
    }
    share.spend(1, nowNs);
    try {
      switch (request.path()) {
        case PHONE -> json(response, 200, phone(who));
        case SITES -> json(response, 200, sites(request));
        case OPTIONS ->
            json(response, 200, new JsonObject().put("public_key", enrolment.options(who)));
        default -> enrol(request, who, body);
      }
    } catch (Refusal e) {
      refuse(response, e);
    }
  }

  private JsonObject phone(DeviceIdentity who) {
    Member member = directory.member(who.memberHandle());
    JsonArray passkeys = new JsonArray();
    book.of(who.memberHandle()).forEach(each -> passkeys.add(each.key().credentialId()));
    return new JsonObject()
        .put(
            "member",
            new JsonObject()
                .put("id", who.memberId())
                .put("name", member == null ? who.memberId() : member.name()))
        .put("device", who.deviceId())
        .put("rp_id", settings.rpId())
        .put("required", settings.policy().required().name().toLowerCase(Locale.ROOT))
        .put("passkeys", passkeys);
  }

  private JsonObject sites(HttpServerRequest request) {
    double lat = degrees(request, "lat");
    double lng = degrees(request, "lng");
    if (!E7.isLat(lat) || !E7.isLng(lng)) {
      throw Refusal.invalid("/lat", "lat and lng must be a position in degrees");
    }
    long nowMs = System.currentTimeMillis();
    JsonArray sites = new JsonArray();
    for (Nearby near :
        fences
            .current()
            .near(
                E7.fromDegrees(lat),
                E7.normalizeLngE7(E7.fromDegrees(lng)),
                SITES_WITHIN_METERS,
                SITES_MAX,
                fence -> fence.isSite() && fence.activeAt(nowMs))) {
      double meters = Math.max(0, near.signedDistanceMeters());
      sites.add(
          new JsonObject()
              .put("fence", near.fence().id())
              .put("name", near.fence().name())
              .put("distance_m", Math.round(meters * 10) / 10.0));
    }
    return new JsonObject().put("sites", sites);
  }

  private static double degrees(HttpServerRequest request, String name) {
    try {
      return Double.parseDouble(String.valueOf(request.getParam(name)));
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private void enrol(HttpServerRequest request, DeviceIdentity who, Buffer body) {
    HttpServerResponse response = request.response();
    JsonObject json;
    try {
      json = new JsonObject(body);
    } catch (DecodeException | ClassCastException e) {
      throw Refusal.invalid("", "The body is no JSON object.");
    }
    String address = request.connection().remoteAddress().hostAddress();
    Actor actor = new Actor(null, null, null, address, null);
    onControl(() -> enrolment.enrol(who, actor, json))
        .onSuccess(passkey -> json(response, 201, book.json(passkey)))
        .onFailure(failure -> fail(response, failure));
  }

  /** Runs it on the control plane, and what follows on this loop. */
  private <T> Future<T> onControl(Supplier<Future<T>> work) {
    Context loop = Objects.requireNonNull(Vertx.currentContext());
    Promise<T> here = Promise.promise();
    control.runOnContext(
        there ->
            Future.succeededFuture()
                .compose(now -> work.get())
                .onComplete(result -> loop.runOnContext(back -> here.handle(result))));
    return here.future();
  }

  private @Nullable DeviceIdentity authenticated(HttpServerRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null
        || header.length() > MAX_TOKEN_CHARS
        || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return null;
    }
    return registry.byToken(header.substring(BEARER.length()).strip());
  }

  private static void fail(HttpServerResponse response, Throwable failure) {
    if (failure instanceof Refusal refusal) {
      refuse(response, refusal);
    } else {
      LOG.error("a passkey could not be enrolled", failure);
      problem(response, 500, "Internal error", "It could not be stored; try again.");
    }
  }

  private static void refuse(HttpServerResponse response, Refusal refusal) {
    String reason = String.valueOf(refusal.getMessage());
    switch (refusal.kind()) {
      case INVALID -> problem(response, 400, "Invalid request", reason);
      case NOT_FOUND -> problem(response, 404, "Not found", reason);
      case CONFLICT -> problem(response, 409, "Conflict", reason);
      case STALE -> problem(response, 412, "Precondition failed", reason);
      case BUSY -> problem(response, 503, "Busy", reason);
    }
  }

  private static void problem(
      HttpServerResponse response, int status, String title, String detail) {
    JsonObject body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", title)
            .put("status", status)
            .put("detail", detail);
    send(response, status, "application/problem+json", body);
  }

  private static void json(HttpServerResponse response, int status, JsonObject body) {
    send(response, status, "application/json", body);
  }

  private static void send(
      HttpServerResponse response, int status, String contentType, JsonObject body) {
    if (!response.closed()) {
      response
          .setStatusCode(status)
          .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
          .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
          .end(body.toBuffer());
    }
  }
}
