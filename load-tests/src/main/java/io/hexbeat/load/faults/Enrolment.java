package io.hexbeat.load.faults;

import io.hexbeat.load.Api;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Who walks, with which phone, and what each phone was told when it was registered. Made before
 * anybody sends, on the phones' loop; then read by the run's thread.
 */
final class Enrolment {
  private static final String TEAM = "walkers";
  private static final String BREAKER = "breaker";

  /** By which door a phone sends, and whether it signs. */
  private enum Habit {
    NATIVE(8, false),
    SIGNED(3, true),
    OSMAND(4, false),
    STREAM(6, false),
    MQTT(4, false),
    GATEWAY(6, false),
    SIGNED_GATEWAY(2, true);

    private final int phones;
    private final boolean signs;

    Habit(int phones, boolean signs) {
      this.phones = phones;
      this.signs = signs;
    }

    boolean behindGateway() {
      return this == GATEWAY || this == SIGNED_GATEWAY;
    }
  }

  /** Of each phone. */
  private final List<Habit> habits =
      Arrays.stream(Habit.values())
          .flatMap(habit -> Collections.nCopies(habit.phones, habit).stream())
          .toList();

  private final List<Route> routes = new ArrayList<>();
  private final List<String> tokens = new ArrayList<>();
  private final Map<Integer, DeviceSignature> signatures = new HashMap<>();
  private String breakerToken = "";
  private String gatewayToken = "";

  Enrolment(long seed, long firstFixMs) {
    for (int phone = 0; phone < habits.size(); phone++) {
      routes.add(new Route(seed, phone, habits.get(phone).signs, firstFixMs));
    }
  }

  List<Route> routes() {
    return routes;
  }

  String token(int phone) {
    return tokens.get(phone);
  }

  /** Of a device that breaks off. */
  String breakerToken() {
    return breakerToken;
  }

  /** Registers all of them at an empty server. */
  Future<Void> register(Api admin) {
    List<JsonObject> fences =
        routes.stream().flatMap(route -> route.sites().stream()).map(Site::feature).toList();
    List<Integer> phones = new ArrayList<>();
    JsonArray behindGateway = new JsonArray();
    for (int phone = 0; phone < habits.size(); phone++) {
      phones.add(phone);
      if (habits.get(phone).behindGateway()) {
        behindGateway.add(routes.get(phone).device());
      }
    }
    JsonObject gateway =
        new JsonObject()
            .put("id", "depot")
            .put("device_prefixes", new JsonArray())
            .put("devices", behindGateway);
    return admin
        .put("/v1/teams/" + TEAM, new JsonObject().put("name", "Walkers"))
        .compose(made -> admin.importFences(fences))
        .compose(made -> Api.oneAfterAnother(phones, phone -> enrol(admin, phone)))
        .compose(made -> member(admin, BREAKER))
        .compose(made -> admin.enrol(BREAKER, BREAKER, "Breaks off"))
        .onSuccess(token -> breakerToken = token)
        .compose(made -> admin.post("/v1/gateways", gateway))
        .onSuccess(made -> gatewayToken = made.getString("token"))
        .mapEmpty();
  }

  /** The phones by the handles that the server gave their devices. */
  Map<Integer, Integer> phones(Map<String, Integer> handles) {
    Map<Integer, Integer> phones = new HashMap<>();
    for (int phone = 0; phone < routes.size(); phone++) {
      phones.put(Objects.requireNonNull(handles.get(routes.get(phone).device())), phone);
    }
    return phones;
  }

  /** All of them as clients that are paused; on the phones' loop. */
  List<Client> clients(Vertx vertx, Truth truth, Violations violations, House house, long seed) {
    List<Client> clients = new ArrayList<>();
    List<Integer> behindGateway = new ArrayList<>();
    for (int phone = 0; phone < habits.size(); phone++) {
      String token = tokens.get(phone);
      Habit habit = habits.get(phone);
      switch (habit) {
        case NATIVE, SIGNED, OSMAND ->
            clients.add(
                new HttpPhone(
                    vertx,
                    truth,
                    phone,
                    token,
                    house.devicePort(),
                    habit == Habit.OSMAND,
                    signatures.get(phone),
                    seed));
        case STREAM ->
            clients.add(
                new StreamPhone(vertx, truth, violations, phone, token, house.devicePort()));
        case MQTT ->
            clients.add(new MqttPhone(vertx, truth, violations, phone, token, house.mqttPort()));
        case GATEWAY, SIGNED_GATEWAY -> behindGateway.add(phone);
      }
    }
    clients.add(
        new GatewayPhones(
            vertx, truth, violations, behindGateway, signatures, gatewayToken, house.tcpPort()));
    return clients;
  }

  private Future<Void> enrol(Api admin, int phone) {
    Route route = routes.get(phone);
    JsonObject device = new JsonObject().put("id", route.device()).put("label", "Walks");
    if (route.signs()) {
      device.put("signing", new JsonObject().put("alg", "HS256").put("required", true));
    }
    return member(admin, route.member())
        .compose(
            made -> admin.post("/v1/members/" + route.member() + "/devices?setup=false", device))
        .onSuccess(
            answer -> {
              tokens.add(answer.getString("token"));
              if (route.signs()) {
                String secret = answer.getJsonObject("signing").getString("secret");
                signatures.put(phone, new DeviceSignature(secret));
              }
            })
        .mapEmpty();
  }

  private static Future<JsonObject> member(Api admin, String id) {
    return admin.put("/v1/members/" + id, new JsonObject().put("name", id).put("team", TEAM));
  }
}
