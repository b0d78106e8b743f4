package io.hexbeat.api;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A manager's work on alerts, and an administrator's on webhooks, in a real browser. */
final class AlertsBrowserTest {
  @RegisterExtension static final InBrowser inBrowser = new InBrowser();

  private static TestServer server;
  private static ApiClient admin;

  @BeforeAll
  static void start() throws Exception {
    server = inBrowser.server();
    admin = server.admin();
    admin.putCircle("cafe", 30.2672, -97.7431, 80);
    JsonObject mia = new JsonObject().put("id", "mia").put("role", "manager");
    admin.expect(201, "POST", "/v1/users", mia.put("password", "north manager"));
  }

  private static Page signIn(String user, String password) {
    Page page = inBrowser.signIn(user, password);
    assertThat(page.getByTestId("connection-state")).hasText("Live");
    return page;
  }

  private static void ping(ApiClient phone, double lat) throws Exception {
    phone.expect(
        200,
        "POST",
        "/v1/pings",
        new JsonObject()
            .put("lat", lat)
            .put("lng", -97.7431)
            .put("accuracy_m", 15)
            .put("fix_time", Instant.now().toString()));
  }

  private static void forge(ApiClient phone, String id) throws Exception {
    phone.expect(
        201,
        "POST",
        "/v1/punches",
        new JsonObject()
            .put("id", id)
            .put("kind", "visit_in")
            .put("at", Instant.now().toString())
            .put("lat", 30.2672)
            .put("lng", -97.7431)
            .put("accuracy_m", 8)
            .put("mock", true));
  }

  @Test
  void shouldWorkOnAnAlertUntilItIsResolved() throws Exception {
    ApiClient anna = ApiClient.bearer(server.device(), admin.enrol("north", "north-01", "phone-1"));
    ApiClient ben = ApiClient.bearer(server.device(), admin.enrol("north", "north-02", "phone-2"));
    JsonObject north =
        new JsonObject().put("name", "North").put("managers", new JsonArray().add("mia"));
    admin.expect(200, "PUT", "/v1/teams/north", north);
    for (int i = 0; i < 5; i++) {
      ping(anna, 30.2670 + i * 0.0001);
    }
    ping(ben, 30.26725);
    Page page = signIn("mia", "north manager");
    Locator rows = page.getByTestId("alert-row");
    assertThat(rows).hasCount(0);
    forge(anna, "one");
    assertThat(rows).hasCount(1);
    forge(anna, "two");
    assertThat(page.getByTestId("alert-times")).hasText("×2");
    assertThat(rows).hasCount(1);
    assertThat(page.getByTestId("alert-count")).hasText("1 unresolved");

    rows.first().click();
    Locator evidence = page.getByTestId("alert-evidence");
    assertThat(evidence).containsText("Fake-location app");
    assertThat(evidence).containsText("Seen 2 times");
    assertThat(page.getByTestId("related-person")).containsText("Member north-02");
    Locator history = page.getByTestId("alert-history");
    assertThat(history).containsText("Opened");
    page.getByTestId("alert-note").fill("Called her");
    page.getByTestId("alert-comment").click();
    assertThat(history).containsText("Called her");
    page.getByTestId("alert-assign").selectOption("mia");
    assertThat(page.getByTestId("alert-status")).hasText("Assigned");
    assertThat(page.getByTestId("alert-assign")).hasValue("mia");

    JsonObject appeal = new JsonObject().put("text", "The app is for testing");
    String id = evidence.getAttribute("data-alert");
    anna.expect(200, "POST", "/v1/alerts/" + id + "/appeal", appeal);
    assertThat(page.getByTestId("alert-status")).hasText("Appealed");
    assertThat(history).containsText("The app is for testing");
    page.getByTestId("alert-note").fill("It was a test");
    page.getByTestId("alert-honest").click();
    assertThat(page.getByTestId("alert-status")).hasText("Honest");
    page.getByTestId("alert-reopen").click();
    assertThat(page.getByTestId("alert-status")).hasText("Assigned");
    page.getByTestId("alert-honest").click();
    assertThat(page.getByTestId("alert-status")).hasText("Honest");
    page.keyboard().press("Escape");
    if (evidence.isVisible()) {
      page.keyboard().press("Escape");
    }
    assertThat(rows).hasCount(0);

    page.getByTestId("alert-filter").click();
    page.getByTestId("alert-status-filter").selectOption("resolved");
    assertThat(rows).hasCount(1);
    assertThat(rows.first()).containsText("Honest");
    page.getByTestId("alert-person").fill("nobody");
    assertThat(rows).hasCount(0);
    page.getByTestId("alert-statistics").click();
    assertThat(page.getByTestId("alert-counts").first()).containsText("100 %");
    page.keyboard().press("Escape");
    page.locator("[data-lang='zh-CN']").click();
    assertThat(page.getByTestId("alert-count")).hasText("最近结案 0 条");
  }

  @Test
  void shouldBeSilentUntilToldOtherwise() {
    Page page = signIn("admin", ServerProcess.ADMIN_PASSWORD);
    Locator sound = page.getByTestId("alert-sound");
    assertThat(sound).hasAttribute("aria-pressed", "false");
    sound.click();
    assertThat(sound).hasAttribute("aria-pressed", "true");
    page.reload();
    assertThat(page.getByTestId("alert-sound")).hasAttribute("aria-pressed", "true");
    page.getByTestId("alert-sound").click();
    assertThat(page.getByTestId("alert-sound")).hasAttribute("aria-pressed", "false");
  }

  @Test
  void shouldMakeAndEndAWebhook() throws Exception {
    Page page = signIn("admin", ServerProcess.ADMIN_PASSWORD);
    page.getByTestId("operations").click();
    page.getByTestId("tab-webhooks").click();
    page.getByTestId("webhook-add").click();
    page.getByTestId("webhook-url").fill("https://127.0.0.1/hook");
    page.getByTestId("webhook-name").fill("CRM");
    page.getByTestId("webhook-active").uncheck();
    page.getByTestId("webhook-save").click();
    assertThat(page.getByTestId("webhook-problem")).containsText("private");
    page.getByTestId("webhook-url").fill("https://example.com/hook");
    page.getByTestId("webhook-event-alert.resolved").check();
    page.getByTestId("webhook-save").click();
    String secret = page.getByTestId("webhook-secret").textContent();
    assertTrue(secret.startsWith("whsec_"), "a secret");
    page.getByTestId("webhook-done").click();
    Locator row = page.getByTestId("webhook-row");
    assertThat(row).hasCount(1);
    assertThat(row).containsText("CRM");
    assertThat(row).containsText("alert.resolved");
    page.getByTestId("webhook-test").click();
    assertThat(page.getByTestId("delivery-row")).hasCount(1);
    assertThat(page.getByTestId("delivery-row")).containsText("webhook.ping");
    page.getByTestId("webhook-rotate").click();
    assertThat(page.getByTestId("webhook-secret")).not().hasText(secret);
    page.getByTestId("webhook-done").click();
    assertThat(row).containsText("old secret signs as well");
    page.getByTestId("webhook-delete").click();
    page.getByTestId("webhook-confirm").click();
    assertThat(row).hasCount(0);
    assertEquals(0, admin.get("/v1/webhooks").getJsonArray("webhooks").size());
  }
}
