package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.shard.Submission;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One phone's HTTP connection: reads a request, authenticates it, hands its records to their shard
 * and answers when they are in the journal. Lives on the loop that accepted it and has one request
 * in flight, which HTTP/1.1 gives. Reuses its buffers and its submission from request to request.
 * Whatever is wrong with a request, it is answered and the connection stays usable, unless the body
 * is too large even to be read and thrown away.
 */
final class DeviceConnection {
  private static final Logger log = LoggerFactory.getLogger(DeviceConnection.class);

  /** What a connection keeps between requests: a ping or two, so that idle phones cost little. */
  private static final int KEEP_BYTES = 8 << 10;

  /**
   * So much of a body beyond the limit is read to get past it, before the connection is closed:
   * many clients read no answer until they have sent all. It costs no memory, and the time of a
   * body is bounded.
   */
  private static final long MAX_DISCARD_BYTES = 64 << 20;

  /** Longer than any token of ours; hashing what can't be one is wasted. */
  private static final int MAX_TOKEN_CHARS = 256;

  /** Long enough for an inbox to drain, short enough that a phone's map stays live. */
  private static final String RETRY_AFTER_SECONDS = "1";

  private enum State {
    WAITING,
    READING,
    DISCARDING,
    JOURNALING,
    ANSWERED
  }

  private final DoorSupplies supplies;
  private final HttpConnection connection;
  private final PhoneRequest phone = new PhoneRequest();
  private final Batch batch;
  private final Submission.Completion completion = this::completed;
  private final Handler<Buffer> onChunk = this::received;
  private final Handler<Void> onEnd = end -> receivedAll();
  private final Handler<Throwable> onBroken = cause -> state = State.WAITING;
  private final Runnable closeForAnother;
  private final HeadWatch head;

  private State state = State.WAITING;
  private long stateSinceNs;
  private long discardedBytes;
  private @Nullable HttpServerRequest request;
  private @Nullable PhoneFormat format;
  private @Nullable String encoding;
  private @Nullable DeviceIdentity who;
  private @Nullable ProblemBody problem;
  private @Nullable DeviceShare share;
  private int shareHolder;

  /** The token of the last request and its hash, while requests follow each other closely. */
  private @Nullable String hashedToken;

  private String tokenHash = "";

  DeviceConnection(DoorSupplies supplies, HttpConnection connection, long nowNs) {
    this.supplies = supplies;
    this.connection = connection;
    this.closeForAnother = connection::close;
    this.head = HeadWatch.on(connection);
    this.batch = new Batch(supplies.config(), supplies.stats());
    this.stateSinceNs = nowNs;
  }

  /** Takes the next request, of which the head is there. */
  void begin(HttpServerRequest request, PhoneFormat format) {
    this.request = request;
    this.format = format;
    who = null;
    problem = null;
    encoding = null;
    enter(State.READING);
    supplies.stats().add(format.door(), DoorOutcome.REQUESTS);
    phone.open(request.headers(), request.query());
    if (HttpMethod.GET.equals(request.method())) {
      receivedAll();
    } else {
      beginBody(request, format);
    }
  }

  /** A request that no format reads has been received whole. */
  void passed() {
    enter(State.ANSWERED);
  }

  /** Closes the connection if what it waits for is overdue, and gives back large buffers. */
  void sweep(long nowNs, long headTimeoutNs, long bodyTimeoutNs, long keepAliveNs) {
    long waitedNs = nowNs - stateSinceNs;
    switch (state) {
      case WAITING, ANSWERED -> {
        request = null;
        hashedToken = null;
        phone.clear(KEEP_BYTES);
        batch.clear(KEEP_BYTES);
        if (head.isOverdue(nowNs, headTimeoutNs)) {
          close(DoorClosure.HEAD_TIME);
        } else if (waitedNs > keepAliveNs) {
          close(DoorClosure.IDLE);
        }
      }
      case READING, DISCARDING -> {
        if (waitedNs > bodyTimeoutNs) {
          close(DoorClosure.BODY_TIME);
        }
      }
      case JOURNALING -> {
        // The shard answers in any case.
      }
    }
  }

  /** Its socket is gone; from here on it is nobody's. */
  void closed() {
    if (share != null) {
      share.closed(closeForAnother);
    }
  }

  private void close(DoorClosure reason) {
    supplies.stats().add(reason);
    connection.close();
  }

