package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.geofence.E7;
import io.hexbeat.ingest.door.PunchChallenge;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A phone that proves who punches, and all that is wrong with those that don't. */
final class PasskeysTest {
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431001;
  private static final int VERIFIED = SoftPasskey.USER_PRESENT | SoftPasskey.USER_VERIFIED;

  @TempDir static Path data;
  private static TestServer server;
  private static ApiClient admin;
  private static int punches;

  /** A member with a phone and a passkey. */
  private record Person(String member, ApiClient phone, SoftPasskey passkey, JsonObject enrolled) {}

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start(data, "--set", "passkey.required=always");
    admin = server.admin();
    admin.putCircle("cafe", LAT, LNG, 80);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void shouldVerifyAPunchThatItsPasskeySigned() throws Exception {
    Person ann = person("ann");
    JsonObject punch = punch("cafe");
    punch.put("passkey", ann.passkey().prove(challenge(punch, "ann"), VERIFIED, 1));
    JsonObject receipt = ann.phone().expect(201, "POST", "/v1/punches", punch);
    assertEquals("verified", receipt.getString("verdict"), receipt::encode);
    JsonObject proven = reason(receipt, "USER_VERIFIED").orElseThrow();
    assertEquals(ann.passkey().credentialId(), proven.getString("credential_id"));
    assertEquals(true, proven.getBoolean("user_verified"));
    assertEquals(1, proven.getInteger("counter"));
    assertTrue(proven.getInteger("weight") < 0);
    assertEquals(receipt, ann.phone().expect(200, "POST", "/v1/punches", punch));
    assertTrue(metric("hexbeat_passkey_assertions_total{outcome=\"verified\"}") >= 1);
  }

  @Test
  void shouldStepUpWithTheSamePunch() throws Exception {
    Person ben = person("ben");
    JsonObject punch = punch("cafe");
    JsonObject first = ben.phone().expect(201, "POST", "/v1/punches", punch);
    assertEquals("unverified", first.getString("verdict"), first::encode);
    JsonObject stepUp = first.getJsonObject("step_up");
    assertEquals(challenge(punch, "ben").base64(), stepUp.getString("challenge"));
    assertEquals("localhost", stepUp.getString("rp_id"));
    assertEquals(
        new JsonArray().add(ben.passkey().credentialId()),
        stepUp.getJsonArray("allow_credentials"));

    punch.put("passkey", ben.passkey().prove(challenge(punch, "ben"), VERIFIED, 1));
    JsonObject proven = ben.phone().expect(200, "POST", "/v1/punches", punch);
    assertEquals("verified", proven.getString("verdict"), proven::encode);
    assertEquals(proven, ben.phone().expect(200, "POST", "/v1/punches", punch));
    punch.remove("passkey");
    assertEquals(proven, ben.phone().expect(200, "POST", "/v1/punches", punch));

    JsonObject stored = storedPunch("ben", proven.getString("id"), "first_receipt");
    assertEquals("verified", stored.getString("verdict"));
    assertEquals("unverified", stored.getJsonObject("first_receipt").getString("verdict"));
    assertEquals(
        0, admin.get("/v1/alerts?kind=USER_VERIFICATION_MISSING").getJsonArray("alerts").size());
  }

