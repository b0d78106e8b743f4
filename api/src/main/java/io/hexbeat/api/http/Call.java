package io.hexbeat.api.http;

import io.hexbeat.api.auth.Access;
import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.ReadLog;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatedRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request that has passed the contract: who asks, its parameters and its body, typed. Belongs
 * to the request's event loop. A name that the contract doesn't have is a fault in our code and
 * throws {@link IllegalStateException}.
 */
public final class Call {
  /** Where {@code ApiRouter} leaves the {@link Access} of the asker. */
  static final String ACCESS = "hexbeat.access";

  /** Where {@code ApiRouter} leaves what the request is called. */
  static final String REQUEST_ID = "hexbeat.request";

  /** The most rows of one page when the request doesn't say. */
  static final int DEFAULT_LIMIT = 100;

  /** The same where the contract has {@code manyLimit}: rows that are small and wanted whole. */
  static final int DEFAULT_MANY_LIMIT = 1_000;

  private static final long AUDIT_RETRY_S = 10;

  private final RoutingContext context;

  public Call(RoutingContext context) {
    this.context = context;
  }

  public RoutingContext context() {
    return context;
  }

  /** Who asks. */
  public Access access() {
    Access access = context.get(ACCESS);
    if (access == null) {
      throw new IllegalStateException("operation without a token has no access");
    }
    return access;
  }

  /** Who does what they ask for, for the audit log; of an operation without a token from where. */
  public Actor actor() {
    return actor(context.get(ACCESS));
  }

  /** The same of a request that found out by itself who asks. */
  public Actor actor(@Nullable Access access) {
    String address = context.request().remoteAddress().hostAddress();
    return access == null
        ? new Actor(null, null, null, address, requestId(context))
        : access.actor(address, requestId(context));
  }

  /** Notes that the answer shows what members did in a period; a {@link Problem} if it can't be. */
  public void noteRead(ReadLog reads, String action, BitSet memberHandles, long fromMs, long toMs) {
    if (!reads.note(actor(), action, memberHandles, fromMs, toMs)) {
      throw Problem.retryLater(503, "Reads can't be audited at the moment.", AUDIT_RETRY_S);
    }
  }

  /** What the answer calls the request. */
  static @Nullable String requestId(RoutingContext context) {
    return context.get(REQUEST_ID);
  }

  /** A path parameter. */
  public String path(String name) {
    return String.valueOf(required(validated().getPathParameters(), name).get());
  }

  /** A text parameter of the query, or null. */
  public @Nullable String text(String name) {
    Object value = query(name);
    return value == null ? null : String.valueOf(value);
  }

  /** A number of the query, or null. */
  public @Nullable Double number(String name) {
    return query(name) instanceof Number number ? number.doubleValue() : null;
  }

  /** A flag of the query. */
  public boolean flag(String name, boolean otherwise) {
    return query(name) instanceof Boolean flag ? flag : otherwise;
  }

  /** A list of numbers of the query, or null. */
  public @Nullable List<Double> numbers(String name) {
    if (!(query(name) instanceof JsonArray numbers)) {
      return null;
    }
    return numbers.stream().map(number -> ((Number) number).doubleValue()).toList();
  }

  /** The {@code limit} of a page; the contract bounds it. */
  public int limit() {
    return limitOr(DEFAULT_LIMIT);
  }

  /** The {@code limit} of a page, where the contract has {@code manyLimit}. */
  public int manyLimit() {
    return limitOr(DEFAULT_MANY_LIMIT);
  }

  /** The {@code cursor} of a page, or null for the first. */
  public @Nullable String cursor() {
    return text("cursor");
  }

  /** A time of the query as Unix milliseconds, or null; ISO 8601 with an offset or Z. */
  public @Nullable Long timeMs(String name) {
    String text = text(name);
    return text == null ? null : parseTimeMs("/query/" + name, text);
  }

  /** The body. */
  public JsonObject body() {
    return validated().getBody().getJsonObject();
  }

  /** The body, empty if none was sent. */
  public JsonObject bodyOrEmpty() {
    RequestParameter body = validated().getBody();
    return body == null || body.isNull() ? new JsonObject() : body.getJsonObject();
  }

  /** Unix milliseconds of an ISO 8601 time, or a {@link Problem} at the pointer. */
  static long parseTimeMs(String pointer, String text) {
    try {
      Instant at = OffsetDateTime.parse(text).toInstant();
      return at.toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw Problem.invalid(pointer, "'" + text + "' is not an ISO 8601 time with an offset or Z");
    }
  }

  static void send(RoutingContext context, int status, JsonObject body) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(body.toBuffer());
  }

  private int limitOr(int otherwise) {
    return query("limit") instanceof Number number ? number.intValue() : otherwise;
  }

  private @Nullable Object query(String name) {
    RequestParameter value = required(validated().getQuery(), name);
    return value.isNull() ? null : value.get();
  }

  private static RequestParameter required(Map<String, RequestParameter> from, String name) {
    RequestParameter value = from.get(name);
    if (value == null) {
      throw new IllegalStateException("the contract has no parameter " + name);
    }
    return value;
  }

  private ValidatedRequest validated() {
    return context.get(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST);
  }
}