  private void beginBody(HttpServerRequest request, PhoneFormat format) {
    encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (!format.reads(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      discardThen(unsupported("This door does not read such a body."));
    } else if (encoding != null && !Inflation.reads(encoding)) {
      request.response().putHeader(HttpHeaders.ACCEPT_ENCODING, Inflation.ENCODINGS);
      discardThen(unsupported("A body may be encoded as " + Inflation.ENCODINGS + "."));
    } else if (!authenticated() && !format.credentialInBody()) {
      discardThen(unauthorized());
    } else if (declaredBytes(request) > maxBodyBytes()) {
      discardThen(tooLarge());
    }
    if (state == State.READING || state == State.DISCARDING) {
      request.handler(onChunk).endHandler(onEnd).exceptionHandler(onBroken);
    }
  }

  private void received(Buffer chunk) {
    int length = chunk.length();
    if (state == State.READING && phone.bodyLength() + length > maxBodyBytes()) {
      discardThen(tooLarge());
    }
    if (state == State.READING) {
      byte[] body = phone.reserve(length);
      chunk.getBytes(0, length, body, phone.bodyLength());
      phone.received(length);
    } else if (state == State.DISCARDING) {
      discardedBytes += length;
      if (discardedBytes > MAX_DISCARD_BYTES) {
        answerAndClose();
      }
    }
  }

  private void receivedAll() {
    if (state == State.DISCARDING) {
      answer(Objects.requireNonNull(problem));
    } else if (state == State.READING && inflated()) {
      if (format().credentialInBody() ? !authenticated() : who == null) {
        answer(unauthorized());
      } else {
        submit(Objects.requireNonNull(who));
      }
    }
  }

  /** False if the body could not be, and is answered. */
  private boolean inflated() {
    if (encoding == null) {
      return true;
    }
    try {
      Inflation.inflate(phone, encoding, maxBodyBytes(), supplies.config().maxInflationRatio());
      return true;
    } catch (RefusedBodyException e) {
      answer(refused(e));
      return false;
    }
  }

  private void submit(DeviceIdentity who) {
    DoorStats stats = supplies.stats();
    Door door = format().door();
    DeviceShare share = shareOf(who);
    long nowNs = System.nanoTime();
    long waitNs = share.waitNs(nowNs);
    if (waitNs > 0) {
      stats.add(door, DoorOutcome.RATE_LIMITED);
      answer(tooFast(waitNs));
      return;
    }
    batch.open(who, door, System.currentTimeMillis(), completion);
    try {
      format().read(phone, batch);
    } catch (RefusedBodyException e) {
      share.spend(1, nowNs);
      answer(refused(e));
      return;
    } catch (RuntimeException e) {
      log.error("door={} device={} could not read a request", door.label(), who.deviceId(), e);
      stats.add(door, DoorOutcome.FAILED);
      answer(new ProblemBody(500, "Internal error", "The request could not be read."));
      return;
    }
    share.spend(Math.max(1, batch.size()), nowNs);
    if (batch.size() == 0) {
      answerSuccess();
      return;
    }
    enter(State.JOURNALING);
    List<? extends LateCheck> unchecked = batch.unchecked();
    if (unchecked.isEmpty()) {
      journal();
    } else if (!supplies
        .signatures()
        .run(unchecked, Objects.requireNonNull(Vertx.currentContext()), this::verified)) {
      refuseBusy();
    }
  }

  private void verified() {
    batch.checked();
    journal();
  }

  private void journal() {
    if (format().door() == Door.PUNCHES) {
      batch.submission().urgent();
    }
    // Once taken, the completion may already have run and the next request may have begun.
    if (!batch.submitTo(supplies.router())) {
      refuseBusy();
    }
  }

  private void refuseBusy() {
    supplies.stats().add(format().door(), DoorOutcome.REFUSED);
    answer(new ProblemBody(503, "Busy", "The server takes no more records now; send it again."));
  }

  private void completed(Submission submission) {
    if (submission.outcome() == Submission.Outcome.JOURNALED) {
      answerSuccess();
      return;
    }
    supplies.stats().add(format().door(), DoorOutcome.FAILED);
    answer(
        new ProblemBody(
            503,
            "Not journaled",
            "Of "
                + submission.count()
                + " records "
                + submission.journaled()
                + " could be stored; send all of them again."));
  }

  private boolean authenticated() {
    String token = format().token(phone);
    phone.authenticatedBy(token);
    who =
        token == null || token.length() > MAX_TOKEN_CHARS
            ? null
            : supplies.registry().byTokenHash(hash(token));
    return who != null;
  }

  /**
   * A connection is nearly always one phone's; whether its token still holds is asked each time.
   */
  private String hash(String token) {
    if (!token.equals(hashedToken)) {
      tokenHash = DeviceRegistry.hash(token);
      hashedToken = token;
    }
    return tokenHash;
  }

  /**
   * What the device may take. The connection counts as that of the first device on it; if another
   * comes, as through a proxy, it is nobody's own.
   */
  private DeviceShare shareOf(DeviceIdentity who) {
    DeviceShare known = share;
    if (known != null && shareHolder == who.deviceHandle()) {
      return known;
    }
    DeviceShare next = supplies.guard().of(who.deviceHandle());
    share = next;
    shareHolder = who.deviceHandle();
    if (known != null) {
      known.closed(closeForAnother);
    } else if (next.opened(closeForAnother)) {
      supplies.stats().add(DoorClosure.DEVICE_FULL);
    }
    return next;
  }

  private ProblemBody tooFast(long waitNs) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(waitNs) + 1;
    request().response().putHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    return new ProblemBody(
        429,
        "Too many records",
        "A device may store "
            + supplies.config().share().recordsPerSecond()
            + " records a second; go on in "
            + seconds
            + " s.");
  }

