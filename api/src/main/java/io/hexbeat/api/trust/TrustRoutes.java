package io.hexbeat.api.trust;

import io.hexbeat.api.http.Call;
import io.hexbeat.api.http.Problem;
import io.hexbeat.api.http.Routes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;

/**
 * The trust policy. Runs on the requests' event loops. Its version is its entity tag; an edit names
 * the one that it was made of, so that two editors can't undo each other unseen.
 */
public final class TrustRoutes implements Routes {
  private final PolicyBook policies;

  public TrustRoutes(PolicyBook policies) {
    this.policies = policies;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder
        .getRoute("getTrustPolicy")
        .addHandler(Routes.json(call -> Future.succeededFuture(tagged(call, policies.json()))));
    builder.getRoute("putTrustPolicy").addHandler(Routes.json(this::put));
  }

  private Future<JsonObject> put(Call call) {
    return policies
        .put(call.actor(), expected(call), call.body())
        .map(json -> tagged(call, json))
        .recover(
            e ->
                Future.failedFuture(
                    e instanceof StaleVersion
                        ? Problem.of(412, String.valueOf(e.getMessage()))
                        : e));
  }

  private static long expected(Call call) {
    String tag = call.context().request().getHeader("If-Match");
    if (tag == null) {
      Object version = call.body().getValue("version");
      if (version instanceof Integer || version instanceof Long) {
        return ((Number) version).longValue();
      }
      throw Problem.of(428, "Name the version that you edit: If-Match, or version in the body.");
    }
    String version = tag.replaceAll("^(W/)?\"?|\"$", "");
    try {
      return Long.parseLong(version);
    } catch (NumberFormatException e) {
      throw Problem.of(412, "If-Match is not the version of a policy.");
    }
  }

  private static JsonObject tagged(Call call, JsonObject json) {
    call.context().response().putHeader("ETag", "\"" + json.getLong("version") + "\"");
    return json;
  }
}
