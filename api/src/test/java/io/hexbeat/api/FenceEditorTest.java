package io.hexbeat.api;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.BoundingBox;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An administrator draws, changes, imports, asks for and deletes fences in a real browser. Pictures
 * go to the directory that {@code hexbeat.screenshots} names, if it names one.
 */
final class FenceEditorTest {
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;

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
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium.get())
                    .setArgs(List.of("--no-sandbox", "--disable-gpu", "--no-first-run")));
    admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
    // The map shows where somebody is.
    ApiClient phone = ApiClient.bearer(server.device(), admin.enrol("north", "ann", "phone-1"));
    phone.expect(
        200,
        "POST",
        "/v1/pings",
        new JsonObject()
            .put("lat", LAT)
            .put("lng", LNG)
            .put("accuracy_m", 8)
            .put("fix_time", Instant.now().toString()));
  }

  @AfterAll
  static void stop() {
    if (playwright != null) {
      playwright.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void shouldDrawChangeAndDeleteAPolygon() throws Exception {
    List<String> errors = new ArrayList<>();
    Page page = open("en-US", errors);
    page.getByTestId("fence-editor-open").click();
    assertThat(page.getByTestId("fence-save")).isVisible();
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-editor")).containsText("Draw the shape on the map first.");
    clickAt(page, -90, -70);
    clickAt(page, 90, -70);
    clickAt(page, 90, 70);
    clickAt(page, -90, 70);
    clickAt(page, -90, -70);
    assertThat(page.getByTestId("fence-shape")).containsText("Drag a corner");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-editor")).containsText("A name is needed.");
    page.getByTestId("fence-properties-name").fill("Old Mill");
    page.getByTestId("fence-id").fill("old-mill");
    page.getByTestId("fence-properties-tags").fill("north, key account");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“Old Mill” is in force.");
    assertEquals(List.of("old-mill"), fencesAt(LAT, LNG));
    shot(page, "fence-polygon");

    page.locator("summary").click();
    page.getByTestId("fence-properties-presence-exit_fixes").fill("0");
    page.getByTestId("fence-properties-active_from").fill("2026-01-02T03:04");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-properties-presence-exit_fixes-problem")).isVisible();
    shot(page, "fence-problem");
    page.getByTestId("fence-properties-presence-exit_fixes").fill("4");
    page.getByTestId("fence-properties-name").fill("New Mill");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“New Mill” is in force.");
    JsonObject properties = admin.get("/v1/fences/old-mill").getJsonObject("properties");
    assertEquals("New Mill", properties.getString("name"));
    assertEquals(new JsonArray().add("north").add("key account"), properties.getJsonArray("tags"));
    assertEquals(4, properties.getJsonObject("presence").getInteger("exit_fixes"));
    assertTrue(properties.getString("active_from").startsWith("2026-01-0"), properties::encode);

    page.getByTestId("fence-delete").click();
    page.getByTestId("fence-delete-confirm").click();
    assertThat(page.getByTestId("fence-editor")).hasCount(0);
    admin.expect(404, "GET", "/v1/fences/old-mill", null);
    assertEquals(List.of(), errors);
    page.close();
  }

  @Test
  void shouldDrawACircleAndACorridorByTheirMetres() throws Exception {
    List<String> errors = new ArrayList<>();
    Page page = open("zh-CN", errors);
    page.getByTestId("fence-editor-open").click();
    page.getByTestId("fence-tool-circle").click();
    clickAt(page, 0, 0);
    clickAt(page, 60, 0);
    page.getByTestId("fence-properties-radius_m").fill("120");
    page.getByTestId("fence-properties-name").fill("圆");
    page.getByTestId("fence-id").fill("ring");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“圆”已生效。");
    assertEquals(
        120.0, admin.get("/v1/fences/ring").getJsonObject("properties").getDouble("radius_m"), 0.2);

    page.getByTestId("fence-editor-open").click();
    page.getByTestId("fence-tool-corridor").click();
    clickAt(page, -100, 120);
    clickAt(page, 0, 120);
    page.mouse().dblclick(at(page, 100, 120)[0], at(page, 100, 120)[1]);
    assertThat(page.getByTestId("fence-shape")).containsText("拖动中线");
    page.getByTestId("fence-properties-half_width_m").fill("40");
    page.getByTestId("fence-properties-name").fill("路");
    page.getByTestId("fence-id").fill("road");
    shot(page, "fence-corridor-zh");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“路”已生效。");
    JsonObject road = admin.get("/v1/fences/road");
    assertEquals("LineString", road.getJsonObject("geometry").getString("type"));
    assertEquals(40.0, road.getJsonObject("properties").getDouble("half_width_m"), 0.01);
    admin.expect(200, "DELETE", "/v1/fences/ring", null);
    admin.expect(200, "DELETE", "/v1/fences/road", null);
    assertEquals(List.of(), errors);
    page.close();
  }

  @Test
  void shouldImportListWhatIsRejectedAndTestAPoint() throws Exception {
    List<String> errors = new ArrayList<>();
    Page page = open("en-US", errors);
    page.getByTestId("fence-editor-open").click();
    page.getByTestId("fence-tool-import").click();
    String good =
        "{\"type\":\"Feature\",\"id\":\"depot\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[%s,%s]},"
            + "\"properties\":{\"name\":\"Depot\",\"radius_m\":150}}";
    String bad =
        "{\"type\":\"Feature\",\"id\":\"bow-tie\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
            + "[[[0,0],[1,1],[1,0],[0,1],[0,0]]]},\"properties\":{\"name\":\"Bow tie\"}}";
    page.getByTestId("fence-pasted").fill(good.formatted(LNG, LAT) + "\n" + bad + "\n");
    page.getByTestId("fence-import").click();
    assertThat(page.getByTestId("fence-imported")).hasText("1 fence is in force.");
    assertThat(page.getByTestId("fence-rejected")).hasCount(1);
    assertThat(page.getByTestId("fence-rejected")).containsText("bow-tie");
    shot(page, "fence-import");

    page.getByTestId("fence-tool-test").click();
    page.getByTestId("fence-lat").fill(String.valueOf(LAT));
    page.getByTestId("fence-lng").fill(String.valueOf(LNG));
    page.getByTestId("fence-ask").click();
    assertThat(page.getByTestId("fence-answer")).containsText("1 fence contains it");
    assertThat(page.getByTestId("fence-answer")).containsText("Depot");
    clickAt(page, 0, 5);
    assertThat(page.getByTestId("fence-answer")).containsText("Depot");
    shot(page, "fence-test");
    admin.expect(200, "DELETE", "/v1/fences/depot", null);
    assertEquals(List.of(), errors);
    page.close();
  }

  private static Page open(String locale, List<String> errors) {
    Page page =
        browser.newPage(new Browser.NewPageOptions().setLocale(locale).setViewportSize(1440, 900));
    page.onPageError(errors::add);
    page.navigate(server.api().toString());
    page.getByTestId("login-username").fill("admin");
    page.getByTestId("login-password").fill(ServerProcess.ADMIN_PASSWORD);
    page.getByTestId("login-submit").click();
    page.waitForFunction("() => window.hexbeat.positions().length === 1");
    assertThat(page.getByTestId("member-row")).hasCount(1);
    return page;
  }

  /** So many pixels right of and below the middle of the map. */
  private static double[] at(Page page, int right, int below) {
    Locator map = page.getByTestId("map");
    BoundingBox box = map.boundingBox();
    return new double[] {box.x + box.width / 2 + right, box.y + box.height / 2 + below};
  }

  private static void clickAt(Page page, int right, int below) {
    double[] at = at(page, right, below);
    page.mouse().move(at[0], at[1]);
    page.mouse().click(at[0], at[1]);
  }

  private static List<String> fencesAt(double lat, double lng) throws Exception {
    return admin.get("/v1/fences/at?lat=" + lat + "&lng=" + lng).getJsonArray("fences").stream()
        .map(String::valueOf)
        .toList();
  }

  private static void shot(Page page, String name) {
    @Nullable String directory = System.getProperty("hexbeat.screenshots");
    if (directory != null) {
      page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(directory, name + ".png")));
    }
  }
}
