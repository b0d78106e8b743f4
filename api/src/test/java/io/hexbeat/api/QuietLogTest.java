package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A busy hour of everything that goes right and wrong, with our log at its most verbose: what comes
 * out (standard output and error, the log of PostgreSQL, metrics) holds no secret and no place.
 */
class QuietLogTest {
  private static final double LAT = 30.267_153;
  private static final double LNG = -97.743_057;
  private static final String PASSWORD = "her very own password";

  /** A degree with more than two decimals, written as such or as E7. */
  private static final Pattern PLACE =
      Pattern.compile("(?<![\\d.])(30\\.2\\d{2,}|-?97\\.7\\d{2,}|302[67]\\d{5}|-?9774\\d{5})");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final List<String> secrets = new ArrayList<>(List.of(PASSWORD));

  @Test
  void shouldTellNoSecretAndNoPlace(@TempDir Path data) throws Exception {
    String metrics;
    try (ServerProcess server = ServerProcess.start(data, Map.of("HEXBEAT_LOG", "trace"))) {
      secrets.add(ServerProcess.ADMIN_PASSWORD);
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      secrets.add(admin.token());
      managers(server, admin);
      String phone = admin.enrol("north", "ann", "phone-1");
      String other = admin.enrol("south", "bob", "phone-2");
      secrets.addAll(List.of(phone, other));
      admin.putCircle("shop", LAT, LNG, 100);
      phones(server, phone, other);
      strangers(server, phone);
      databaseErrors(data, phone);
      metrics = get(server.api().resolve("/metrics"), null).body();
      for (String path : List.of("/v1/positions", "/v1/members/ann/track", "/v1/punches")) {
        admin.get(path);
      }
      get(URI.create(server.api() + "/v1/live?token=" + admin.token()), null);
      assertEquals(0, server.stop());
    }
    Map<String, String> outputs =
        Map.of(
            "metrics", metrics,
            "standard error", Files.readString(ServerProcess.errors(data)),
            "log of PostgreSQL", Files.readString(data.resolve("postgres.log")));
    assertTrue(outputs.get("standard error").contains(" Server: ready in "), "the log is whole");
    outputs.forEach(this::assertQuiet);
    assertEquals(List.of(), otherLogs(data));
  }

  private void assertQuiet(String name, String output) {
    for (String secret : secrets) {
      assertTrue(!output.contains(secret), () -> name + " tells " + lines(output, secret));
    }
    for (String word : List.of("hb_", "hbs_", "hbg_", "Bearer ", "$2a$", "Cookie")) {
      assertTrue(!output.contains(word), () -> name + " tells " + lines(output, word));
    }
    List<String> places = output.lines().filter(line -> PLACE.matcher(line).find()).toList();
    assertEquals(List.of(), places, name);
  }

  private static String lines(String output, String part) {
    return output.lines().filter(line -> line.contains(part)).limit(3).toList().toString();
  }

  /** Files beside the data that somebody could take for a log. */
  private static List<Path> otherLogs(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .filter(file -> !file.endsWith("stderr.log") && !file.endsWith("postgres.log"))
          .toList();
    }
  }

  private void managers(ServerProcess server, ApiClient admin) throws Exception {
    JsonObject user = new JsonObject().put("id", "mia").put("role", "manager");
    admin.expect(201, "POST", "/v1/users", user.put("password", PASSWORD));
    admin.expect(409, "POST", "/v1/users", user);
    ApiClient mia = ApiClient.login(server.api(), "mia", PASSWORD);
    secrets.add(mia.token());
    ApiClient nobody = ApiClient.bearer(server.api(), "");
    JsonObject swapped = new JsonObject().put("username", PASSWORD).put("password", "mia");
    nobody.expect(401, "POST", "/v1/login", swapped);
    nobody.expect(400, "POST", "/v1/login", "{\"username\":\"" + PASSWORD + "\",");
    nobody.expect(400, "POST", "/v1/login", new JsonObject().put(PASSWORD, PASSWORD));
    mia.expect(403, "GET", "/v1/users", null);
    admin.expect(400, "PUT", "/v1/users/mia", user.copy().put("name", "a\u0000b"));
    admin.expect(400, "GET", "/v1/fences/at?lat=130.267153&lng=" + LNG, null);
    admin.get("/v1/fences/at?lat=" + LAT + "&lng=" + LNG);
    admin.expect(404, "GET", "/v1/members/" + mia.token(), null);
    mia.expect(204, "DELETE", "/v1/sessions", null);
    JsonObject gateway = new JsonObject().put("device_prefixes", new JsonArray().add("van-"));
    secrets.add(admin.expect(201, "POST", "/v1/gateways", gateway).getString("token"));
  }

  private void phones(ServerProcess server, String phone, String other) throws Exception {
    ApiClient device = ApiClient.bearer(server.device(), phone);
    device.expect(200, "POST", "/v1/pings", fix(LAT));
    device.expect(200, "POST", "/v1/pings", fix(95.267_153));
    device.expect(200, "POST", "/v1/pings", fix(LAT).put("accuracy_m", "30.267153"));
    device.expect(400, "POST", "/v1/pings", "{\"lat\":" + LAT + ",\"lng\":");
    device.expect(400, "POST", "/v1/punches", fix(LAT).put("id", "no good"));
    for (String id : List.of("p1", "p1", "p2")) {
      JsonObject punch = fix(LAT).put("id", id).put("kind", "visit_in").put("mock", true);
      device.send("POST", "/v1/punches", punch.put("at", Instant.now().toString()));
    }
    URI osmand =
        server
            .device()
            .resolve(
                "/?id="
                    + other
                    + "&lat="
                    + LAT
                    + "&lon="
                    + LNG
                    + "&timestamp="
                    + Instant.now().getEpochSecond());
    assertEquals(200, get(osmand, null).statusCode());
    get(URI.create(osmand + "&speed=%ff"), null);
    device.send("POST", "/owntracks", "{\"_type\":\"location\",\"lat\":" + LAT + "}");
    device.send("POST", "/overland", "no json " + LAT);
  }

  private void strangers(ServerProcess server, String phone) throws Exception {
    for (URI port : List.of(server.device(), server.api())) {
      for (String header : List.of("Bearer " + phone + "x", "Basic " + phone, phone, "Bearer")) {
        get(port.resolve("/v1/pings"), header);
        get(port.resolve("/v1/me"), header);
      }
      get(port.resolve("/no/such/path?token=" + phone + "&lat=" + LAT), null);
      get(port.resolve("/v1/positions?bbox=" + LAT), "Bearer " + secrets.get(2));
    }
    get(server.device().resolve("/?id=" + phone + "x&lat=" + LAT + "&lon=" + LNG), null);
  }

  /** What a fault of ours would make PostgreSQL write into its log. */
  private void databaseErrors(Path data, String phone) throws Exception {
    int port =
        Integer.parseInt(
            Files.readAllLines(data.resolve("postgres/postmaster.pid")).get(3).strip());
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("create table once (place text primary key, check (place <> 'x'))");
      for (String value : List.of(phone, String.valueOf(LAT))) {
        try (var insert = connection.prepareStatement("insert into once values (?), (?)")) {
          insert.setString(1, value);
          insert.setString(2, value);
          insert.execute();
        } catch (SQLException e) {
          assertEquals("23505", e.getSQLState());
        }
      }
    }
  }

  private static JsonObject fix(double lat) {
    return new JsonObject()
        .put("lat", lat)
        .put("lng", LNG)
        .put("accuracy_m", 5)
        .put("fix_time", Instant.now().toString());
  }

  private static HttpResponse<String> get(URI uri, String authorization) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }
}
