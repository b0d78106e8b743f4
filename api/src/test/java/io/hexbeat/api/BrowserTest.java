package io.hexbeat.api;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A morning in a real browser: a manager logs in, watches people move and sees a forged punch; an
 * administrator sets up a phone and a gateway and looks at what could not be used.
 */
final class BrowserTest {
  @RegisterExtension static final InBrowser inBrowser = new InBrowser();

  private static TestServer server;
  private static ApiClient admin;

  @BeforeAll
  static void start() throws Exception {
    server = inBrowser.server();
    admin = server.admin();
  }

  @Test
  void shouldShowMovingMembersAndAnAlertAsItArrives() throws Exception {
    admin.putCircle("cafe", 30.2672, -97.7431, 80);
    ApiClient anna = ApiClient.bearer(server.device(), admin.enrol("north", "north-01", "phone-1"));
    ApiClient hidden =
        ApiClient.bearer(server.device(), admin.enrol("south", "south-01", "phone-2"));
    admin.expect(
        201,
        "POST",
        "/v1/users",
        new JsonObject().put("id", "mia").put("role", "manager").put("password", "north manager"));
    admin.expect(
        200,
        "PUT",
        "/v1/teams/north",
        new JsonObject().put("name", "North").put("managers", new JsonArray().add("mia")));
    ping(anna, 30.2600, -97.7500);
    ping(hidden, 30.2500, -97.7600);

    Page page = inBrowser.signIn("mia", "not her password");
    assertThat(page.getByTestId("login-error")).isVisible();
    page.getByTestId("login-password").fill("north manager");
    page.getByTestId("login-submit").click();

    assertThat(page.getByTestId("member-row")).hasCount(1);
    page.waitForFunction("() => window.hexbeat.positions().length === 1");
    double before = lat(page);
    ping(anna, 30.2660, -97.7440);
    page.waitForFunction("lat => window.hexbeat.positions()[0].lat !== lat", before);
    assertNotEquals(before, lat(page));

    assertThat(page.getByTestId("alert-row")).hasCount(0);
    JsonObject receipt = anna.expect(201, "POST", "/v1/punches", forgedPunch());
    assertEquals("invalid", receipt.getString("verdict"));
    assertThat(page.getByTestId("alert-row")).hasCount(1);
    page.getByTestId("alert-row").click();
    assertThat(page.getByTestId("alert-evidence")).isVisible();

    page.getByTestId("language-switch").click();
    page.waitForFunction("() => document.documentElement.lang.startsWith('zh')");
  }

  @Test
  void shouldSetAPhoneUpAndRefuseIt() throws Exception {
    admin.enrol("east", "east-01", "other-phone");
    Page page = inBrowser.signInAsAdmin();
    page.locator("[data-member='east-01']").click();
    assertThat(page.getByTestId("phone-row")).hasCount(1);
    page.getByTestId("add-phone").click();
    page.getByTestId("phone-name").fill("Field phone");
    page.getByTestId("phone-create").click();

    assertThat(page.locator(".qr svg")).isVisible();
    for (String app : List.of("owntracks", "overland", "gpslogger", "osmand", "native")) {
      page.getByTestId("app-" + app).click();
      assertThat(page.getByTestId("app-" + app)).hasAttribute("aria-selected", "true");
      assertThat(page.locator(".qr svg")).isVisible();
    }
    page.getByTestId("app-traccar").click();
    String token = page.getByTestId("setup-device_identifier").textContent();
    ApiClient phone = ApiClient.bearer(server.device(), token);
    ping(phone, 30.2700, -97.7400);
    assertThat(page.getByTestId("phone-heard")).hasText("Connected: a position has arrived.");

    page.keyboard().press("Escape");
    assertThat(page.getByTestId("phone-row")).hasCount(2);
    page.getByTestId("phone-row")
        .filter(new Locator.FilterOptions().setHasText("Field phone"))
        .getByTestId("phone-revoke")
        .click();
    page.getByTestId("phone-confirm").click();
    assertThat(page.getByTestId("phone-row")).hasCount(1);
    phone.expect(401, "POST", "/v1/pings", new JsonObject());

    page.getByTestId("add-phone").click();
    page.getByTestId("phone-signing").selectOption("HS256");
    page.getByTestId("phone-must-sign").check();
    page.getByTestId("phone-create").click();
    assertThat(page.getByTestId("setup-signing_secret"))
        .hasText(Pattern.compile("[A-Za-z0-9_-]{43}"));
    page.keyboard().press("Escape");
    assertThat(page.getByTestId("phone-row").last()).containsText("must sign by HS256");
  }

