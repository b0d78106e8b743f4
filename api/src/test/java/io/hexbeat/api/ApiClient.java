package io.hexbeat.api;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Speaks to a running server as a client would: one user, JSON in and out. */
public final class ApiClient {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI base;
  private final String token;

  private ApiClient(URI base, String token) {
    this.base = base;
    this.token = token;
  }

  /** Logs in on the API port. */
  public static ApiClient login(URI base, String username, String password)
      throws IOException, InterruptedException {
    ApiClient nobody = new ApiClient(base, "");
    JsonObject session =
        nobody.expect(
            200,
            "POST",
            "/v1/login",
            new JsonObject().put("username", username).put("password", password));
    return new ApiClient(base, session.getString("token"));
  }

  /** Speaks as a device, or as whoever a bearer token stands for. */
  public static ApiClient bearer(URI base, String token) {
    return new ApiClient(base, token);
  }

  public String token() {
    return token;
  }

  /** One exchange, whatever the status. */
  public HttpResponse<String> send(String method, String path, Object body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(60));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (body == null) {
      request.method(method, BodyPublishers.noBody());
    } else {
      String text = body instanceof String raw ? raw : Json.encode(body);
      request
          .header("Content-Type", "application/json")
          .method(method, BodyPublishers.ofString(text));
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  /**
   * One exchange that must end with the status; the answer's JSON object, empty if there is no
   * body.
   */
  public JsonObject expect(int status, String method, String path, Object body)
      throws IOException, InterruptedException {
    HttpResponse<String> response = send(method, path, body);
    if (response.statusCode() != status) {
      throw new AssertionError(
          method + " " + path + " -> " + response.statusCode() + " " + response.body());
    }
    return response.body().isEmpty() ? new JsonObject() : new JsonObject(response.body());
  }

  public JsonObject get(String path) throws IOException, InterruptedException {
    return expect(200, "GET", path, null);
  }

  /** A circle fence that is a site. */
  public void putCircle(String id, double lat, double lng, double radiusMeters)
      throws IOException, InterruptedException {
    putCircle(id, "site", lat, lng, radiusMeters);
  }

  /** A circle fence. */
  public void putCircle(String id, String kind, double lat, double lng, double radiusMeters)
      throws IOException, InterruptedException {
    expect(
        200,
        "PUT",
        "/v1/fences/" + id,
        new JsonObject()
            .put("type", "Feature")
            .put(
                "properties",
                new JsonObject()
                    .put("name", "Fence " + id)
                    .put("fence_kind", kind)
                    .put("radius_m", radiusMeters))
            .put(
                "geometry",
                new JsonObject()
                    .put("type", "Point")
                    .put("coordinates", new JsonArray().add(lng).add(lat))));
  }

  /** A member of a team, both made if missing, and one device; answers the device's token. */
  public String enrol(String team, String member, String device)
      throws IOException, InterruptedException {
    send("POST", "/v1/teams", new JsonObject().put("id", team).put("name", "Team " + team));
    send(
        "POST",
        "/v1/members",
        new JsonObject().put("id", member).put("name", "Member " + member).put("team", team));
    return expect(
            201, "POST", "/v1/members/" + member + "/devices", new JsonObject().put("id", device))
        .getString("token");
  }
}
