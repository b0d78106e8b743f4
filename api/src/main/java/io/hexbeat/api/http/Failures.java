package io.hexbeat.api.http;

import static io.vertx.openapi.validation.ValidatorErrorType.MISSING_REQUIRED_PARAMETER;

import io.hexbeat.api.auth.LoginRefused;
import io.hexbeat.api.http.Problem.Fault;
import io.hexbeat.api.store.Refusal;
import io.vertx.core.Handler;
import io.vertx.core.VertxException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatorErrorType;
import io.vertx.openapi.validation.ValidatorException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.net.ConnectException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns whatever failed a request into a problem document. Runs on the request's event loop. What
 * it doesn't know is logged once and answered with a 500 that tells nothing about it.
 */
final class Failures implements Handler<RoutingContext> {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private static final Pattern PARAMETER = Pattern.compile("(path|query) parameter (\\S+)");

  /** What PostgreSQL says of U+0000 in a text and in JSON; every other character it takes. */
  private static final Set<String> UNSTORABLE_TEXT = Set.of("22021", "22P05");

  /**
   * What the pool says, by its words only: nobody gave a connection back, too many wait for one.
   */
  private static final Set<String> NO_CONNECTION = Set.of("Timeout waiting for connection");

  private static final long BUSY_RETRY_S = 1;
  private static final long DATABASE_RETRY_S = 5;

  @Override
  public void handle(RoutingContext context) {
    Problem problem = problem(context.failure(), context.statusCode());
    if (problem == null) {
      LOG.error(
          "{} {} failed, request {}",
          context.request().method(),
          context.normalizedPath(),
          Call.requestId(context),
          context.failure());
      problem = Problem.of(500, "The server failed to answer; its log says why.");
    }
    problem.send(context);
  }

  private static @Nullable Problem problem(@Nullable Throwable failure, int status) {
    if (failure instanceof Problem problem) {
      return problem;
    }
    if (failure instanceof Refusal refusal) {
      return switch (refusal.kind()) {
        case INVALID -> Problem.invalid(refusal.pointer(), String.valueOf(refusal.getMessage()));
        case NOT_FOUND -> Problem.of(404, String.valueOf(refusal.getMessage()));
        case CONFLICT -> Problem.conflict(String.valueOf(refusal.getMessage()));
        case STALE -> Problem.of(412, String.valueOf(refusal.getMessage()));
        case BUSY -> Problem.retryLater(503, String.valueOf(refusal.getMessage()), BUSY_RETRY_S);
      };
    }
    if (failure instanceof LoginRefused refused) {
      String detail = String.valueOf(refused.getMessage());
      return switch (refused.kind()) {
        case WRONG -> Problem.unauthorized(detail);
        case THROTTLED -> Problem.retryLater(429, detail, refused.waitSeconds());
        case BUSY -> Problem.retryLater(503, detail, refused.waitSeconds());
      };
    }
    if (failure instanceof HttpException e && e.getCause() instanceof ValidatorException invalid) {
      return invalid(invalid);
    }
    if (failure instanceof ValidatorException invalid) {
      return invalid(invalid);
    }
    if (failure instanceof PgException e
        && UNSTORABLE_TEXT.contains(String.valueOf(e.getSqlState()))) {
      return Problem.invalid("", "a text holds the character U+0000, which can't be stored");
    }
    if (failure != null && isDatabaseDown(failure)) {
      LOG.warn("PostgreSQL does not answer: {}", failure.toString());
      return Problem.retryLater(503, "The database does not answer.", DATABASE_RETRY_S);
    }
    int known = failure instanceof HttpException e ? e.getStatusCode() : status;
    if (known == 413) {
      return Problem.of(413, "The body is larger than this operation takes.");
    }
    if (known == 503) {
      return Problem.retryLater(503, "The database does not answer.", DATABASE_RETRY_S);
    }
    return known >= 400 && known < 500 ? Problem.of(known, "The request can't be read.") : null;
  }

  private static boolean isDatabaseDown(Throwable failure) {
    if (failure instanceof PgException e) {
      // Connection failures, out of resources, being shut down, and the statement timeout.
      String state = String.valueOf(e.getSqlState());
      return state.startsWith("08") || state.startsWith("53") || state.startsWith("57");
    }
    if (failure instanceof VertxException) {
      return NO_CONNECTION.contains(String.valueOf(failure.getMessage()));
    }
    return failure instanceof ConnectException
        || failure instanceof ConnectionPoolTooBusyException
        || failure instanceof ClosedConnectionException
        || failure instanceof TimeoutException;
  }

  private static Problem invalid(ValidatorException failure) {
    String message = String.valueOf(failure.getMessage());
    Matcher named = PARAMETER.matcher(message);
    String base = named.find() ? "/" + named.group(1) + "/" + named.group(2) : "";
    if (failure instanceof SchemaValidationException e && e.getOutputUnit().getErrors() != null) {
      List<Fault> faults = SchemaFaults.of(base, e.getOutputUnit().getErrors());
      if (!faults.isEmpty()) {
        return Problem.invalid(faults);
      }
    }
    if (failure.type() == ValidatorErrorType.ILLEGAL_VALUE && base.isEmpty()) {
      return Problem.of(400, "The body is not JSON.");
    }
    return Problem.invalid(
        base, failure.type() == MISSING_REQUIRED_PARAMETER ? "it is missing" : message);
  }
}