  @Test
  void shouldShowAndChangeTheCoordinateTypeOfAPhone() throws Exception {
    admin.enrol("west", "west-01", "bent-phone");
    Page page = inBrowser.signInAsAdmin();
    page.locator("[data-member='west-01']").click();
    assertThat(page.getByTestId("phone-coords")).hasText("As the app says");
    page.getByTestId("phone-coords").click();
    page.getByTestId("phone-coords-choice").selectOption("gcj02");
    page.getByTestId("phone-coords-save").click();
    assertThat(page.getByTestId("phone-coords")).hasText("GCJ-02");
    assertEquals("gcj02", coordType("west-01", 0));

    page.getByTestId("add-phone").click();
    page.getByTestId("phone-coords-choice").selectOption("bd09");
    page.getByTestId("phone-create").click();
    assertThat(page.locator(".qr svg")).isVisible();
    page.keyboard().press("Escape");
    assertThat(page.getByTestId("phone-row")).hasCount(2);
    assertEquals("bd09", coordType("west-01", 1));

    page.locator("[data-device='bent-phone']").getByTestId("phone-coords").click();
    page.getByTestId("phone-coords-choice").selectOption("");
    page.getByTestId("phone-coords-save").click();
    assertThat(page.locator("[data-device='bent-phone']").getByTestId("phone-coords"))
        .hasText("As the app says");
    assertNull(coordType("west-01", 0));
  }

  @Test
  void shouldMakeRenewAndRevokeAGateway() throws Exception {
    Page page = inBrowser.signInAsAdmin();
    page.getByTestId("operations").click();
    page.getByTestId("tab-gateways").click();
    page.getByTestId("gateway-add").click();
    page.getByTestId("gateway-name").fill("Depot north");
    page.getByTestId("gateway-create").click();
    assertThat(page.getByTestId("gateway-problem")).isVisible();
    page.getByTestId("gateway-prefixes").fill("van-");
    page.getByTestId("gateway-devices").fill("phone-7\nphone-12");
    page.getByTestId("gateway-create").click();
    String token = page.getByTestId("gateway-token").textContent();
    assertTrue(token.startsWith("hbg_"), "a gateway's token");
    assertTrue(page.getByTestId("gateway-url").textContent().startsWith("tcp://"));
    page.getByTestId("gateway-done").click();

    assertThat(page.getByTestId("gateway-row")).hasCount(1);
    assertThat(page.getByTestId("gateway-row")).containsText("Depot north");
    assertThat(page.getByTestId("gateway-scope")).hasText("van-…phone-7phone-12");
    page.getByTestId("gateway-renew").click();
    assertThat(page.getByTestId("gateway-devices")).hasValue("phone-7\nphone-12");
    page.getByTestId("gateway-devices").fill("phone-7");
    page.getByTestId("gateway-create").click();
    assertNotEquals(token, page.getByTestId("gateway-token").textContent());
    page.keyboard().press("Escape");
    assertThat(page.getByTestId("gateway-scope")).hasText("van-…phone-7");

    page.getByTestId("gateway-revoke").click();
    page.getByTestId("gateway-confirm").click();
    assertThat(page.getByTestId("gateway-row")).hasCount(0);
    assertEquals(0, admin.get("/v1/gateways").getJsonArray("gateways").size());
  }

