package io.hexbeat.api.enrol;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The settings of one phone for each app that the doors understand, as values to paste, as a link
 * that sets the app up where it has one, and as a QR code of that. Immutable; any thread.
 * Everything in it holds the phone's token: it is shown once and must not be logged.
 *
 * @param member the user that apps are told; the token alone decides who it is
 */
public record PhoneSetup(DoorUrls doors, String member, String device, String token) {
  /** OwnTracks' numbers for its modes. */
  private static final int OWNTRACKS_MQTT = 0;

  private static final int OWNTRACKS_HTTP = 3;

  /** OwnTracks reports as one moves, not only when the phone notices a new cell. */
  private static final int OWNTRACKS_MOVE_MODE = 2;

  private static final int MQTT_3_1_1 = 4;

  /** One entry for each app or door. */
  public JsonObject json() {
    JsonObject setup =
        new JsonObject()
            .put("traccar", traccar())
            .put("owntracks", ownTracks())
            .put("overland", overland())
            .put("gpslogger", gpsLogger())
            .put("osmand", osmAnd())
            .put("native", ownApp())
            .put("punch", punchPage());
    if (doors.mqtt() != null) {
      URI broker = URI.create(doors.mqtt());
      setup.put("owntracks_mqtt", ownTracksMqtt(broker)).put("mqtt", mqtt());
    }
    return setup;
  }

  /** Without the token, which must not get into a log. */
  @Override
  public String toString() {
    return "PhoneSetup[device=" + device + "]";
  }

  private JsonObject traccar() {
    String url = doors.device() + "/";
    String link =
        "org.traccar.client://config?url="
            + encoded(url)
            + "&id="
            + encoded(token)
            + "&accuracy=high&interval=30";
    return withLink(new JsonObject().put("url", url).put("device_identifier", token), link);
  }

  private JsonObject osmAnd() {
    String template =
        doors.device()
            + "/?id="
            + token
            + "&lat={0}&lon={1}&timestamp={2}&hdop={3}&altitude={4}&speed_mps={5}&bearing={6}";
    return new JsonObject()
        .put("url", doors.device() + "/")
        .put("device_identifier", token)
        .put("url_template", template)
        .put("qr_svg", QrSvg.of(template));
  }

  private JsonObject ownTracks() {
    String url = doors.device() + "/owntracks";
    JsonObject config = ownTracksConfig(OWNTRACKS_HTTP).put("url", url);
    return withLink(
        new JsonObject()
            .put("url", url)
            .put("username", member)
            .put("password", token)
            .put("device_id", device),
        ownTracksLink(config));
  }

  private JsonObject ownTracksMqtt(URI broker) {
    boolean tls = "mqtts".equals(broker.getScheme());
    JsonObject config =
        ownTracksConfig(OWNTRACKS_MQTT)
            .put("host", broker.getHost())
            .put("port", broker.getPort())
            .put("tls", tls)
            .put("ws", false)
            .put("mqttProtocolLevel", MQTT_3_1_1)
            .put("clientId", device)
            .put("pubTopicBase", topic())
            .put("pubQos", 1)
            .put("pubRetain", false)
            .put("sub", true)
            .put("subTopic", topic() + "/cmd");
    return withLink(
        new JsonObject()
            .put("host", broker.getHost())
            .put("port", broker.getPort())
            .put("tls", tls)
            .put("username", member)
            .put("password", token)
            .put("device_id", device)
            .put("topic", topic()),
        ownTracksLink(config));
  }

  private JsonObject ownTracksConfig(int mode) {
    return new JsonObject()
        .put("_type", "configuration")
        .put("mode", mode)
        .put("auth", true)
        .put("username", member)
        .put("password", token)
        .put("deviceId", device)
        .put("monitoring", OWNTRACKS_MOVE_MODE);
  }

  private JsonObject overland() {
    String url = doors.device() + "/overland";
    String link =
        "overland://setup?url="
            + encoded(url)
            + "&token="
            + encoded(token)
            + "&device_id="
            + encoded(device)
            + "&unique_id=yes";
    return withLink(new JsonObject().put("url", url).put("token", token), link);
  }

  /** The app takes user and password out of the address and sends them as Basic. */
  private JsonObject gpsLogger() {
    String template =
        doors.device().replaceFirst("://", "://phone:" + token + "@")
            + "/?lat=%LAT&lon=%LON&timestamp=%TIMESTAMP&altitude=%ALT&accuracy=%ACC"
            + "&speed_mps=%SPD&bearing=%DIR&batt=%BATT&hdop=%HDOP&provider=%PROV";
    return new JsonObject().put("url_template", template).put("qr_svg", QrSvg.of(template));
  }

  private JsonObject ownApp() {
    JsonObject scanned =
        new JsonObject().put("url", doors.device() + "/v1/pings").put("token", token);
    return scanned
        .copy()
        .put("header", "Authorization: Bearer " + token)
        .put("punches_url", doors.device() + "/v1/punches")
        .put("qr_svg", QrSvg.of(scanned.encode()));
  }

  /** Browsers let no address have a passkey, so this machine is called by its name. */
  private JsonObject punchPage() {
    String url =
        doors.device().replaceFirst("^http://127\\.0\\.0\\.1", "http://localhost") + "/punch";
    return withLink(new JsonObject().put("url", url), url + "#token=" + token);
  }

  private JsonObject mqtt() {
    return new JsonObject()
        .put("url", doors.mqtt())
        .put("username", member)
        .put("password", token)
        .put("topic", topic())
        .put("pings_topic", "hexbeat/" + device + "/pings");
  }

  private String topic() {
    return "owntracks/" + member + "/" + device;
  }

  private static JsonObject withLink(JsonObject settings, String link) {
    return settings.put("link", link).put("qr_svg", QrSvg.of(link));
  }

  /**
   * The app wants plain Base64 in a query. Spaces at the end spare it the padding, whose character
   * not every version decodes.
   */
  private static String ownTracksLink(JsonObject config) {
    String json = config.encode();
    byte[] bytes =
        (json + " ".repeat((3 - json.length() % 3) % 3)).getBytes(StandardCharsets.US_ASCII);
    return "owntracks:///config?inline=" + encoded(Base64.getEncoder().encodeToString(bytes));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
