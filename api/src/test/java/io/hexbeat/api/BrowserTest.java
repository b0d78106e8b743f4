package io.hexbeat.api;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A manager's morning in a real browser: logs in, watches people move, sees a forged punch, sets up
 * a phone.
 */
final class BrowserTest {
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  @TempDir static Path data;
  private static ServerProcess server;
  private static Playwright playwright;
  private static Browser browser;
  private static ApiClient admin;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> chromium =
        Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(chromium.isPresent(), "no Chromium on this machine: the browser test is skipped");

    server = ServerProcess.start(data);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions().setExecutablePath(chromium.get()).setArgs(FLAGS));
    admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
    if (playwright != null) {
      playwright.close();
    }
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

    Page page = browser.newPage(new Browser.NewPageOptions().setLocale("en-US"));
    List<String> errors = new ArrayList<>();
    page.onPageError(errors::add);
    page.navigate(server.api().toString());
    page.getByTestId("login-username").fill("mia");
    page.getByTestId("login-password").fill("not her password");
    page.getByTestId("login-submit").click();
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
    assertEquals(List.of(), errors);
  }

  @Test
  void shouldSetAPhoneUpAndRefuseIt() throws Exception {
    admin.enrol("east", "east-01", "other-phone");
    Page page = browser.newPage(new Browser.NewPageOptions().setLocale("en-US"));
    List<String> errors = new ArrayList<>();
    page.onPageError(errors::add);
    page.navigate(server.api().toString());
    page.getByTestId("login-username").fill("admin");
    page.getByTestId("login-password").fill(ServerProcess.ADMIN_PASSWORD);
    page.getByTestId("login-submit").click();
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
    assertEquals(List.of(), errors);
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
