package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A phone that signs, from its enrolment to a server that was killed and started again. */
final class SignedPhoneTest {
  @TempDir Path dir;

  @Test
  void shouldVerifyAndCountOnAfterTheServerWasKilled() throws Exception {
    JsonObject enrolled;
    String punch = "{\"id\":\"p-%d\",\"kind\":\"clock_in\",\"at\":%d,\"counter\":%d}";
    long now = System.currentTimeMillis();
    String[] database = {"--pg-uri", TestDatabase.uri()};
    try (ServerProcess server = ServerProcess.start(dir, database)) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      admin.enrol("north", "ann", "signer");
      JsonObject signing = new JsonObject().put("alg", "HS256").put("required", true);
      enrolled =
          admin.expect(
              201,
              "POST",
              "/v1/members/ann/devices",
              new JsonObject().put("id", "signer").put("signing", signing));
      ApiClient phone = ApiClient.bearer(server.device(), enrolled.getString("token"));
      JsonObject receipt =
          phone.expect(201, "POST", "/v1/punches", signed(enrolled, punch.formatted(1, now, 5)));
      assertEquals(true, receipt.getBoolean("signed"));
      phone.expect(422, "POST", "/v1/punches", new JsonObject(punch.formatted(2, now, 6)));
      server.kill();
    }
    assertEquals(32, Files.size(dir.resolve("signing.key")));
    try (ServerProcess server = ServerProcess.start(dir, database)) {
      ApiClient phone = ApiClient.bearer(server.device(), enrolled.getString("token"));
      JsonObject receipt =
          phone.expect(201, "POST", "/v1/punches", signed(enrolled, punch.formatted(3, now, 5)));
      assertTrue(receipt.getJsonArray("reasons").encode().contains("\"COUNTER\""), receipt::encode);
      String metrics = ApiClient.bearer(server.api(), "").send("GET", "/metrics", null).body();
      assertTrue(
          metrics.contains("hexbeat_door_total{door=\"punches\",outcome=\"signed\"} 1.0"), metrics);
    }
  }

  private static JsonObject signed(JsonObject enrolled, String payload) throws Exception {
    byte[] secret =
        Base64.getUrlDecoder().decode(enrolled.getJsonObject("signing").getString("secret"));
    String input = base64("{\"alg\":\"HS256\"}") + "." + base64(payload);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    byte[] signature = mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));
    return new JsonObject()
        .put(
            "jws", input + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