  @Test
  void shouldShowWhatCouldNotBeUsed() throws Exception {
    ApiClient phone =
        ApiClient.bearer(server.device(), admin.enrol("yard", "yard-01", "odd-phone"));
    phone.expect(200, "POST", "/v1/pings", new JsonObject().put("lat", "north").put("lng", 1));
    phone.expect(200, "POST", "/overland", "no json \u0000");
    // A page of the list, and one more.
    JsonArray many = new JsonArray();
    for (int i = 0; i < 51; i++) {
      many.add(new JsonObject().put("lat", 91 + i).put("lng", 1));
    }
    phone.expect(200, "POST", "/v1/pings", many);
    Page page = inBrowser.signInAsAdmin();
    page.getByTestId("operations").click();
    // Typing rests before it is asked for: what is clicked before that would be listed anew.
    page.waitForResponse(
        response -> response.url().contains("/v1/quarantine?device=odd-phone"),
        () -> page.getByTestId("quarantine-device").fill("odd-phone"));
    Locator reason = page.getByTestId("quarantine-reason");
    assertThat(reason.filter(new Locator.FilterOptions().setHasText("All"))).hasText("All53");
    Locator rows = page.getByTestId("quarantine-row");
    assertThat(rows).hasCount(50);
    page.getByTestId("quarantine-more").click();
    assertThat(rows).hasCount(53);
    assertThat(page.getByTestId("quarantine-more")).isHidden();

    reason.filter(new Locator.FilterOptions().setHasText("Not JSON")).click();
    assertThat(rows).hasCount(1);
    rows.locator("button").first().click();
    assertThat(page.getByTestId("quarantine-bytes")).containsText("6e 6f 20 6a 73 6f 6e");
    assertThat(page.getByTestId("quarantine-text")).hasCount(0);
    reason.filter(new Locator.FilterOptions().setHasText("Position")).click();
    assertThat(rows).hasCount(50);
    rows.first().locator("button").first().click();
    assertThat(page.getByTestId("quarantine-bytes")).hasText("{\"lat\":141,\"lng\":1}");
    page.getByTestId("quarantine-hex").click();
    assertThat(page.getByTestId("quarantine-bytes")).containsText("0000  7b 22 6c 61 74");
    page.getByTestId("quarantine-period").selectOption("hour");
    assertThat(rows).hasCount(50);
    page.getByTestId("quarantine-device").fill("no-such-phone");
    assertThat(rows).hasCount(0);

    page.locator("[data-lang='zh-CN']").click();
    assertThat(page.getByTestId("tab-quarantine")).hasText("隔离区");
    page.keyboard().press("Escape");
    assertThat(page.getByTestId("operations-page")).hasCount(0);
  }

  @Test
  void shouldShowOperationsToAdministratorsOnly() throws Exception {
    admin.enrol("depot", "depot-01", "depot-phone");
    for (String role : List.of("manager", "member")) {
      JsonObject user =
          new JsonObject().put("id", "a-" + role).put("role", role).put("password", "a password");
      admin.expect(
          201, "POST", "/v1/users", role.equals("member") ? user.put("member", "depot-01") : user);
      ApiClient asker = ApiClient.login(server.api(), "a-" + role, "a password");
      for (String path :
          List.of("/v1/gateways", "/v1/quarantine", "/v1/quarantine/counts", "/v1/audit")) {
        asker.expect(403, "GET", path, null);
      }
      Page page = inBrowser.signIn("a-" + role, "a password");
      assertThat(page.getByTestId("connection-state")).hasText("Live");
      assertThat(page.getByTestId("operations")).hasCount(0);
      if (role.equals("member")) {
        page.locator("[data-member='depot-01']").click();
        assertThat(page.getByTestId("phone-row")).hasCount(1);
        assertThat(page.getByTestId("phone-coords")).hasCount(0);
      }
    }
  }

