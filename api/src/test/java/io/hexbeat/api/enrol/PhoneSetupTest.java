package io.hexbeat.api.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What apps are told, read back as they read it. */
final class PhoneSetupTest {
  private static final String TOKEN = "hb_0123456789abcdefghijABCDEFGHIJKL";

  private static JsonObject setup(String mqttUrl) {
    DoorUrls doors = new DoorUrls("https://phones.example", null, mqttUrl);
    return new PhoneSetup(doors, "ann", "ann.phone-1", TOKEN).json();
  }

  private static Map<String, String> query(String link) {
    return Arrays.stream(link.substring(link.indexOf('?') + 1).split("&"))
        .map(pair -> pair.split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }

  private static JsonObject inline(JsonObject app) {
    String link = app.getString("link");
    assertTrue(link.startsWith("owntracks:///config?inline="), link);
    assertFalse(link.contains("%"), "an app that decodes nothing must read it too: " + link);
    return new JsonObject(
        new String(
            Base64.getDecoder().decode(query(link).get("inline")), StandardCharsets.US_ASCII));
  }

  @Test
  void shouldSetTraccarClientUpByLink() {
    JsonObject traccar = setup("mqtt://phones.example:1883").getJsonObject("traccar");
    URI link = URI.create(traccar.getString("link"));
    assertEquals("org.traccar.client", link.getScheme());
    assertEquals("https://phones.example/", query(link.toString()).get("url"));
    assertEquals(TOKEN, query(link.toString()).get("id"));
    assertEquals(TOKEN, traccar.getString("device_identifier"));
  }

  @Test
  void shouldSetOwnTracksUpForHttp() {
    JsonObject config = inline(setup("mqtt://phones.example:1883").getJsonObject("owntracks"));
    assertEquals("configuration", config.getString("_type"));
    assertEquals(3, config.getInteger("mode"));
    assertEquals("https://phones.example/owntracks", config.getString("url"));
    assertEquals("ann", config.getString("username"));
    assertEquals(TOKEN, config.getString("password"));
    assertEquals("ann.phone-1", config.getString("deviceId"));
  }

  @Test
  void shouldSetOwnTracksUpForMqtt() {
    JsonObject app = setup("mqtts://phones.example:8883").getJsonObject("owntracks_mqtt");
    JsonObject config = inline(app);
    assertEquals(0, config.getInteger("mode"));
    assertEquals("phones.example", config.getString("host"));
    assertEquals(8883, config.getInteger("port"));
    assertTrue(config.getBoolean("tls"));
    assertEquals("owntracks/ann/ann.phone-1", config.getString("pubTopicBase"));
    assertEquals("owntracks/ann/ann.phone-1/cmd", config.getString("subTopic"));
    assertEquals(1, config.getInteger("pubQos"));
  }

  @Test
  void shouldSetOverlandUpByLink() {
    JsonObject overland = setup("mqtt://phones.example:1883").getJsonObject("overland");
    assertTrue(overland.getString("link").startsWith("overland://setup?"));
    assertEquals(
        Map.of(
            "url",
            "https://phones.example/overland",
            "token",
            TOKEN,
            "device_id",
            "ann.phone-1",
            "unique_id",
            "yes"),
        query(overland.getString("link")));
  }

  @Test
  void shouldNameEveryFigureOfGpsLoggerInItsUnit() {
    String template =
        setup("mqtt://phones.example:1883").getJsonObject("gpslogger").getString("url_template");
    assertTrue(template.startsWith("https://phone:" + TOKEN + "@phones.example/?"), template);
    assertEquals(
        Map.of(
            "lat",
            "%LAT",
            "lon",
            "%LON",
            "timestamp",
            "%TIMESTAMP",
            "altitude",
            "%ALT",
            "accuracy",
            "%ACC",
            "speed_mps",
            "%SPD",
            "bearing",
            "%DIR",
            "batt",
            "%BATT",
            "hdop",
            "%HDOP",
            "provider",
            "%PROV"),
        Arrays.stream(template.substring(template.indexOf('?') + 1).split("&"))
            .map(pair -> pair.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
  }

  @Test
  void shouldNotNameADoorThatIsClosed() {
    JsonObject setup = new PhoneSetup(new DoorUrls("http://a", null, null), "m", "d", TOKEN).json();
    assertFalse(setup.containsKey("mqtt"));
    assertFalse(setup.containsKey("owntracks_mqtt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"traccar", "owntracks", "owntracks_mqtt", "overland", "gpslogger"})
  void shouldDrawTheLinkAsAQrCode(String app) {
    JsonObject settings = setup("mqtt://phones.example:1883").getJsonObject(app);
    String scanned = settings.getString("link", settings.getString("url_template"));
    assertEquals(scanned, ScannedQr.read(settings.getString("qr_svg")));
  }

  @Test
  void shouldNotTellTheTokenToALog() {
    DoorUrls doors = new DoorUrls("http://a", null, null);
    assertFalse(new PhoneSetup(doors, "m", "d", TOKEN).toString().contains(TOKEN));
  }
}
