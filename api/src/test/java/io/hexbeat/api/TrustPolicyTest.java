package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trust policy and a moved pin through the whole server, before and after a restart. */
final class TrustPolicyTest {
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;
  private static final String PATH = "/v1/trust/policy";

  @Test
  void shouldWeighByThePolicyInForceAndRememberHowSitesWereMoved(@TempDir Path data)
      throws Exception {
    String token;
    String[] database = {"--pg-uri", TestDatabase.uri()};
    try (TestServer server = TestServer.start(data, database)) {
      ApiClient admin = server.admin();
      admin.putCircle("shop", LAT, LNG, 100);
      token = admin.enrol("north", "ann", "phone-1");
      ApiClient phone = ApiClient.bearer(server.device(), token);

      JsonObject outside = punch(phone, "p1", LAT + 0.01);
      assertEquals("invalid", outside.getString("verdict"), outside::encode);
      assertEquals(0, outside.getInteger("policy_version"), outside::encode);

      admin.expect(
          200,
          "PUT",
          PATH,
          new JsonObject()
              .put("version", 0)
              .put("weights", new JsonObject().put("OUTSIDE_SITE", 0)));
      JsonObject silenced = punch(phone, "p2", LAT + 0.01);
      assertEquals("verified", silenced.getString("verdict"), silenced::encode);
      assertEquals(1, silenced.getInteger("policy_version"), silenced::encode);

      admin.putCircle("shop", LAT + 0.01, LNG, 100);
      assertMoved(punch(phone, "p3", LAT + 0.01));
    }
    try (TestServer server = TestServer.start(data, database)) {
      ApiClient phone = ApiClient.bearer(server.device(), token);
      JsonObject moved = punch(phone, "p4", LAT + 0.01);
      assertMoved(moved);
      assertEquals(1, moved.getInteger("policy_version"), moved::encode);
    }
  }

  private static void assertMoved(JsonObject receipt) {
    assertEquals("inside", receipt.getString("place"), receipt::encode);
    assertTrue(receipt.getJsonArray("reasons").encode().contains("PIN_MOVED"), receipt::encode);
  }

  private static JsonObject punch(ApiClient phone, String id, double lat) throws Exception {
    return phone.expect(
        201,
        "POST",
        "/v1/punches",
        new JsonObject()
            .put("id", id)
            .put("kind", "visit_in")
            .put("site", "shop")
            .put("at", Instant.now().toString())
            .put("lat", lat)
            .put("lng", LNG)
            .put("accuracy_m", 5));
  }
}
