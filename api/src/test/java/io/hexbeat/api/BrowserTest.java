package io.hexbeat.api;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manager's morning in a real browser: logs in, watches people move, sees a forged punch. */
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

  @Test
  void shouldShowMovingMembersAndAnAlertAsItArrives(@TempDir Path data) throws Exception {
    Optional<Path> chromium =
        Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(chromium.isPresent(), "no Chromium on this machine: the browser test is skipped");

    try (ServerProcess server = ServerProcess.start(data);
        Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser =
            playwright
                .chromium()
                .launch(
                    new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium.get())
                        .setArgs(FLAGS))) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      admin.putCircle("cafe", 30.2672, -97.7431, 80);
      ApiClient anna =
          ApiClient.bearer(server.device(), admin.enrol("north", "north-01", "phone-1"));
      ApiClient hidden =
          ApiClient.bearer(server.device(), admin.enrol("south", "south-01", "phone-2"));
      admin.expect(
          201,
          "POST",
          "/v1/users",
          new JsonObject()
              .put("id", "mia")
              .put("role", "manager")
              .put("password", "north manager"));
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
