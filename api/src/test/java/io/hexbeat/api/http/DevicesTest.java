package io.hexbeat.api.http;

import static io.hexbeat.api.http.ApiUnderTest.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.CoordType;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.SigningKey;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Phones: their tokens, and whom the doors take them for. */
class DevicesTest {
  private static ApiUnderTest api;
  private static String boss;

  @BeforeAll
  static void start() throws Exception {
    api = ApiUnderTest.start();
    boss = api.user("boss", "manager", null);
    api.team("north", null, "boss");
    api.team("south", null);
    api.member("ann", "north");
    api.member("bob", "north");
    api.member("cid", "south");
  }

  @AfterAll
  static void stop() throws Exception {
    api.stop();
  }

  private static JsonObject enrol(String token, String member, String device) throws Exception {
    return expect(
            201,
            api.call(
                token,
                "POST",
                "/v1/members/" + member + "/devices",
                new JsonObject().put("id", device)))
        .json();
  }

  private static DeviceIdentity identity(JsonObject enrolled) {
    return api.registry.byToken(enrolled.getString("token"));
  }

  @Test
  void shouldGiveATokenOnceAndTellTheDoors() throws Exception {
    JsonObject enrolled = enrol(boss, "ann", "ann-phone");
    assertTrue(enrolled.getString("token").matches("hb_[0-9A-Za-z]{32}"));
    DeviceIdentity identity = identity(enrolled);
    assertEquals("ann-phone", identity.deviceId());
    assertEquals("ann", identity.memberId());
    String listed = expect(200, api.get(boss, "/v1/members/ann/devices")).json().encode();
    assertTrue(listed.contains("ann-phone"));
    assertFalse(listed.contains("hb_"), listed);
  }

  private static JsonObject enrol(String device, Object signing) throws Exception {
    JsonObject body = new JsonObject().put("id", device).put("signing", signing);
    return expect(201, api.call(boss, "POST", "/v1/members/ann/devices", body)).json();
  }

  private static SigningKey signing(JsonObject enrolled) {
    return Objects.requireNonNull(identity(enrolled).signing());
  }

