package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.door.MemberDesk.Answer;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes phones' requests to the {@link MemberDesk} on one door's loop. Authenticates before a body
 * is read, lets each device ask as often as it may store records, and holds a few requests of a few
 * KiB at a time; what is beyond is told to come later. What the desk fails to answer is a 503.
 */
final class DeskCounter {
  private static final Logger LOG = LoggerFactory.getLogger(DeskCounter.class);

  /** A text of two thousand characters, escaped, and its name. */
  private static final int MAX_BODY_BYTES = 16 << 10;

  private static final int MAX_UNDER_WAY = 32;
  private static final int MAX_TOKEN_CHARS = 256;
  private static final long PATIENCE_SECONDS = 15;

  private final DoorSupplies supplies;
  private final Context loop;
  private int underWay;

  DeskCounter(DoorSupplies supplies, Context loop) {
    this.supplies = supplies;
    this.loop = loop;
  }

  /** Takes a request whose head is there; {@code passed} is called when it has been read whole. */
  void take(HttpServerRequest request, Runnable passed) {
    DeviceIdentity who = who(request);
    if (who == null) {
      refuse(request, passed, 401, "Unauthorized", "The device credential is missing or unknown.");
      return;
    }
    long nowNs = System.nanoTime();
    DeviceShare share = supplies.guard().of(who.deviceHandle());
    if (share.waitNs(nowNs) > 0) {
      refuse(request, passed, 429, "Too many requests", "Go on a little later.");
    } else if (underWay >= MAX_UNDER_WAY) {
      refuse(request, passed, 503, "Busy", "The server answers no more at a time; ask again.");
    } else {
      share.spend(1, nowNs);
      underWay++;
      read(request, who, passed);
    }
  }

  private void read(HttpServerRequest request, DeviceIdentity who, Runnable passed) {
    Buffer body = Buffer.buffer();
    boolean[] ended = {false};
    request.handler(
        chunk -> {
          if (body.length() <= MAX_BODY_BYTES) {
            body.appendBuffer(chunk);
          }
        });
    request.exceptionHandler(
        broken -> {
          if (!ended[0]) {
            ended[0] = true;
            underWay--;
          }
        });
    request.endHandler(
        end -> {
          ended[0] = true;
          passed.run();
          if (body.length() > MAX_BODY_BYTES) {
            underWay--;
            answer(request.response(), tooLarge());
          } else {
            ask(request, who, body);
          }
        });
  }

  private void ask(HttpServerRequest request, DeviceIdentity who, Buffer body) {
    supplies
        .desk()
        .answer(
            who,
            request.connection().remoteAddress().hostAddress(),
            request.method().name(),
            request.path(),
            body)
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .onComplete(
            answer ->
                loop.runOnContext(
                    v -> {
                      underWay--;
                      if (answer.failed()) {
                        LOG.warn("the desk did not answer: {}", answer.cause().toString());
                      }
                      answer(
                          request.response(),
                          answer.succeeded()
                              ? answer.result()
                              : Answer.problem(503, "Not answered", "Ask again a little later."));
                    }));
  }

  private @Nullable DeviceIdentity who(HttpServerRequest request) {
    PhoneRequest phone = new PhoneRequest();
    phone.open(request.headers(), request.query());
    String token = Credential.token(phone);
    return token == null || token.length() > MAX_TOKEN_CHARS
        ? null
        : supplies.registry().byTokenHash(DeviceRegistry.hash(token));
  }

  private static Answer tooLarge() {
    return Answer.problem(
        413, "Body too large", "A body may be " + MAX_BODY_BYTES + " bytes here.");
  }

  private static void refuse(
      HttpServerRequest request, Runnable passed, int status, String title, String detail) {
    request.endHandler(end -> passed.run());
    DeviceConnection.writeProblem(request.response(), new ProblemBody(status, title, detail));
  }

  private static void answer(HttpServerResponse response, Answer answer) {
    if (!response.closed()) {
      response
          .setStatusCode(answer.status())
          .putHeader(
              HttpHeaders.CONTENT_TYPE,
              answer.status() >= 400 ? ProblemBody.CONTENT_TYPE : "application/json")
          .end(answer.body());
    }
  }
}
