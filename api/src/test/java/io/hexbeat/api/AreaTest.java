package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A territory through the whole server: people are in it, and that makes nothing true. */
final class AreaTest {
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;

  private final String now = Instant.now().toString();

  @Test
  void shouldNotTakeATerritoryForACustomer(@TempDir Path data) throws Exception {
    try (TestServer server = TestServer.start(data)) {
      ApiClient admin = server.admin();
      admin.putCircle("district", "area", LAT, LNG, 2_000);
      admin.putCircle("shop", LAT + 0.01, LNG, 100);
      String token = admin.enrol("north", "ann", "phone-1");
      ApiClient phone = ApiClient.bearer(server.device(), token);

      phone.expect(200, "POST", "/v1/pings", fix(LAT).put("fix_time", now));
      JsonObject receipt = phone.expect(201, "POST", "/v1/punches", punch("p1", LAT));
      assertEquals("outside", receipt.getString("place"), receipt.encode());
      assertNotEquals("verified", receipt.getString("verdict"), receipt.encode());
      assertEquals(1, receipt.getJsonArray("sites").size(), receipt.encode());
      assertEquals("shop", receipt.getJsonArray("sites").getJsonObject(0).getString("fence"));
      JsonObject position = admin.get("/v1/positions").getJsonArray("positions").getJsonObject(0);
      assertEquals(new JsonArray().add("district"), position.getJsonArray("fences"));
      assertNotEquals("at_site", position.getString("state"));

      JsonObject refusal =
          phone.expect(400, "POST", "/v1/punches", punch("p2", LAT).put("site", "district"));
      JsonObject error = refusal.getJsonArray("errors").getJsonObject(0);
      assertEquals("/site", error.getString("pointer"));
      assertEquals("is an area, not a site", error.getString("reason"));
      JsonObject atShop =
          phone.expect(201, "POST", "/v1/punches", punch("p3", LAT + 0.01).put("site", "shop"));
      assertEquals("inside", atShop.getString("place"), atShop.encode());
    }
  }

  private static JsonObject fix(double lat) {
    return new JsonObject().put("lat", lat).put("lng", LNG).put("accuracy_m", 5);
  }

  private JsonObject punch(String id, double lat) {
    return fix(lat).put("id", id).put("kind", "visit_in").put("at", now);
  }
}
