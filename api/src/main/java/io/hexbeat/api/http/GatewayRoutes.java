package io.hexbeat.api.http;

import io.hexbeat.api.store.DirectoryJson;
import io.hexbeat.api.store.GatewayBook;
import io.hexbeat.api.store.Refusal;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The gateways, which send for many devices over one TCP connection: administrators only. Runs on
 * the requests' event loops.
 */
public final class GatewayRoutes implements Routes {
  private final GatewayBook gateways;
  private final Supplier<@Nullable String> tcpUrl;

  /**
   * @param tcpUrl where gateways reach the TCP door, or null while it is closed; asked each time
   */
  public GatewayRoutes(GatewayBook gateways, Supplier<@Nullable String> tcpUrl) {
    this.gateways = gateways;
    this.tcpUrl = tcpUrl;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder
        .getRoute("listGateways")
        .addHandler(
            Routes.json(
                call ->
                    Future.succeededFuture(
                        Page.of(
                            call,
                            "gateways",
                            gateways.gateways(),
                            gateway -> true,
                            DirectoryJson::of))));
    builder.getRoute("makeGateway").addHandler(Routes.json(201, this::make));
    builder
        .getRoute("revokeGateway")
        .addHandler(Routes.empty(call -> gateways.revoke(call.actor(), call.path("id"))));
  }

  private Future<JsonObject> make(Call call) {
    JsonObject body = call.body();
    List<String> devices = texts(body, "devices");
    List<String> prefixes = texts(body, "device_prefixes");
    if (devices.isEmpty() && prefixes.isEmpty()) {
      throw Refusal.invalid(
          "/device_prefixes", "a gateway sends for devices: name them here or in devices");
    }
    return gateways
        .make(call.actor(), body.getString("id"), body.getString("label"), devices, prefixes)
        .map(
            made -> {
              JsonObject json = DirectoryJson.of(made.gateway()).put("token", made.token());
              String url = tcpUrl.get();
              return url == null ? json : json.put("url", url);
            });
  }

  private static List<String> texts(JsonObject body, String name) {
    return body.getJsonArray(name, new JsonArray()).stream().map(String::valueOf).toList();
  }
}