  @Test
  void shouldProveNothingBy() throws Exception {
    Person cleo = person("cleo");
    SoftPasskey passkey = cleo.passkey();
    JsonObject other = punch("cafe");
    assertProblem("wrong_challenge", cleo, passkey.prove(challenge(other, "cleo"), VERIFIED, 1));

    JsonObject punch = punch("cafe");
    SoftPasskey page = passkey.elsewhere("localhost", "https://evil.example");
    assertProblem("wrong_origin", cleo, punch, page.prove(challenge(punch, "cleo"), VERIFIED, 1));

    punch = punch("cafe");
    SoftPasskey party = passkey.elsewhere("evil.example", origin());
    assertProblem("wrong_rp", cleo, punch, party.prove(challenge(punch, "cleo"), VERIFIED, 1));

    punch = punch("cafe");
    JsonObject touched = passkey.prove(challenge(punch, "cleo"), SoftPasskey.USER_PRESENT, 1);
    assertProblem("user_not_verified", cleo, punch, touched);

    punch = punch("cafe");
    JsonObject forged = passkey.prove(challenge(punch, "cleo"), VERIFIED, 1);
    JsonObject stranger =
        new SoftPasskey("localhost", origin()).prove(challenge(punch, "cleo"), VERIFIED, 1);
    forged.put("signature", stranger.getString("signature"));
    assertProblem("wrong_signature", cleo, punch, forged);
    assertProblem("unknown_credential", cleo, punch("cafe"), stranger);

    punch = punch("cafe");
    JsonObject handle = passkey.prove(challenge(punch, "cleo"), VERIFIED, 1);
    assertProblem("wrong_user", cleo, punch, handle.put("user_handle", "AAAA"));

    assertProblem("malformed", cleo, new JsonObject().put("signature", 7));
    JsonObject garbage = new JsonObject();
    for (String part : List.of("client_data_json", "authenticator_data", "signature")) {
      garbage.put(part, "AAECAwQF");
    }
    garbage.put("credential_id", passkey.credentialId());
    assertProblem("malformed", cleo, garbage);
    assertProblem("malformed", cleo, garbage.put("signature", "A".repeat(9_000)));
  }

  @Test
  void shouldNotTakeAnothersPasskey() throws Exception {
    Person dora = person("dora");
    Person emil = person("emil");
    JsonObject punch = punch("cafe");
    JsonObject theirs = dora.passkey().prove(challenge(punch, "emil"), VERIFIED, 1);
    assertProblem("unknown_credential", emil, punch, theirs);
  }

  @Test
  void shouldSeeACounterThatGoesBack() throws Exception {
    Person finn = person("finn");
    prove(finn, 7);
    JsonObject punch = punch("cafe");
    JsonObject copied = finn.passkey().prove(challenge(punch, "finn"), VERIFIED, 6);
    assertProblem("counter", finn, punch, copied);
    prove(finn, 8);
  }

  @Test
  void shouldListAndRevoke() throws Exception {
    Person gita = person("gita");
    assertEquals("My phone", gita.enrolled().getString("label"));
    assertEquals("gita-phone", gita.enrolled().getString("device"));
    String path = "/v1/members/gita/passkeys";
    assertEquals(new JsonArray().add(gita.enrolled()), admin.get(path).getJsonArray("passkeys"));
    admin.expect(204, "DELETE", path + "/" + gita.enrolled().getString("id"), null);
    admin.expect(404, "DELETE", path + "/" + gita.enrolled().getString("id"), null);
    assertEquals(0, admin.get(path).getJsonArray("passkeys").size());
    JsonObject punch = punch("cafe");
    JsonObject proof = gita.passkey().prove(challenge(punch, "gita"), VERIFIED, 1);
    assertProblem("unknown_credential", gita, punch, proof);
    assertEquals(
        List.of("passkey.revoke", "passkey.enrol"),
        admin.get("/v1/audit?subject=member:gita").getJsonArray("entries").stream()
            .map(each -> ((JsonObject) each).getString("action"))
            .filter(action -> action.startsWith("passkey"))
            .toList());
  }

  @Test
  void shouldBoundHowManyAMemberMayEnrol() throws Exception {
    Person hana = person("hana");
    for (int i = 0; i < 4; i++) {
      enrol(hana.phone(), new SoftPasskey("localhost", origin()));
    }
    hana.phone().expect(409, "POST", "/v1/passkeys/options", new JsonObject());
  }