  private static boolean verifies(SigningKey key, JsonObject enrolled) throws Exception {
    String secret = enrolled.getJsonObject("signing").getString("secret");
    byte[] bytes = "signed".getBytes(StandardCharsets.UTF_8);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Base64.getUrlDecoder().decode(secret), "HmacSHA256"));
    return key.verifies(bytes, 0, bytes.length, mac.doFinal(bytes));
  }

  @Test
  void shouldGiveASigningSecretOnceAndKeepItWhenTheTokenIsRenewed() throws Exception {
    JsonObject hs256 = new JsonObject().put("alg", "HS256").put("required", true);
    JsonObject first = enrol("signer", hs256);
    SigningKey key = signing(first);
    assertTrue(verifies(key, first));
    assertTrue(key.required());

    JsonObject renewed = enrol(boss, "ann", "signer");
    assertEquals(
        new JsonObject().put("alg", "HS256").put("required", true),
        renewed.getJsonObject("signing"));
    assertTrue(verifies(signing(renewed), first));
    assertEquals(key.number(), signing(renewed).number());
    String listed = expect(200, api.get(boss, "/v1/members/ann/devices")).json().encode();
    assertTrue(listed.contains("\"signing\":{\"alg\":\"HS256\",\"required\":true}"), listed);
    assertFalse(listed.contains(first.getJsonObject("signing").getString("secret")));

    JsonObject second = enrol("signer", hs256);
    assertTrue(verifies(signing(second), second));
    assertFalse(verifies(signing(second), first));
    assertEquals(key.number() + 1, signing(second).number());
    assertNull(identity(enrol("signer", null)).signing());
  }

  @Test
  void shouldTakeThePublicKeyOfAPhone() throws Exception {
    String publicKey = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    JsonObject eddsa = new JsonObject().put("alg", "EdDSA").put("public_key", publicKey);
    JsonObject enrolled = enrol("key-pair", eddsa);
    assertEquals(eddsa.copy().put("required", false), enrolled.getJsonObject("signing"));
    SigningKey key = signing(enrolled);
    assertEquals(SigningKey.Algorithm.EDDSA, key.algorithm());
    String padded = publicKey.replace('_', '/').replace('-', '+') + "=";
    JsonObject again = enrol("key-pair", eddsa.copy().put("public_key", padded));
    assertEquals(publicKey, again.getJsonObject("signing").getString("public_key"));
    assertEquals(key.number(), signing(again).number());
  }

  @Test
  void shouldRefuseASigningKeyThatIsNone() throws Exception {
    for (JsonObject signing :
        java.util.List.of(
            new JsonObject().put("alg", "none"),
            new JsonObject().put("alg", "EdDSA"),
            new JsonObject().put("alg", "EdDSA").put("public_key", "_".repeat(43)),
            new JsonObject().put("alg", "EdDSA").put("public_key", "!".repeat(43)),
            new JsonObject().put("alg", "HS256").put("public_key", "A".repeat(43)),
            new JsonObject().put("required", true))) {
      JsonObject body = new JsonObject().put("id", "no-key").put("signing", signing);
      JsonObject problem =
          expect(400, api.call(boss, "POST", "/v1/members/ann/devices", body)).json();
      assertTrue(problem.encode().contains("/signing"), problem::encode);
    }
  }

  @Test
  void shouldLeaveTheSetupOutForAScript() throws Exception {
    JsonObject plain =
        expect(201, api.call(boss, "POST", "/v1/members/ann/devices?setup=false", new JsonObject()))
            .json();
    assertTrue(plain.containsKey("token"));
    assertFalse(plain.containsKey("setup"));
    expect(400, api.call(boss, "POST", "/v1/members/ann/devices?setup=no", new JsonObject()));
  }

  @Test
  void shouldSayWhatToTypeIntoAnApp() throws Exception {
    JsonObject enrolled = enrol(boss, "ann", "setup-phone");
    String token = enrolled.getString("token");
    JsonObject setup = enrolled.getJsonObject("setup");
    assertEquals("http://phones.example:5055/", setup.getJsonObject("osmand").getString("url"));
    assertEquals(token, setup.getJsonObject("osmand").getString("device_identifier"));
    assertEquals(
        "http://phones.example:5055/v1/pings", setup.getJsonObject("native").getString("url"));
    assertEquals(
        new JsonObject()
            .put("url", "mqtt://phones.example:1883")
            .put("username", "ann")
            .put("password", token)
            .put("topic", "owntracks/ann/setup-phone")
            .put("pings_topic", "hexbeat/setup-phone/pings"),
        setup.getJsonObject("mqtt"));
    assertEquals(
        java.util.Set.of(
            "traccar",
            "owntracks",
            "owntracks_mqtt",
            "overland",
            "gpslogger",
            "osmand",
            "punch",
            "native",
            "mqtt"),
        setup.fieldNames());
  }

  @Test
  void shouldNameAPhoneThatComesWithoutAName() throws Exception {
    JsonObject enrolled =
        expect(201, api.call(boss, "POST", "/v1/members/ann/devices", null)).json();
    assertTrue(enrolled.getString("id").matches("dev-[0-9A-Za-z]{10}"));
  }

  @Test
  void shouldRefuseTheOldTokenWhenAPhoneIsRegisteredAgain() throws Exception {
    JsonObject first = enrol(boss, "ann", "again");
    int handle = identity(first).deviceHandle();
    JsonObject second = enrol(boss, "ann", "again");
    assertNull(identity(first));
    assertEquals(handle, identity(second).deviceHandle());
  }

  @Test
  void shouldGiveAPhoneThatIsHandedOverANewHandle() throws Exception {
    JsonObject first = enrol(boss, "ann", "shared");
    int handle = identity(first).deviceHandle();
    JsonObject second = enrol(boss, "bob", "shared");
    assertNull(identity(first));
    assertNull(api.registry.byHandle(handle));
    assertEquals("bob", identity(second).memberId());
    assertNotEquals(handle, identity(second).deviceHandle());
    assertNotNull(api.store.directory().device(handle));
    String listed = expect(200, api.get(boss, "/v1/members/ann/devices")).json().encode();
    assertTrue(listed.contains("revoked_at"), listed);
  }

  @Test
  void shouldTellTheDoorsWhichCoordinatesAPhoneSends() throws Exception {
    JsonObject enrolled =
        expect(
                201,
                api.call(
                    boss,
                    "POST",
                    "/v1/members/ann/devices",
                    new JsonObject().put("id", "bent-phone").put("coord_type", "gcj02")))
            .json();
    assertEquals("gcj02", enrolled.getString("coord_type"));
    assertEquals(CoordType.GCJ02, identity(enrolled).coordType());
    assertEquals(CoordType.GCJ02, identity(enrol(boss, "ann", "bent-phone")).coordType());

    JsonObject other = enrol(boss, "ann", "straight-phone");
    assertNull(identity(other).coordType());
    String path = "/v1/members/ann/devices/straight-phone";
    JsonObject edited =
        expect(200, api.call(boss, "PATCH", path, new JsonObject().put("coord_type", "bd09")))
            .json();
    assertEquals("bd09", edited.getString("coord_type"));
    assertEquals(CoordType.BD09, identity(other).coordType());

    expect(200, api.call(boss, "PATCH", path, new JsonObject().put("label", "Blue one")));
    assertEquals(CoordType.BD09, identity(other).coordType());
    expect(200, api.call(boss, "PATCH", path, new JsonObject().putNull("coord_type")));
    assertNull(identity(other).coordType());
    expect(400, api.call(boss, "PATCH", path, new JsonObject().put("coord_type", "mars")));
    expect(400, api.call(boss, "PATCH", path, new JsonObject()));
    expect(
        404,
        api.call(
            boss,
            "PATCH",
            "/v1/members/ann/devices/none",
            new JsonObject().put("label", "Nobody's")));
    expect(
        404,
        api.call(
            boss,
            "PATCH",
            "/v1/members/cid/devices/straight-phone",
            new JsonObject().put("label", "Not yours")));
  }

  @Test
  void shouldNotLetAManagerTakeAPhoneFromATeamElsewhere() throws Exception {
    JsonObject theirs = enrol(api.admin(), "cid", "cids");
    expect(
        409, api.call(boss, "POST", "/v1/members/ann/devices", new JsonObject().put("id", "cids")));
    assertNotNull(identity(theirs));
  }

  @Test
  void shouldRefuseARevokedToken() throws Exception {
    JsonObject enrolled = enrol(boss, "ann", "lost");
    expect(204, api.call(boss, "DELETE", "/v1/members/ann/devices/lost", null));
    assertNull(identity(enrolled));
    expect(404, api.call(boss, "DELETE", "/v1/members/ann/devices/lost", null));
  }

  @Test
  void shouldRefuseTheTokensOfADeletedMember() throws Exception {
    api.member("dan", "north");
    JsonObject enrolled = enrol(boss, "dan", "dans");
    expect(204, api.call(api.admin(), "DELETE", "/v1/members/dan", null));
    assertNull(identity(enrolled));
    api.member("dan", "north");
    assertEquals(0, expect(200, api.get(boss, "/v1/members/dan/devices")).array("devices").size());
  }

  @Test
  void shouldKnowTheTokensThatHoldAfterARestart() throws Exception {
    JsonObject revoked = enrol(boss, "bob", "bobs-old");
    expect(204, api.call(boss, "DELETE", "/v1/members/bob/devices/bobs-old", null));
    JsonObject kept = enrol(boss, "bob", "bobs");
    DeviceIdentity before = Objects.requireNonNull(identity(kept));
    api.restart();
    assertEquals(before, identity(kept));
    assertNull(identity(revoked));
  }

  @Test
  void shouldTellTheDoorsAMembersNewZone() throws Exception {
    api.member("zed", "north");
    JsonObject enrolled = enrol(boss, "zed", "zeds");
    assertEquals("Z", identity(enrolled).zone().getId());
    expect(
        200,
        api.call(
            api.admin(),
            "PUT",
            "/v1/members/zed",
            new JsonObject()
                .put("name", "Zed")
                .put("team", "north")
                .put("time_zone", "Asia/Shanghai")));
    assertEquals("Asia/Shanghai", identity(enrolled).zone().getId());
  }
}
