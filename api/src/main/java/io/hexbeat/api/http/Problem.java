package io.hexbeat.api.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;

/**
 * An answer that is not a success, as RFC 9457 draws it. Thrown or carried by a failed Future from
 * anywhere below a route; {@link Failures} writes it. Immutable; without a stack trace, because it
 * is an answer and not a fault. The detail is for people and never holds a token or a password.
 */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String CONTENT_TYPE = "application/problem+json";
  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(409, "Conflict"),
          Map.entry(412, "Precondition Failed"),
          Map.entry(413, "Content Too Large"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(428, "Precondition Required"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(503, "Service Unavailable"));

  private final int status;
  private final transient List<Fault> faults;
  private final long retryAfterSeconds;

  /**
   * What is wrong with one place of the input.
   *
   * @param pointer JSON pointer into the body, or {@code /query/NAME}, {@code /path/NAME}
   */
  public record Fault(String pointer, String reason) {}

  private Problem(int status, String detail, List<Fault> faults, long retryAfterSeconds) {
    super(detail, null, false, false);
    this.status = status;
    this.faults = List.copyOf(faults);
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public static Problem of(int status, String detail) {
    return new Problem(status, detail, List.of(), 0);
  }

  /** Input that can't be taken, with the place and the reason. */
  public static Problem invalid(String pointer, String reason) {
    return invalid(List.of(new Fault(pointer, reason)));
  }

  /** Input that can't be taken, with each place and reason. */
  public static Problem invalid(List<Fault> faults) {
    String detail =
        faults.isEmpty() ? "The request is not valid." : "The request is not valid: see errors.";
    return new Problem(400, detail, faults, 0);
  }

  public static Problem unauthorized(String detail) {
    return of(401, detail);
  }

  public static Problem forbidden(String detail) {
    return of(403, detail);
  }

  /** There is none, or the asker may not know that there is. */
  public static Problem notFound(String what, String id) {
    return of(404, "There is no " + what + " '" + id + "'.");
  }

  public static Problem conflict(String detail) {
    return of(409, detail);
  }

  /** Refused for now. */
  public static Problem retryLater(int status, String detail, long retryAfterSeconds) {
    return new Problem(status, detail, List.of(), retryAfterSeconds);
  }

  public int status() {
    return status;
  }

  /** The document: {@code type, title, status, detail} and, for input, {@code errors}. */
  public JsonObject toJson() {
    JsonObject body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", TITLES.getOrDefault(status, "Error"))
            .put("status", status)
            .put("detail", getMessage());
    if (!faults.isEmpty()) {
      JsonArray errors = new JsonArray();
      for (Fault fault : faults) {
        errors.add(new JsonObject().put("pointer", fault.pointer()).put("reason", fault.reason()));
      }
      body.put("errors", errors);
    }
    return body;
  }

  /** Ends the response with this problem, if it hasn't begun. */
  public void send(RoutingContext context) {
    if (context.response().headWritten()) {
      context.response().reset();
      return;
    }
    context.response().setStatusCode(status).putHeader("Content-Type", CONTENT_TYPE);
    if (status == 401) {
      context.response().putHeader("WWW-Authenticate", "Bearer");
    }
    if (retryAfterSeconds > 0) {
      context.response().putHeader("Retry-After", Long.toString(retryAfterSeconds));
    }
    context.response().end(toJson().toBuffer());
  }
}