  @Test
  void shouldRefuseACeremonyThatIsNotAsAskedFor() throws Exception {
    ApiClient phone = phone("ivo");
    SoftPasskey passkey = new SoftPasskey("localhost", origin());
    String unasked = "AAAA";
    refuse(phone, passkey.make(unasked, VERIFIED));
    refuse(phone, passkey.make(challengeFor(phone), SoftPasskey.USER_PRESENT));
    challengeFor(phone);
    refuse(phone, passkey.make(unasked, VERIFIED));
    refuse(
        phone,
        passkey.elsewhere("localhost", "http://evil.example").make(challengeFor(phone), VERIFIED));
    refuse(phone, passkey.elsewhere("evil.example", origin()).make(challengeFor(phone), VERIFIED));
    challengeFor(phone);
    refuse(phone, new JsonObject().put("response", 7));
    challengeFor(phone);
    assertEquals(400, phone.send("POST", "/v1/passkeys", "[").statusCode());
    ApiClient.bearer(server.device(), "hb_nobody")
        .expect(401, "POST", "/v1/passkeys/options", new JsonObject());
    assertEquals(0, admin.get("/v1/members/ivo/passkeys").getJsonArray("passkeys").size());
    String challenge = challengeFor(phone);
    JsonObject made = passkey.make(challenge, VERIFIED);
    phone.expect(201, "POST", "/v1/passkeys", new JsonObject().put("credential", made));
    refuse(phone, made);
  }

  @Test
  void shouldTellThePageWhoAndWhere() throws Exception {
    Person jan = person("jan");
    JsonObject me = jan.phone().get("/v1/phone");
    assertEquals("jan", me.getJsonObject("member").getString("id"));
    assertEquals("Member jan", me.getJsonObject("member").getString("name"));
    assertEquals("always", me.getString("required"));
    assertEquals(new JsonArray().add(jan.passkey().credentialId()), me.getJsonArray("passkeys"));
    JsonArray sites = jan.phone().get("/v1/sites?lat=" + LAT + "&lng=" + LNG).getJsonArray("sites");
    assertEquals("cafe", sites.getJsonObject(0).getString("fence"));
    assertEquals(0.0, sites.getJsonObject(0).getDouble("distance_m"));
    jan.phone().expect(400, "GET", "/v1/sites?lat=91", null);

    HttpResponse<String> page = ApiClient.bearer(server.device(), "").send("GET", "/punch", null);
    assertEquals(200, page.statusCode());
    String policy = page.headers().firstValue("content-security-policy").orElseThrow();
    assertTrue(policy.startsWith("default-src 'none'; script-src 'self'"), policy);
    assertFalse(page.body().contains("<script>"));
  }

