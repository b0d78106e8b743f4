package io.hexbeat.api.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.function.Function;

/**
 * The handlers of some operations of the OpenAPI document. {@code ApiRouter} has checked token,
 * role, parameters and body before a handler runs. A handler answers or fails the context; a {@link
 * Problem} becomes its document, anything else a 500 that tells nothing.
 */
public interface Routes {
  /** Registers each handler by the {@code operationId} it answers. */
  void mount(RouterBuilder builder);

  /** A handler that answers 200 with what the function's Future gives. */
  static Handler<RoutingContext> json(Function<Call, Future<JsonObject>> answer) {
    return json(200, answer);
  }

  /** A handler that answers the status with what the function's Future gives. */
  static Handler<RoutingContext> json(int status, Function<Call, Future<JsonObject>> answer) {
    return context -> {
      Future<JsonObject> body;
      try {
        body = answer.apply(new Call(context));
      } catch (RuntimeException e) {
        context.fail(e);
        return;
      }
      body.onSuccess(json -> Call.send(context, status, json)).onFailure(context::fail);
    };
  }

  /** A handler that answers 204 once the function's Future is done. */
  static Handler<RoutingContext> empty(Function<Call, Future<Void>> answer) {
    return context -> {
      Future<Void> done;
      try {
        done = answer.apply(new Call(context));
      } catch (RuntimeException e) {
        context.fail(e);
        return;
      }
      done.onSuccess(nothing -> context.response().setStatusCode(204).end())
          .onFailure(context::fail);
    };
  }
}
