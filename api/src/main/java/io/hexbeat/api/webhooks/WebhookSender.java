package io.hexbeat.api.webhooks;

import io.hexbeat.api.webhooks.TargetGuard.ForbiddenTargetException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what waits in the outbox, at least once, until it is taken or given up. Lives on one
 * context of the control plane; started and closed by any thread. Holds at most {@code
 * webhook.concurrency} deliveries a webhook, so that one that hangs holds up no other; the order of
 * deliveries is not kept. What PostgreSQL doesn't hear of is sent again. Answers count by their
 * status alone: 2xx is success, 410 the end, redirects are failures, and the body is thrown away.
 */
public final class WebhookSender {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
  private static final long SWEEP_MS = 10_000;
  private static final long CLOSE_WAIT_MS = 2_000;

  /** An answer's body is read so far, for the receiver's sake, and never kept. */
  private static final int MAX_ANSWER_BYTES = 64 << 10;

  private static final int GONE = 410;
  private static final int MAX_FAILURE_CHARS = 200;

  private final Vertx vertx;
  private final Context context;
  private final Pool pool;
  private final WebhookBook book;
  private final WebhookConfig config;
  private final Clock clock;
  private final WebhookStats stats = new WebhookStats();
  private final HttpClient client;

  // The context's only.
  private final Map<String, Set<String>> underWay = new HashMap<>();

  /** Done since the look under way began, which may still find them waiting. */
  private final Set<String> doneSince = new HashSet<>();

  private boolean looking;
  private boolean lookAgain;
  private boolean closed;
  private boolean complained;
  private long pollTimer;
  private long sweepTimer;

  private record Delivery(String webhook, String id, String payload, int attempts) {}

  /** A success is {@code 2xx}. */
  private record Answer(int status, @Nullable String failure) {
    boolean taken() {
      return failure == null && status / 100 == 2;
    }
  }

