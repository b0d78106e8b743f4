package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A whole server and what an enrolment says of its MQTT door, by the clients that people have:
 * mosquitto_pub and the client of Vert.x.
 */
final class MqttDoorTest {
  @TempDir static Path data;
  private static TestServer server;
  private static ApiClient admin;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start(data);
    admin = server.admin();
    admin.enrol("north", "rep", "first");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonObject enrol(String device) throws Exception {
    return admin
        .expect(201, "POST", "/v1/members/rep/devices", new JsonObject().put("id", device))
        .getJsonObject("setup");
  }

  private static double latestLat() throws Exception {
    JsonArray positions = admin.get("/v1/positions").getJsonArray("positions");
    return positions.isEmpty() ? Double.NaN : positions.getJsonObject(0).getDouble("lat");
  }

  private static String location(double lat) {
    return new JsonObject()
        .put("_type", "location")
        .put("lat", lat)
        .put("lon", -97.74)
        .put("acc", 8)
        .put("tst", Instant.now().getEpochSecond())
        .encode();
  }

  @Test
  void shouldTellPhonesTheAddressOfTheReadyLine() throws Exception {
    JsonObject setup = enrol("told");
    assertEquals(server.mqtt().toString(), setup.getJsonObject("mqtt").getString("url"));
    assertEquals(server.mqtt().getPort(), setup.getJsonObject("owntracks_mqtt").getInteger("port"));
  }

  @ParameterizedTest
  @CsvSource({"1,mqttv311,30.11", "2,mqttv311,30.12", "1,mqttv5,30.13", "1,mqttv31,30.14"})
  void shouldStoreWhatMosquittoPublishes(int qos, String version, double lat) throws Exception {
    JsonObject mqtt = enrol("mosquitto").getJsonObject("mqtt");
    assertEquals("", publish(mqtt, mqtt.getString("topic"), qos, version, location(lat)));
    assertEquals(lat, latestLat());
  }

  @Test
  void shouldRefuseMosquittoAForeignTopicByTheRulesOfMqtt5() throws Exception {
    JsonObject mqtt = enrol("mosquitto-5").getJsonObject("mqtt");
    String said = publish(mqtt, "owntracks/rep/first", 1, "mqttv5", location(30.2));
    assertTrue(said.contains("Not authorized"), said);
  }

  @Test
  void shouldCloseAnOpenConnectionWhenItsPhoneIsRevoked() throws Exception {
    JsonObject mqtt = enrol("lost").getJsonObject("mqtt");
    Vertx vertx = Vertx.vertx();
    try {
      MqttClient client = connect(vertx, mqtt);
      CompletableFuture<Void> closed = new CompletableFuture<>();
      client.closeHandler(end -> closed.complete(null));
      get(
          client.publish(
              mqtt.getString("topic"),
              Buffer.buffer(location(30.3)),
              MqttQoS.AT_LEAST_ONCE,
              false,
              true));
      admin.expect(204, "DELETE", "/v1/members/rep/devices/lost", null);
      closed.get(10, TimeUnit.SECONDS);
      assertTrue(connecting(vertx, mqtt).failed());
    } finally {
      get(vertx.close());
    }
  }

  @Test
  void shouldRefuseTheNextRequestOfAnHttpConnectionWhoseTokenWasRenewed() throws Exception {
    String token = enrol("renewed").getJsonObject("native").getString("token");
    ApiClient phone = ApiClient.bearer(server.device(), token);
    String ping = "{\"fix_time\":" + System.currentTimeMillis() + "}";
    assertEquals(200, phone.send("POST", "/v1/pings", ping).statusCode());
    String renewed = enrol("renewed").getJsonObject("native").getString("token");
    assertEquals(401, phone.send("POST", "/v1/pings", ping).statusCode());
    ApiClient again = ApiClient.bearer(server.device(), renewed);
    assertEquals(200, again.send("POST", "/v1/pings", ping).statusCode());
  }

  @Test
  void shouldCountTheDoor() throws Exception {
    HttpResponse<String> metrics = ApiClient.bearer(server.api(), "").send("GET", "/metrics", null);
    assertTrue(metrics.body().contains("hexbeat_mqtt_connections "), metrics.body());
    assertTrue(metrics.body().contains("door=\"mqtt\""));
  }

  private static Future<MqttClient> connecting(Vertx vertx, JsonObject mqtt) throws Exception {
    URI broker = URI.create(mqtt.getString("url"));
    MqttClient client =
        MqttClient.create(
            vertx,
            new MqttClientOptions()
                .setUsername(mqtt.getString("username"))
                .setPassword(mqtt.getString("password")));
    CompletableFuture<Void> done = new CompletableFuture<>();
    Future<MqttClient> connected =
        client
            .connect(broker.getPort(), broker.getHost())
            .map(client)
            .onComplete(result -> done.complete(null));
    done.get(10, TimeUnit.SECONDS);
    return connected;
  }

  private static MqttClient connect(Vertx vertx, JsonObject mqtt) throws Exception {
    Future<MqttClient> connected = connecting(vertx, mqtt);
    assertFalse(connected.failed(), () -> "refused: " + connected.cause());
    return connected.result();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** What mosquitto_pub says, with a will and the retain flag as OwnTracks sends them. */
  private static String publish(
      JsonObject mqtt, String topic, int qos, String version, String message)
      throws IOException, InterruptedException {
    Optional<Path> program =
        Stream.of("/usr/bin/mosquitto_pub", "/usr/local/bin/mosquitto_pub")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(program.isPresent(), "no mosquitto_pub on this machine: the test is skipped");
    URI broker = URI.create(mqtt.getString("url"));
    List<String> command = new ArrayList<>(List.of(program.get().toString(), "-V", version));
    command.addAll(List.of("-h", broker.getHost(), "-p", Integer.toString(broker.getPort())));
    command.addAll(List.of("-u", mqtt.getString("username"), "-P", mqtt.getString("password")));
    command.addAll(List.of("-i", "phone", "-q", Integer.toString(qos), "-r"));
    command.addAll(List.of("--will-topic", mqtt.getString("topic"), "--will-payload", "{}"));
    command.addAll(List.of("-t", topic, "-m", message));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "mosquitto_pub did not end");
    return said;
  }
}