  @Test
  void shouldKnowPasskeysAndProofsAfterBeingKilled(@TempDir Path dir) throws Exception {
    SoftPasskey passkey;
    String token;
    JsonObject proven;
    JsonObject punch = punch("cafe");
    String database = TestDatabase.uri();
    try (ServerProcess first =
        ServerProcess.start(dir, "--pg-uri", database, "--set", "passkey.required=always")) {
      ApiClient boss = ApiClient.login(first.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      boss.putCircle("cafe", LAT, LNG, 80);
      token = boss.enrol("north", "kim", "kim-phone");
      String page = "http://localhost:" + first.device().getPort();
      passkey = new SoftPasskey("localhost", page);
      ApiClient phone = ApiClient.bearer(first.device(), token);
      enrol(phone, passkey);
      phone.expect(201, "POST", "/v1/punches", punch);
      JsonObject proof = passkey.prove(challenge(punch, "kim"), VERIFIED, 3);
      proven = phone.expect(200, "POST", "/v1/punches", punch.copy().put("passkey", proof));
      assertEquals("verified", proven.getString("verdict"), proven::encode);
      first.kill();
    }
    try (ServerProcess again =
        ServerProcess.start(
            dir,
            "--pg-uri",
            database,
            "--set",
            "passkey.required=always",
            "--set",
            "passkey.origins=https://kiosk.localhost")) {
      ApiClient phone = ApiClient.bearer(again.device(), token);
      assertEquals(proven, phone.expect(200, "POST", "/v1/punches", punch));
      JsonObject next = punch("cafe");
      SoftPasskey kiosk = passkey.elsewhere("localhost", "https://kiosk.localhost");
      next.put("passkey", kiosk.prove(challenge(next, "kim"), VERIFIED, 3));
      JsonObject receipt = phone.expect(201, "POST", "/v1/punches", next);
      assertEquals(
          "counter", reason(receipt, "PASSKEY_INVALID").orElseThrow().getString("problem"));
    }
  }

  private static Person person(String member) throws Exception {
    ApiClient phone = phone(member);
    SoftPasskey passkey = new SoftPasskey("localhost", origin());
    return new Person(member, phone, passkey, enrol(phone, passkey));
  }

  private static ApiClient phone(String member) throws Exception {
    return ApiClient.bearer(server.device(), admin.enrol("north", member, member + "-phone"));
  }

  private static JsonObject enrol(ApiClient phone, SoftPasskey passkey) throws Exception {
    return phone.expect(
        201,
        "POST",
        "/v1/passkeys",
        new JsonObject()
            .put("label", "My phone")
            .put("credential", passkey.make(challengeFor(phone), VERIFIED)));
  }

  private static String challengeFor(ApiClient phone) throws Exception {
    return phone
        .expect(200, "POST", "/v1/passkeys/options", new JsonObject())
        .getJsonObject("public_key")
        .getString("challenge");
  }

  private static void refuse(ApiClient phone, JsonObject credential) throws Exception {
    phone.expect(400, "POST", "/v1/passkeys", new JsonObject().put("credential", credential));
  }

  private static void prove(Person person, int counter) throws Exception {
    JsonObject punch = punch("cafe");
    punch.put(
        "passkey", person.passkey().prove(challenge(punch, person.member()), VERIFIED, counter));
    JsonObject receipt = person.phone().expect(201, "POST", "/v1/punches", punch);
    assertEquals("verified", receipt.getString("verdict"), receipt::encode);
  }

  private static void assertProblem(String problem, Person person, JsonObject proof)
      throws Exception {
    assertProblem(problem, person, punch("cafe"), proof);
  }

  /** The punch is journaled, in doubt, and may still be proven. */
  private static void assertProblem(
      String problem, Person person, JsonObject punch, JsonObject proof) throws Exception {
    JsonObject receipt =
        person.phone().expect(201, "POST", "/v1/punches", punch.copy().put("passkey", proof));
    JsonObject invalid = reason(receipt, "PASSKEY_INVALID").orElseThrow();
    assertEquals(problem, invalid.getString("problem"), receipt::encode);
    assertNotEquals("verified", receipt.getString("verdict"));
    assertNull(reason(receipt, "USER_VERIFIED").orElse(null));
    assertNotNull(receipt.getJsonObject("step_up"));
  }

  private static Optional<JsonObject> reason(JsonObject receipt, String code) {
    return receipt.getJsonArray("reasons").stream()
        .map(JsonObject.class::cast)
        .filter(reason -> reason.getString("code").equals(code))
        .findFirst();
  }

  private static JsonObject punch(String site) {
    return new JsonObject()
        .put("id", "p-" + punches++)
        .put("kind", "visit_in")
        .put("at", System.currentTimeMillis())
        .put("lat", LAT)
        .put("lng", LNG)
        .put("accuracy_m", 8.5)
        .put("site", site);
  }

  private static PunchChallenge challenge(JsonObject punch, String member) {
    return new PunchChallenge(
        punch.getString("id"),
        punch.getString("kind"),
        punch.getLong("at"),
        E7.fromDegrees(punch.getDouble("lat")),
        E7.fromDegrees(punch.getDouble("lng")),
        850,
        null,
        punch.getString("site"),
        member);
  }

  /** As PostgreSQL shows it, once it has the field. */
  private static JsonObject storedPunch(String member, String id, String field) throws Exception {
    long until = System.nanoTime() + 20_000_000_000L;
    while (true) {
      @Nullable JsonObject found =
          admin.get("/v1/members/" + member + "/punches").getJsonArray("punches").stream()
              .map(JsonObject.class::cast)
              .filter(punch -> punch.getString("id").equals(id) && punch.containsKey(field))
              .findFirst()
              .orElse(null);
      if (found != null) {
        return found;
      }
      if (System.nanoTime() > until) {
        throw new AssertionError("punch " + id + " was not projected with " + field);
      }
      Thread.onSpinWait();
    }
  }

  private static String origin() {
    return "http://localhost:" + server.device().getPort();
  }

  private static double metric(String name) throws Exception {
    String metrics = ApiClient.bearer(server.api(), "").send("GET", "/metrics", null).body();
    return metrics
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length()).strip()))
        .findFirst()
        .orElseThrow();
  }
}
