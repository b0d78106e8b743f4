package io.hexbeat.api.http;

import io.hexbeat.api.auth.Access;
import io.hexbeat.api.auth.Authenticator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.TimeoutHandler;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes the API port's router: plain routes first, then everything below {@code /v1} as the {@link
 * Contract} says. Before a handler runs, the operation, the token, the role, the body's type and
 * size, the parameters and the body have been checked, in this order, so that a stranger can't make
 * the server read 64 MiB. Any event loop may run the router. An operation without a handler doesn't
 * open.
 */
public final class ApiRouter {
  /** A fence of 10,000 vertices is half of it. */
  private static final long BODY_MAX_BYTES = 1 << 20;

  /** About 50,000 customers' polygons. */
  static final long IMPORT_MAX_BYTES = 64L << 20;

  private static final String IMPORT_PATH = "/v1/fences/import";
  private static final String V1 = "/v1/*";
  private static final String BEARER = "Bearer ";
  private static final String REQUEST_ID = "X-Request-Id";
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  private static final Duration USUAL_READ_TIMEOUT = Duration.ofSeconds(35);

  private final Contract contract;
  private final Authenticator authenticator;
  private final Duration readTimeout;

  private ApiRouter(Contract contract, Authenticator authenticator, Duration readTimeout) {
    this.contract = contract;
    this.authenticator = authenticator;
    this.readTimeout = readTimeout;
  }

  /**
   * Opens the contract and mounts everything.
   *
   * @param routes handlers of operations; together they answer the whole contract
   * @param plain mounts what isn't checked against the contract: health, metrics, console, socket
   * @param readTimeout after which a GET is answered 503: a database that is frozen tells nobody.
   *     What changes something is not given up, since it may yet happen
   */
  public static Future<Router> open(
      Vertx vertx,
      Authenticator authenticator,
      List<Routes> routes,
      Consumer<Router> plain,
      Duration readTimeout) {
    return Contract.open(vertx)
        .map(
            contract ->
                new ApiRouter(contract, authenticator, readTimeout)
                    .router(vertx, routes, plain, false));
  }

  /** Like {@link #open}, but operations without a handler are left out: for tests of a part. */
  static Future<Router> openPartly(
      Vertx vertx, Authenticator authenticator, List<Routes> routes, Consumer<Router> plain) {
    return Contract.open(vertx)
        .map(
            contract ->
                new ApiRouter(contract, authenticator, USUAL_READ_TIMEOUT)
                    .router(vertx, routes, plain, true));
  }

  private Router router(Vertx vertx, List<Routes> routes, Consumer<Router> plain, boolean partly) {
    Failures failures = new Failures();
    Router router = Router.router(vertx);
    router.route().handler(ApiRouter::harden);
    router
        .get("/openapi.json")
        .handler(
            context ->
                context
                    .response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .end(contract.document()));
    plain.accept(router);
    router.get(V1).handler(TimeoutHandler.create(readTimeout.toMillis(), 503));
    router.route(V1).handler(this::admit);
    router.post(IMPORT_PATH).handler(BodyHandler.create(false).setBodyLimit(IMPORT_MAX_BYTES));
    router.route(V1).handler(BodyHandler.create(false).setBodyLimit(BODY_MAX_BYTES));
    router.route("/*").subRouter(operations(vertx, routes, partly));
    router.route().failureHandler(failures);
    router.errorHandler(404, context -> Problem.of(404, "There is nothing here.").send(context));
    router.errorHandler(
        405, context -> Problem.of(405, "This path has no such method.").send(context));
    return router;
  }

  private Router operations(Vertx vertx, List<Routes> routes, boolean partly) {
    RouterBuilder builder =
        RouterBuilder.create(vertx, contract.validated(), ContractRequest::extract);
    for (OpenAPIRoute route : builder.getRoutes()) {
      // Tokens were checked by admit; this keeps a hole in it from being one here.
      route.setDoSecurity(false).addHandler(context -> requireAdmitted(context, route));
    }
    routes.forEach(part -> part.mount(builder));
    for (OpenAPIRoute route : builder.getRoutes()) {
      if (route.getHandlers().size() < 2 && !partly) {
        throw new IllegalStateException(
            "operation " + route.getOperation().getOperationId() + " has no handler");
      }
    }
    return builder.createRouter();
  }

  /** What the client calls its request, if that can be an id; otherwise a name of ours. */
  private static String requestId(HttpServerRequest request) {
    String given = request.getHeader(REQUEST_ID);
    return given != null && ID.matcher(given).matches()
        ? given
        : "r-" + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);
  }

  private static void harden(RoutingContext context) {
    String requestId = requestId(context.request());
    context.put(Call.REQUEST_ID, requestId);
    context
        .response()
        .putHeader(REQUEST_ID, requestId)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
    context.next();
  }

  private void admit(RoutingContext context) {
    HttpServerRequest request = context.request();
    String path = context.normalizedPath();
    Operation operation = contract.operation(path, request.method());
    if (operation == null) {
      refuseUnknown(context, contract.methods(path));
      return;
    }
    if (contract.isPublic(operation)) {
      admitBody(context, operation);
      return;
    }
    String token = token(request);
    if (token == null) {
      context.fail(Problem.unauthorized("Send a token as Authorization: Bearer."));
      return;
    }
    request.pause();
    authenticator
        .authenticate(token)
        .onComplete(
            answer -> {
              request.resume();
              Access access = answer.succeeded() ? answer.result().orElse(null) : null;
              if (access == null) {
                context.fail(Problem.unauthorized("The token is not valid or not valid any more."));
              } else if (!contract.allows(operation, access.role().code())) {
                context.fail(
                    Problem.forbidden("The role " + access.role().code() + " may not do this."));
              } else {
                context.put(Call.ACCESS, access);
                admitBody(context, operation);
              }
            });
  }

  private static void refuseUnknown(RoutingContext context, Set<String> methods) {
    if (methods.isEmpty()) {
      context.fail(Problem.of(404, "There is no such path; /openapi.json lists them."));
    } else {
      context.response().putHeader(HttpHeaders.ALLOW, String.join(", ", methods));
      context.fail(Problem.of(405, "This path has the methods " + String.join(", ", methods)));
    }
  }

  private void admitBody(RoutingContext context, Operation operation) {
    Set<String> mediaTypes = contract.mediaTypes(operation);
    HttpServerRequest request = context.request();
    boolean empty =
        "0".equals(request.getHeader(HttpHeaders.CONTENT_LENGTH))
            || (request.getHeader(HttpHeaders.CONTENT_LENGTH) == null
                && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null);
    if (mediaTypes.isEmpty() || empty || mediaTypes.contains(mediaType(request))) {
      context.next();
    } else {
      context.fail(
          Problem.of(
              415,
              "The Content-Type must be one of "
                  + String.join(", ", mediaTypes.stream().sorted().toList())
                  + "."));
    }
  }

  /** The media type of the body without parameters, lower case. */
  static String mediaType(HttpServerRequest request) {
    String header = request.getHeader(HttpHeaders.CONTENT_TYPE);
    if (header == null) {
      return "";
    }
    int end = header.indexOf(';');
    return (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String token(HttpServerRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? header.substring(BEARER.length()).strip()
        : null;
  }

  private void requireAdmitted(RoutingContext context, OpenAPIRoute route) {
    Access access = context.get(Call.ACCESS);
    if (contract.isPublic(route.getOperation())
        || (access != null && contract.allows(route.getOperation(), access.role().code()))) {
      context.next();
    } else {
      context.fail(Problem.unauthorized("Send a token as Authorization: Bearer."));
    }
  }
}
