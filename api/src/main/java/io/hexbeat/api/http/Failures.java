package io.hexbeat.api.http;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns whatever failed a request into a problem document. Runs on the request's event loop. What
 * isn't a {@link Problem} is logged once and answered with a 500 that tells nothing about it.
 */
final class Failures implements Handler<RoutingContext> {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  @Override
  public void handle(RoutingContext context) {
    Throwable failure = context.failure();
    if (failure instanceof Problem problem) {
      problem.send(context);
      return;
    }
    LOG.error("{} {} failed", context.request().method(), context.normalizedPath(), failure);
    Problem.of(500, "The server failed to answer; its log says why.").send(context);
  }
}