  public WebhookSender(
      Vertx vertx, Pool pool, WebhookBook book, WebhookConfig config, Clock clock) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.pool = pool;
    this.book = book;
    this.config = config;
    this.clock = clock;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setKeepAlive(false).setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(Math.max(1, config.concurrency())));
  }

  public WebhookSender start() {
    context.runOnContext(
        v -> {
          pollTimer = vertx.setPeriodic(config.poll().toMillis(), id -> look());
          sweepTimer = vertx.setPeriodic(SWEEP_MS, id -> sweep());
          sweep();
        });
    return this;
  }

  public WebhookStats stats() {
    return stats;
  }

  /** What is under way is given up; it is still in the outbox. */
  public Future<Void> close() {
    context.runOnContext(
        v -> {
          closed = true;
          vertx.cancelTimer(pollTimer);
          vertx.cancelTimer(sweepTimer);
        });
    return client.close().timeout(CLOSE_WAIT_MS, TimeUnit.MILLISECONDS).otherwiseEmpty();
  }

  /** Takes what is due and has room. */
  private void look() {
    if (closed) {
      return;
    }
    if (looking) {
      lookAgain = true;
      return;
    }
    List<String> active = book.all().stream().filter(Webhook::active).map(Webhook::id).toList();
    if (active.isEmpty()) {
      return;
    }
    looking = true;
    lookAgain = false;
    pool.preparedQuery(
            "select d.* from unnest($1::text[]) as w(id) cross join lateral"
                + " (select webhook, id, payload, attempts from webhook_deliveries"
                + " where webhook = w.id and status = 'pending' and next_ms <= $2"
                + " order by next_ms limit $3) d")
        .execute(
            Tuple.tuple()
                .addArrayOfString(active.toArray(String[]::new))
                .addLong(clock.millis())
                .addInteger(config.concurrency()))
        .onComplete(
            answer ->
                context.runOnContext(
                    v -> {
                      looking = false;
                      if (answer.succeeded()) {
                        complained = false;
                        answer.result().forEach(this::begin);
                      } else if (!complained) {
                        complained = true;
                        LOG.warn("webhooks wait: {}", answer.cause().toString());
                      }
                      doneSince.clear();
                      if (lookAgain) {
                        look();
                      }
                    }));
  }

  private void begin(Row row) {
    Delivery delivery =
        new Delivery(
            row.getString("webhook"),
            row.getString("id"),
            row.getString("payload"),
            row.getInteger("attempts"));
    Webhook hook = book.find(delivery.webhook());
    Set<String> ofHook = underWay.computeIfAbsent(delivery.webhook(), id -> new HashSet<>());
    if (hook == null
        || closed
        || ofHook.size() >= config.concurrency()
        || doneSince.contains(key(delivery))
        || !ofHook.add(delivery.id())) {
      return;
    }
    Future.<Void>succeededFuture()
        .compose(v -> send(hook, delivery))
        .timeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .otherwise(failure -> new Answer(0, told(failure)))
        .compose(answer -> settle(delivery, answer))
        .onComplete(
            done ->
                context.runOnContext(
                    v -> {
                      ofHook.remove(delivery.id());
                      if (looking) {
                        doneSince.add(key(delivery));
                      }
                      if (ofHook.isEmpty()) {
                        underWay.remove(delivery.webhook(), ofHook);
                      }
                      if (done.succeeded()) {
                        look();
                      }
                    }));
  }

  private static String key(Delivery delivery) {
    return delivery.webhook() + " " + delivery.id();
  }

  private Future<Answer> send(Webhook hook, Delivery delivery) {
    URI uri = URI.create(hook.url());
    return vertx
        .<InetAddress>executeBlocking(
            () -> TargetGuard.resolve(uri.getHost(), config.allowPrivate()), false)
        .compose(address -> client.request(options(uri, address)))
        .compose(request -> post(request, hook, delivery));
  }

  private RequestOptions options(URI uri, InetAddress address) {
    boolean https = "https".equalsIgnoreCase(uri.getScheme());
    int port = uri.getPort() > 0 ? uri.getPort() : https ? 443 : 80;
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String host = uri.getHost().replaceAll("[\\[\\]]", "");
    return new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, port)))
        .setHost(host)
        .setPort(port)
        .setSsl(https)
        .setURI(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
        .setFollowRedirects(false)
        .setConnectTimeout(config.timeout().toMillis())
        .setIdleTimeout(config.timeout().toMillis());
  }

  private Future<Answer> post(HttpClientRequest request, Webhook hook, Delivery delivery) {
    long seconds = clock.millis() / 1000;
    request
        .putHeader("content-type", "application/json")
        .putHeader("user-agent", "hexbeat")
        .putHeader("webhook-id", delivery.id())
        .putHeader("webhook-timestamp", Long.toString(seconds))
        .putHeader(
            "webhook-signature",
            Signature.of(book.keys(hook), delivery.id(), seconds, delivery.payload()));
    return request
        .send(Buffer.buffer(delivery.payload()))
        .map(
            response -> {
              int[] bytes = {0};
              response.exceptionHandler(e -> {}); // the status has been heard
              response.handler(
                  chunk -> {
                    bytes[0] += chunk.length();
                    if (bytes[0] > MAX_ANSWER_BYTES) {
                      request.reset();
                    }
                  });
              int status = response.statusCode();
              return new Answer(status, status / 100 == 2 ? null : "answered " + status);
            });
  }

  /** Keeps what became of it. */
  private Future<Void> settle(Delivery delivery, Answer answer) {
    long nowMs = clock.millis();
    int attempts = delivery.attempts() + 1;
    boolean dead = !answer.taken() && (attempts >= config.attempts() || answer.status() == GONE);
    String status = answer.taken() ? "delivered" : dead ? "dead" : "pending";
    (answer.taken() ? stats.delivered : stats.failed).increment();
    if (dead) {
      stats.dead.increment();
      LOG.warn(
          "webhook {} did not take {} after {} attempts: {}",
          delivery.webhook(),
          delivery.id(),
          attempts,
          answer.failure());
    }
    return pool.preparedQuery(
            "update webhook_deliveries set status = $3, attempts = $4, next_ms = $5,"
                + " done_ms = $6, answer = $7, failure = $8 where webhook = $1 and id = $2")
        .execute(
            Tuple.tuple()
                .addString(delivery.webhook())
                .addString(delivery.id())
                .addString(status)
                .addInteger(attempts)
                .addLong(nowMs + pauseMs(attempts))
                .addLong(status.equals("pending") ? null : nowMs)
                .addInteger(answer.status() == 0 ? null : answer.status())
                .addString(answer.failure()))
        .mapEmpty();
  }

  /** Doubles with each attempt; a quarter up or down, so that many don't come back at once. */
  private long pauseMs(int attempts) {
    long doubled = config.retryFirst().toMillis() << Math.min(attempts - 1, 30);
    long last = config.retryLast().toMillis();
    long pause = doubled <= 0 || doubled > last ? last : doubled;
    return (long) (pause * (0.75 + ThreadLocalRandom.current().nextDouble() / 2));
  }

  /** Forgets what is old, gives up what is too much, and counts what waits. */
  private void sweep() {
    long nowMs = clock.millis();
    pool.preparedQuery(
            "delete from webhook_deliveries where status <> 'pending' and created_ms < $1")
        .execute(Tuple.of(nowMs - config.keep().toMillis()))
        .compose(
            v ->
                pool.preparedQuery(
                        "update webhook_deliveries d set status = 'dead', done_ms = $1, failure ="
                            + " 'too many were waiting' from (select webhook, id, row_number()"
                            + " over (partition by webhook order by created_ms desc, id) as n from"
                            + " webhook_deliveries where status = 'pending') w where w.n > $2 and"
                            + " d.webhook = w.webhook and d.id = w.id")
                    .execute(Tuple.of(nowMs, config.maxPending())))
        .compose(
            rows -> {
              stats.dead.add(rows.rowCount());
              return pool.query("select count(*) from webhook_deliveries where status = 'pending'")
                  .execute();
            })
        .onSuccess(rows -> stats.pending.set(rows.iterator().next().getLong(0)))
        .onFailure(e -> LOG.debug("webhooks were not swept: {}", e.toString()));
  }

  /** For the list of deliveries; never what the receiver said. */
  private static String told(Throwable failure) {
    if (failure instanceof ForbiddenTargetException) {
      return String.valueOf(failure.getMessage());
    }
    if (failure instanceof UnknownHostException) {
      return "the host has no address";
    }
    if (failure instanceof TimeoutException) {
      return "no answer in time";
    }
    if (failure instanceof ConnectException) {
      return "the connection was refused";
    }
    if (failure instanceof HttpClosedException) {
      return "the connection was closed before an answer";
    }
    if (failure instanceof SSLException) {
      return "TLS failed: the certificate or the protocol is not accepted";
    }
    String text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
    return text.length() <= MAX_FAILURE_CHARS ? text : text.substring(0, MAX_FAILURE_CHARS);
  }
}
