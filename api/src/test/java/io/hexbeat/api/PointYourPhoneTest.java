package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's table, line by line: each app is set up with what the table says and sends the same
 * fix as that app writes it, and the manager sees it in the same units.
 */
final class PointYourPhoneTest {
  private static final String HEADING = "## Point your phone at it";
  private static final Pattern PASTED = Pattern.compile("`([^`]+)`");

  /** What an app sends once it has been set up; the pasted texts have host and token filled in. */
  private interface App {
    HttpRequest.Builder request(List<String> pasted);
  }

  /** A line of the table. */
  private record Line(String app, List<String> pasted, String door, String method, String path) {}

  private record Answer(App app, String contentType, String body) {}

  private static final Map<String, Answer> APPS =
      Map.of(
          "Traccar Client 10 (Android, iOS)",
          new Answer(
              pasted ->
                  post(pasted.get(0), "application/x-www-form-urlencoded")
                      .POST(
                          text(
                              "id=ID&timestamp=1700000000&lat=30.2672712&lon=-97.7430608"
                                  + "&accuracy=4.5&altitude=149.3&speed=27.0194384&bearing=211.5"
                                  + "&batt=81&charge=true",
                              pasted.get(1))),
              "",
              ""),
          "Traccar Client 10, `uploadJson`",
          new Answer(
              pasted ->
                  post(pasted.get(0), "application/json")
                      .POST(
                          text(
                              "[{\"id\":\"ID\",\"timestamp\":1700000000,\"lat\":30.2672712,"
                                  + "\"lon\":-97.7430608,\"accuracy\":4.5,\"altitude\":149.3,"
                                  + "\"speed\":27.0194384,\"bearing\":211.5,\"batt\":81}]",
                              pasted.get(1))),
              "",
              ""),
          "Traccar Client 9, or an app with the same SDK",
          new Answer(
              pasted ->
                  post(pasted.get(0), "application/json")
                      .POST(
                          text(
                              "{\"location\":{\"timestamp\":\"2023-11-14T22:13:20.000Z\","
                                  + "\"coords\":{\"latitude\":30.2672712,\"longitude\":-97.7430608,"
                                  + "\"accuracy\":4.5,\"speed\":13.9,\"heading\":211.5,"
                                  + "\"altitude\":149.3},\"battery\":{\"level\":0.81,"
                                  + "\"is_charging\":false},\"_\":\"&id=someone-else\"},"
                                  + "\"device_id\":\"ID\"}",
                              pasted.get(1))),
              "",
              ""),
          "OsmAnd",
          new Answer(
              pasted ->
                  HttpRequest.newBuilder(
                      URI.create(
                          pasted
                              .get(0)
                              .replace("{0}", "30.2672712")
                              .replace("{1}", "-97.7430608")
                              .replace("{2}", "1700000000000")
                              .replace("{3}", "4.5")
                              .replace("{4}", "149.3")
                              .replace("{5}", "13.9")
                              .replace("{6}", "211.5"))),
              "",
              ""),
          "GPSLogger",
          new Answer(
              pasted ->
                  withBasic(
                      pasted
                          .get(0)
                          .replace("%LAT", "30.2672712")
                          .replace("%LON", "-97.7430608")
                          .replace("%TIMESTAMP", "1700000000")
                          .replace("%ALT", "149.3")
                          .replace("%ACC", "4.5")
                          .replace("%SPD", "13.9")
                          .replace("%DIR", "211.5")
                          .replace("%BATT", "81.0")
                          .replace("%HDOP", "")
                          .replace("%PROV", "gps")),
              "",
              ""),
          "OwnTracks, mode HTTP",
          new Answer(
              pasted ->
                  post(pasted.get(0), "application/json")
                      .header("Authorization", basic(pasted.get(1) + ":" + pasted.get(2)))
                      .header("X-Limit-U", "phone")
                      .header("X-Limit-D", "nexus")
                      .POST(
                          text(
                              "{\"_type\":\"location\",\"tid\":\"ph\",\"tst\":1700000000,"
                                  + "\"lat\":30.2672712,\"lon\":-97.7430608,\"acc\":4.5,"
                                  + "\"alt\":149.3,\"vel\":50.04,\"cog\":211.5,\"batt\":81}")),
              "application/json",
              "[]"),
          "Overland",
          new Answer(
              pasted ->
                  post(parameter(pasted.get(0), "url"), "application/json")
                      .header("Authorization", "Bearer " + parameter(pasted.get(0), "token"))
                      .POST(
                          text(
                              "{\"locations\":[{\"type\":\"Feature\",\"geometry\":{\"type\":"
                                  + "\"Point\",\"coordinates\":[-97.7430608,30.2672712]},"
                                  + "\"properties\":{\"timestamp\":\"2023-11-14T16:13:20-0600\","
                                  + "\"altitude\":149.3,\"speed\":13.9,\"horizontal_accuracy\":4.5,"
                                  + "\"course\":211.5,\"battery_level\":0.81,\"device_id\":\"\","
                                  + "\"wifi\":\"\"}}]}")),
              "application/json",
              "{\"result\":\"ok\"}"),
          "your own",
          new Answer(
              pasted ->
                  post(pasted.get(0), "application/json")
                      .header(
                          pasted.get(1).substring(0, pasted.get(1).indexOf(':')),
                          pasted.get(1).substring(pasted.get(1).indexOf(' ') + 1))
                      .POST(
                          text(
                              "{\"fix_time\":1700000000000,\"lat\":30.2672712,"
                                  + "\"lng\":-97.7430608,\"accuracy_m\":4.5,\"altitude_m\":149.3,"
                                  + "\"speed_mps\":13.9,\"bearing_deg\":211.5,\"battery_pct\":81}")),
              "application/json",
              "{\"accepted\":1,\"quarantined\":0,\"rejected\":[]}"));