  @Test
  void shouldListSessionsAndSignOutEverywhere() throws Exception {
    JsonObject user = new JsonObject().put("id", "sue").put("role", "manager");
    admin.expect(201, "POST", "/v1/users", user.put("password", "password of sue"));
    ApiClient elsewhere = ApiClient.login(server.api(), "sue", "password of sue");
    ApiClient third = ApiClient.login(server.api(), "sue", "password of sue");
    Page page = inBrowser.signIn("sue", "password of sue");
    assertThat(page.getByTestId("connection-state")).hasText("Live");
    Page other = inBrowser.signIn("sue", "password of sue");
    assertThat(other.getByTestId("connection-state")).hasText("Live");
    page.getByTestId("account").click();
    Locator rows = page.getByTestId("session-row");
    assertThat(rows).hasCount(4);
    assertThat(rows.filter(new Locator.FilterOptions().setHasText("This one"))).hasCount(1);
    rows.filter(new Locator.FilterOptions().setHasText("Java-http-client"))
        .first()
        .getByTestId("session-end")
        .click();
    assertThat(rows).hasCount(3);
    int refused =
        elsewhere.send("GET", "/v1/me", null).statusCode()
            + third.send("GET", "/v1/me", null).statusCode();
    assertEquals(200 + 401, refused);
    page.getByTestId("sessions-end-all").click();
    page.getByTestId("sessions-confirm").click();
    assertThat(page.getByTestId("login-error")).hasText("You have been signed out.");
    assertThat(other.getByTestId("login-error")).hasText("You have been signed out.");
    third.expect(401, "GET", "/v1/me", null);
  }

  @Test
  void shouldShowWhoDidWhatAndThatTheChainIsWhole() throws Exception {
    admin.enrol("dock", "dock-01", "dock-phone");
    JsonObject renamed = new JsonObject().put("name", "The dock");
    admin.expect(200, "PUT", "/v1/teams/dock", renamed);
    Page page = inBrowser.signInAsAdmin();
    page.getByTestId("operations").click();
    page.getByTestId("tab-audit").click();
    page.getByTestId("audit-kind").selectOption("team");
    Locator rows = page.getByTestId("audit-row");
    Locator team = rows.filter(new Locator.FilterOptions().setHasText("team:dock"));
    assertThat(team).hasCount(2);
    team.first().locator("button").first().click();
    assertThat(team.first().getByTestId("audit-changes")).containsText("Team dock");
    assertThat(team.first().getByTestId("audit-changes")).containsText("The dock");
    page.getByTestId("audit-verify").click();
    assertThat(page.getByTestId("audit-chain")).containsText("The chain is whole");
    page.getByTestId("audit-kind").selectOption("all");
    page.getByTestId("audit-member").fill("dock-01");
    assertThat(rows).hasCount(1);
    assertThat(rows.first()).containsText("Member stored");
    page.getByTestId("audit-user").fill("nobody-at-all");
    assertThat(rows).hasCount(0);
    assertEquals(
        "audit.csv",
        page.waitForDownload(() -> page.getByTestId("audit-export").click()).suggestedFilename());
    page.locator("[data-lang='zh-CN']").click();
    assertThat(page.getByTestId("tab-audit")).hasText("审计日志");
  }

  private static @Nullable String coordType(String member, int phone) throws Exception {
    return admin
        .get("/v1/members/" + member + "/devices")
        .getJsonArray("devices")
        .getJsonObject(phone)
        .getString("coord_type");
  }

  private static double lat(Page page) {
    return ((Number) page.evaluate("() => window.hexbeat.positions()[0].lat")).doubleValue();
  }

  private static void ping(ApiClient device, double lat, double lng) throws Exception {
    JsonObject fix = new JsonObject().put("lat", lat).put("lng", lng).put("accuracy_m", 8);
    device.expect(200, "POST", "/v1/pings", fix.put("fix_time", Instant.now().toString()));
  }

  private static JsonObject forgedPunch() {
    return new JsonObject()
        .put("id", "forged-1")
        .put("kind", "visit_in")
        .put("at", Instant.now().toString())
        .put("lat", 30.2672)
        .put("lng", -97.7431)
        .put("accuracy_m", 8)
        .put("mock", true);
  }
}