  private ProblemBody refused(RefusedBodyException e) {
    boolean tooLarge = e.problem().status() == 413;
    supplies.stats().add(format().door(), tooLarge ? DoorOutcome.TOO_LARGE : DoorOutcome.MALFORMED);
    return e.problem();
  }

  private ProblemBody unsupported(String detail) {
    supplies.stats().add(format().door(), DoorOutcome.UNSUPPORTED);
    return new ProblemBody(415, "Unsupported media type", detail);
  }

  private ProblemBody unauthorized() {
    supplies.stats().add(format().door(), DoorOutcome.UNAUTHORIZED);
    return new ProblemBody(401, "Unauthorized", "The device credential is missing or unknown.");
  }

  private ProblemBody tooLarge() {
    supplies.stats().add(format().door(), DoorOutcome.TOO_LARGE);
    return new ProblemBody(
        413, "Body too large", "A body may be " + maxBodyBytes() + " bytes; send less at once.");
  }

  /** Reads on to the end of the body, so that the client hears the answer, within a bound. */
  private void discardThen(ProblemBody problem) {
    this.problem = problem;
    discardedBytes = 0;
    enter(State.DISCARDING);
    if (declaredBytes(request()) > MAX_DISCARD_BYTES) {
      answerAndClose();
    }
  }

  private void answerAndClose() {
    supplies.stats().add(DoorClosure.BODY_SIZE);
    enter(State.ANSWERED);
    request().response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    writeProblem(request().response(), Objects.requireNonNull(problem))
        .onComplete(written -> connection.close());
  }

  /**
   * Nothing of this request may follow the end of its response, which can begin the next, pipelined
   * one.
   */
  private void answerSuccess() {
    batch.count();
    enter(State.ANSWERED);
    if (!request().response().closed()) {
      long answeringNs = batch.answering();
      format().answer(batch, request().response());
      batch.answered(answeringNs);
    }
  }

  private void answer(ProblemBody body) {
    enter(State.ANSWERED);
    if (!request().response().closed()) {
      writeProblem(request().response(), body);
    }
  }

  /** Answers a request with a problem. */
  static Future<Void> writeProblem(HttpServerResponse response, ProblemBody body) {
    response.setStatusCode(body.status());
    response.putHeader(HttpHeaders.CONTENT_TYPE, ProblemBody.CONTENT_TYPE);
    switch (body.status()) {
      case 401 -> response.putHeader("www-authenticate", "Bearer");
      case 503 -> response.putHeader("retry-after", RETRY_AFTER_SECONDS);
      default -> {
        // No header of its own.
      }
    }
    return response.end(body.toBuffer());
  }

  private void enter(State next) {
    state = next;
    stateSinceNs = System.nanoTime();
    head.reset();
  }

  /** Less while nobody knows whose it is, which its end may tell. */
  private int maxBodyBytes() {
    return who == null ? supplies.config().maxFormBytes() : supplies.config().maxBodyBytes();
  }

  /** What Content-Length says, 0 if it says nothing. */
  private static long declaredBytes(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length);
  }

  private HttpServerRequest request() {
    return Objects.requireNonNull(request);
  }

  private PhoneFormat format() {
    return Objects.requireNonNull(format);
  }
}