  /** What an enrolment answers for the same app, in the order of the pasted texts. */
  private static final Map<String, List<String>> SETUP =
      Map.of(
          "Traccar Client 10 (Android, iOS)", List.of("traccar.url", "traccar.device_identifier"),
          "Traccar Client 10, `uploadJson`", List.of("traccar.url", "traccar.device_identifier"),
          "Traccar Client 9, or an app with the same SDK",
              List.of("osmand.url", "osmand.device_identifier"),
          "OsmAnd", List.of("osmand.url_template"),
          "GPSLogger", List.of("gpslogger.url_template"),
          "OwnTracks, mode HTTP",
              List.of("owntracks.url", "owntracks.username", "owntracks.password"),
          "Overland", List.of("overland.link"),
          "your own", List.of("native.url", "native.header"));

  @TempDir Path data;

  @Test
  void shouldWorkAsEachLineOfTheReadmeSays() throws Exception {
    List<Line> lines = lines();
    assertEquals(APPS.size(), lines.size());
    try (TestServer server = TestServer.start(data)) {
      ApiClient admin = server.admin();
      HttpClient client = HttpClient.newHttpClient();
      for (int i = 0; i < lines.size(); i++) {
        Line line = lines.get(i);
        Answer expected = APPS.get(line.app());
        assertNotNull(expected, "no app for the line " + line.app());
        admin.enrol("north", "rep-" + i, "phone-" + i);
        JsonObject enrolled =
            admin.expect(
                201,
                "POST",
                "/v1/members/rep-" + i + "/devices",
                new JsonObject().put("id", "phone-" + i));
        List<String> pasted = filledIn(line.pasted(), server.device(), enrolled);
        assertEquals(told(line.app(), enrolled.getJsonObject("setup")), pasted, line.app());
        HttpRequest request = expected.app().request(pasted).build();
        final long before = accepted(admin, line.door());
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());

        assertEquals(line.method(), request.method(), line.app());
        assertEquals(line.path(), request.uri().getPath(), line.app());
        assertEquals(200, answer.statusCode(), line.app());
        assertEquals(expected.body(), answer.body(), line.app());
        assertEquals(
            expected.contentType(),
            answer.headers().firstValue("Content-Type").orElse(""),
            line.app());
        assertEquals(before + 1, accepted(admin, line.door()), line.app());
        assertSeen(admin, line.app(), "rep-" + i);
      }
    }
  }

  private static void assertSeen(ApiClient admin, String app, String member) throws Exception {
    JsonObject position =
        admin.get("/v1/positions").getJsonArray("positions").stream()
            .map(each -> (JsonObject) each)
            .filter(each -> each.getString("member").equals(member))
            .findFirst()
            .orElseThrow(() -> new AssertionError(app + " left no position"));

    assertEquals(30.2672712, position.getDouble("lat"), app);
    assertEquals(-97.7430608, position.getDouble("lng"), app);
    assertEquals("2023-11-14T22:13:20Z", position.getString("fix_time").replace(".000", ""), app);
    assertEquals(13.9, position.getDouble("speed_mps"), app);
    assertEquals(211.5, position.getDouble("bearing_deg"), app);
    // OsmAnd tells a dilution of precision instead of an accuracy, and no battery.
    if (!app.equals("OsmAnd")) {
      assertEquals(4.5, position.getDouble("accuracy_m"), app);
      assertEquals(81, position.getInteger("battery_pct"), app);
    }
  }

  private static long accepted(ApiClient admin, String door) throws Exception {
    Pattern line =
        Pattern.compile(
            "(?m)^hexbeat_door_total\\{door=\"" + door + "\",outcome=\"accepted\".*} ([0-9.]+)$");
    Matcher matcher = line.matcher(admin.send("GET", "/metrics", null).body());
    if (!matcher.find()) {
      throw new AssertionError("no metric of the door " + door);
    }
    return (long) Double.parseDouble(matcher.group(1));
  }

  private static List<Line> lines() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("README.md")) ? here : here.getParent();
    String readme = Files.readString(root.resolve("README.md"));
    String section = readme.substring(readme.indexOf(HEADING) + HEADING.length());
    List<Line> lines = new ArrayList<>();
    for (String row : section.substring(0, section.indexOf("\n## ")).split("\n", -1)) {
      String[] cells = row.split("\\|", -1);
      if (cells.length == 6 && !row.startsWith("|---") && !cells[1].strip().equals("app")) {
        String[] target = spans(cells[4]).get(0).split(" ", 2);
        lines.add(
            new Line(cells[1].strip(), spans(cells[2]), cells[3].strip(), target[0], target[1]));
      }
    }
    return lines;
  }

  private static List<String> spans(String cell) {
    return PASTED
        .matcher(cell)
        .results()
        .map(MatchResult::group)
        .map(s -> s.replace("`", ""))
        .toList();
  }

  /** What an enrolment says for the app. */
  private static List<String> told(String app, JsonObject setup) {
    return SETUP.get(app).stream()
        .map(path -> path.split("\\.", 2))
        .map(path -> setup.getJsonObject(path[0]).getString(path[1]))
        .toList();
  }

  private static List<String> filledIn(List<String> pasted, URI device, JsonObject enrolled) {
    return pasted.stream()
        .map(
            text ->
                text.replace("HOST:5055", device.getAuthority())
                    .replace("HOST%3A5055", device.getAuthority().replace(":", "%3A"))
                    .replace("TOKEN", enrolled.getString("token"))
                    .replace("MEMBER", enrolled.getString("member"))
                    .replace("DEVICE", enrolled.getString("id")))
        .toList();
  }

  private static HttpRequest.Builder post(String uri, String contentType) {
    return HttpRequest.newBuilder(URI.create(uri)).header("Content-Type", contentType);
  }

  /** The body with the phone's id in the place of {@code ID}. */
  private static HttpRequest.BodyPublisher text(String body, String id) {
    return BodyPublishers.ofString(body.replace("ID", id));
  }

  private static HttpRequest.BodyPublisher text(String body) {
    return BodyPublishers.ofString(body);
  }

  /** Apps turn the user and password of an address into a header. */
  private static HttpRequest.Builder withBasic(String address) {
    URI uri = URI.create(address);
    String user = uri.getRawUserInfo();
    return HttpRequest.newBuilder(URI.create(address.replace(user + "@", "")))
        .header("Authorization", basic(user));
  }

  private static String basic(String user) {
    return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  private static String parameter(String link, String name) {
    Matcher matcher = Pattern.compile("[?&]" + name + "=([^&]*)").matcher(link);
    if (!matcher.find()) {
      throw new AssertionError("no " + name + " in the link");
    }
    return URLDecoder.decode(matcher.group(1), StandardCharsets.UTF_8);
  }
}
