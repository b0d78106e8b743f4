package io.hexbeat.api.http;

import io.hexbeat.api.webhooks.Deliveries;
import io.hexbeat.api.webhooks.Webhook;
import io.hexbeat.api.webhooks.WebhookBook;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.List;

/**
 * Webhooks and what they were told, for administrators. Runs on the event loop of the request. A
 * secret is in the answer that made it and in no other.
 */
public final class WebhookRoutes implements Routes {
  private final WebhookBook book;
  private final Deliveries deliveries;

  public WebhookRoutes(WebhookBook book, Deliveries deliveries) {
    this.book = book;
    this.deliveries = deliveries;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("listWebhooks").addHandler(Routes.json(call -> list()));
    builder.getRoute("createWebhook").addHandler(Routes.json(201, this::create));
    builder.getRoute("getWebhook").addHandler(Routes.json(this::get));
    builder.getRoute("putWebhook").addHandler(Routes.json(this::put));
    builder
        .getRoute("deleteWebhook")
        .addHandler(Routes.empty(call -> book.delete(call.actor(), call.path("id"))));
    builder.getRoute("rotateWebhookSecret").addHandler(Routes.json(this::rotate));
    builder.getRoute("testWebhook").addHandler(Routes.json(202, this::test));
    builder.getRoute("listDeliveries").addHandler(Routes.json(this::deliveries));
    builder.getRoute("redeliver").addHandler(Routes.empty(this::redeliver));
  }

  private Future<JsonObject> list() {
    JsonArray hooks = new JsonArray();
    book.all().forEach(hook -> hooks.add(hook.toJson()));
    return Future.succeededFuture(new JsonObject().put("webhooks", hooks));
  }

  private Future<JsonObject> create(Call call) {
    JsonObject body = call.body();
    return book.create(
            call.actor(),
            body.getString("url"),
            body.getString("description"),
            events(body),
            body.getBoolean("active", true))
        .map(WebhookRoutes::withSecret);
  }

  private Future<JsonObject> get(Call call) {
    return Future.succeededFuture(book.get(call.path("id")).toJson());
  }

  private Future<JsonObject> put(Call call) {
    JsonObject body = call.body();
    return book.put(
            call.actor(),
            call.path("id"),
            body.getString("url"),
            body.getString("description"),
            events(body),
            body.getBoolean("active", true))
        .map(Webhook::toJson);
  }

  private Future<JsonObject> rotate(Call call) {
    return book.rotate(call.actor(), call.path("id")).map(WebhookRoutes::withSecret);
  }

  private Future<JsonObject> test(Call call) {
    return deliveries
        .ping(book.get(call.path("id")))
        .map(id -> new JsonObject().put("delivery", id));
  }

  private Future<JsonObject> deliveries(Call call) {
    return deliveries.list(book.get(call.path("id")), call.text("status"), call.limit());
  }

  private Future<Void> redeliver(Call call) {
    return deliveries.redeliver(call.actor(), book.get(call.path("id")), call.path("delivery"));
  }

  private static List<String> events(JsonObject body) {
    return body.getJsonArray("events").stream().map(String::valueOf).distinct().toList();
  }

  private static JsonObject withSecret(WebhookBook.Secret made) {
    return made.webhook().toJson().put("secret", made.secret());
  }
}
