package io.hexbeat.api;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An administrator draws, changes, imports, asks for and deletes fences in a real browser. */
final class FenceEditorTest {
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;

  @RegisterExtension static final InBrowser inBrowser = new InBrowser();

  private static ApiClient admin;

  @BeforeAll
  static void start() throws Exception {
    TestServer server = inBrowser.server();
    admin = server.admin();
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

  /** What a test has made is not there for the next, also if it failed. */
  @AfterEach
  void deleteFences() throws Exception {
    for (Object fence : admin.get("/v1/fences?limit=500").getJsonArray("features")) {
      admin.expect(200, "DELETE", "/v1/fences/" + ((JsonObject) fence).getString("id"), null);
    }
  }

  @Test
  void shouldDrawChangeAndDeleteAPolygon() throws Exception {
    Page page = open("en-US");
    page.getByTestId("fence-editor-open").click();
    assertThat(page.getByTestId("fence-save")).isVisible();
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-editor")).containsText("Draw the shape on the map first.");
    drawSquare(page);
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-editor")).containsText("A name is needed.");
    page.getByTestId("fence-properties-name").fill("Old Mill");
    page.getByTestId("fence-id").fill("old-mill");
    page.getByTestId("fence-properties-tags").fill("north, key account");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“Old Mill” is in force.");
    assertEquals(List.of("old-mill"), fencesAt(LAT, LNG));
    InBrowser.shot(page, "fence-polygon");

    page.getByTestId("fence-presence").locator("summary").click();
    page.getByTestId("fence-properties-presence-exit_fixes").fill("0");
    page.getByTestId("fence-properties-active_from").fill("2026-01-02T03:04");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-properties-presence-exit_fixes-problem")).isVisible();
    InBrowser.shot(page, "fence-problem");
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
  }

  @Test
  void shouldDrawACircleAndACorridorByTheirMetres() throws Exception {
    Page page = open("zh-CN");
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
    InBrowser.shot(page, "fence-corridor-zh");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“路”已生效。");
    JsonObject road = admin.get("/v1/fences/road");
    assertEquals("LineString", road.getJsonObject("geometry").getString("type"));
    assertEquals(40.0, road.getJsonObject("properties").getDouble("half_width_m"), 0.01);
  }

  @Test
  void shouldImportListWhatIsRejectedAndTestAPoint() throws Exception {
    Page page = open("en-US");
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
    InBrowser.shot(page, "fence-import");
    page.getByTestId("fence-pasted")
        .fill(new JsonObject(good.formatted(LNG, LAT)).encodePrettily());
    page.getByTestId("fence-import").click();
    assertThat(page.getByTestId("fence-rejected")).hasCount(0);
    assertThat(page.getByTestId("fence-imported")).hasText("1 fence is in force.");

    page.getByTestId("fence-tool-test").click();
    page.getByTestId("fence-lat").fill(String.valueOf(LAT));
    page.getByTestId("fence-lng").fill(String.valueOf(LNG));
    page.getByTestId("fence-ask").click();
    assertThat(page.getByTestId("fence-answer")).containsText("1 fence contains it");
    assertThat(page.getByTestId("fence-answer")).containsText("Depot");
    clickAt(page, 0, 5);
    assertThat(page.getByTestId("fence-answer")).containsText("Depot");
    InBrowser.shot(page, "fence-test");
  }

  @Test
  void shouldAskBeforeUnsavedChangesAreLost() {
    Page page = open("en-US");
    Locator editor = page.getByTestId("fence-editor");
    Locator dialog = page.getByTestId("unsaved-dialog");
    page.getByTestId("fence-editor-open").click();
    drawSquare(page);
    page.getByTestId("fence-properties-name").fill("Half done");
    page.keyboard().press("Escape");
    page.keyboard().press("Escape");
    assertThat(dialog).isVisible();
    InBrowser.shot(page, "fence-unsaved");
    page.keyboard().press("Escape");
    assertThat(dialog).hasCount(0);
    for (String leaving : List.of("fence-close", "fence-tool-import", "fence-tool-circle")) {
      page.getByTestId(leaving).click();
      page.getByTestId("unsaved-stay").click();
      assertThat(dialog).hasCount(0);
    }
    page.getByTestId("member-row").click();
    page.getByTestId("unsaved-stay").click();
    page.locator("[data-lang='zh-CN']").click();
    assertThat(dialog).hasCount(0);
    assertThat(page.getByTestId("fence-save")).hasText("保存");
    assertThat(page.getByTestId("fence-shape")).containsText("拖动顶点");
    assertThat(page.getByTestId("fence-properties-name")).hasValue("Half done");
    page.locator("[data-lang='en']").click();
    page.getByTestId("member-row").click();
    page.getByTestId("unsaved-discard").click();
    assertThat(editor).hasCount(0);

    page.getByTestId("fence-editor-open").click();
    page.getByTestId("fence-tool-import").click();
    page.getByTestId("fence-pasted").fill("{}");
    page.locator("[data-lang='zh-CN']").click();
    assertThat(page.getByTestId("fence-pasted")).hasValue("{}");
    page.getByTestId("fence-close").click();
    page.getByTestId("unsaved-discard").click();
    assertThat(editor).hasCount(0);
    page.getByTestId("fence-editor-open").click();
    page.getByTestId("fence-close").click();
    assertThat(editor).hasCount(0);
  }

  @Test
  void shouldKeepWhatWasNotEdited() throws Exception {
    JsonObject stored =
        new JsonObject(
            """
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [-97.7431, 30.2672]},
             "properties": {"name": "Precise", "radius_m": 123.456, "tags": ["a, b"],
                            "active_from": "2026-01-02T03:04:05Z", "active_to": "2036-01-02T03:04:05Z"}}""");
    admin.expect(200, "PUT", "/v1/fences/precise", stored);
    JsonObject before = admin.get("/v1/fences/precise");
    Page page = open("en-US");
    openFromList(page, "precise");
    assertThat(page.getByTestId("fence-properties-radius_m")).hasValue("123.456");
    page.getByTestId("fence-properties-name").fill("Renamed");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“Renamed” is in force.");
    JsonObject after = admin.get("/v1/fences/precise");
    assertEquals(before.getJsonObject("geometry"), after.getJsonObject("geometry"));
    for (String name : List.of("radius_m", "tags", "active_from", "active_to")) {
      assertEquals(
          before.getJsonObject("properties").getValue(name),
          after.getJsonObject("properties").getValue(name),
          name);
    }
    page.getByTestId("fence-close").click();
    assertThat(page.getByTestId("fence-editor")).hasCount(0);
  }

  @Test
  void shouldKeepTheMetresOfACircleThatIsMoved() throws Exception {
    Page page = open("en-US");
    page.getByTestId("fence-editor-open").click();
    page.getByTestId("fence-tool-circle").click();
    clickAt(page, 0, 0);
    clickAt(page, 60, 0);
    page.getByTestId("fence-properties-radius_m").fill("120.25");
    page.getByTestId("fence-properties-name").fill("Moved");
    page.getByTestId("fence-id").fill("moved");
    double[] centre = at(page, 0, 0);
    page.mouse().move(centre[0], centre[1]);
    page.mouse().down();
    page.mouse().move(centre[0], centre[1] - 80);
    page.mouse().move(centre[0], centre[1] - 160);
    page.mouse().up();
    clickAt(page, 0, -160);
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“Moved” is in force.");
    assertThat(page.getByTestId("fence-delete")).isVisible();
    JsonObject moved = admin.get("/v1/fences/moved");
    assertEquals(120.25, moved.getJsonObject("properties").getDouble("radius_m"));
    double lat = moved.getJsonObject("geometry").getJsonArray("coordinates").getDouble(1);
    assertTrue(lat > LAT + 0.001, () -> "moved to " + lat);
  }

  @Test
  void shouldTakeBackPointsAndEndADrawing() {
    Page page = open("en-US");
    page.getByTestId("fence-editor-open").click();
    Locator undo = page.getByTestId("fence-undo");
    assertThat(undo).isHidden();
    clickAt(page, -90, -70);
    assertThat(undo).hasText("Undo the last point");
    clickAt(page, 90, -70);
    clickAt(page, 90, 70);
    undo.click();
    assertThat(undo).isVisible();
    page.keyboard().press("Backspace");
    assertThat(undo).isVisible();
    page.keyboard().press("Control+z");
    assertThat(undo).isHidden();
    clickAt(page, -90, -70);
    clickAt(page, 90, -70);
    assertThat(undo).isVisible();
    page.keyboard().press("Escape");
    assertThat(undo).isHidden();
    assertThat(page.getByTestId("fence-editor")).isVisible();
    page.keyboard().press("Escape");
    assertThat(page.getByTestId("fence-editor")).hasCount(0);
  }

  @Test
  void shouldFindFencesAndOpenTheOneThatWasClickedLast() throws Exception {
    for (int i = 0; i < 51; i++) {
      admin.expect(200, "PUT", "/v1/fences/far-%02d".formatted(i), circle("Far " + i, 10, 20));
    }
    admin.expect(200, "PUT", "/v1/fences/near", circle("Near", LAT, LNG));
    Page page = open("en-US");
    page.getByTestId("fence-editor-open").click();
    page.getByTestId("fence-tool-list").click();
    Locator rows = page.getByTestId("fence-row");
    assertThat(rows).hasCount(50);
    page.getByTestId("fence-more").click();
    assertThat(rows).hasCount(52);
    assertThat(page.getByTestId("fence-more")).isHidden();
    page.getByTestId("fence-in-view").check();
    assertThat(rows).hasCount(1);
    assertThat(rows).containsText("Near");
    InBrowser.shot(page, "fence-list");
    shotDarkInChinese(page, "fence-list");
    page.getByTestId("fence-in-view").uncheck();
    page.getByTestId("fence-search").fill("far 5");
    assertThat(rows).hasCount(2);
    page.getByTestId("fence-search").fill("nowhere");
    assertThat(page.getByTestId("fence-list-note")).hasText("No site or area found.");
    page.getByTestId("fence-search").fill("");
    assertThat(rows).hasCount(50);

    List<Route> held = new ArrayList<>();
    page.route("**/v1/fences/far-00", held::add);
    rows.filter(new Locator.FilterOptions().setHasText("far-00")).click();
    rows.filter(new Locator.FilterOptions().setHasText("far-01")).click();
    assertThat(page.getByTestId("fence-properties-name")).hasValue("Far 1");
    page.waitForResponse("**/v1/fences/far-00", () -> held.get(0).resume());
    assertThat(page.getByTestId("fence-properties-name")).hasValue("Far 1");

    page.getByTestId("fence-back").click();
    page.route(
        "**/v1/fences/far-02",
        route -> route.fulfill(new Route.FulfillOptions().setStatus(503).setBody("{}")));
    rows.filter(new Locator.FilterOptions().setHasText("far-02")).click();
    assertThat(page.getByTestId("toast-said")).hasText("Sites could not be loaded: HTTP 503");

    admin.expect(
        201,
        "POST",
        "/v1/users",
        new JsonObject()
            .put("id", "reader")
            .put("role", "member")
            .put("member", "ann")
            .put("password", "a reader's password"));
    Page reading = open("en-US", "reader", "a reader's password");
    reading.getByTestId("fence-editor-open").click();
    assertThat(reading.getByTestId("fence-tool-polygon")).hasCount(0);
    reading.getByTestId("fence-search").fill("near");
    assertThat(reading.getByTestId("fence-row")).hasCount(1);
    reading.getByTestId("fence-row").click();
    assertThat(reading.getByTestId("fence-properties-name")).hasValue("Near");
    assertThat(reading.getByTestId("fence-properties-name")).isDisabled();
    assertThat(reading.getByTestId("fence-save")).hasCount(0);
    assertThat(reading.getByTestId("fence-delete")).hasCount(0);
    InBrowser.shot(reading, "fence-reader");
  }

  @Test
  void shouldWriteAWeekOfOpeningHours() throws Exception {
    admin.expect(200, "PUT", "/v1/fences/shop", circle("Shop", LAT, LNG));
    Page page = open("en-US");
    openFromList(page, "shop");
    page.getByTestId("fence-hours").locator("summary").click();
    page.getByTestId("fence-properties-opening_hours-mon").fill("13:00-18:00, 8:00-12:00");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-properties-opening_hours-mon-problem"))
        .hasText("Write spans in order, such as 08:00-12:00, 13:00-18:00.");
    page.getByTestId("fence-properties-opening_hours-mon").fill("8:00-12:00, 13:00–18:00");
    page.getByTestId("fence-properties-opening_hours-sun").fill("20:00-24:00");
    page.getByTestId("fence-properties-time_zone").fill("America/Chicago");
    InBrowser.shot(page, "fence-hours");
    Request put =
        page.waitForRequest(
            request -> request.method().equals("PUT"), page.getByTestId("fence-save")::click);
    assertThat(page.getByTestId("fence-saved")).hasText("“Shop” is in force.");
    JsonObject properties = new JsonObject(put.postData()).getJsonObject("properties");
    assertEquals("America/Chicago", properties.getString("time_zone"));
    assertEquals(
        new JsonObject()
            .put("mon", new JsonArray().add("08:00-12:00").add("13:00-18:00"))
            .put("sun", new JsonArray().add("20:00-24:00")),
        properties.getJsonObject("opening_hours"));
  }

  @Test
  void shouldTellWhoChangedItMeanwhile() throws Exception {
    admin.expect(200, "PUT", "/v1/fences/mine", circle("Mine", LAT, LNG));
    Page page = open("en-US");
    Locator conflict = page.getByTestId("fence-conflict");
    openFromList(page, "mine");
    page.getByTestId("fence-presence").locator("summary").click();
    page.getByTestId("fence-properties-presence-enter_after_ms").fill("60");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“Mine” is in force.");
    assertEquals(60_000, stored("mine").getJsonObject("presence").getInteger("enter_after_ms"));

    admin.expect(200, "PUT", "/v1/fences/mine", circle("Theirs", LAT, LNG));
    page.getByTestId("fence-properties-name").fill("Still mine");
    page.getByTestId("fence-save").click();
    assertThat(conflict).containsText("admin changed this fence just now");
    InBrowser.shot(page, "fence-conflict");
    shotDarkInChinese(page, "fence-conflict");
    assertEquals("Theirs", stored("mine").getString("name"));
    page.getByTestId("fence-overwrite").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“Still mine” is in force.");
    assertThat(conflict).isHidden();
    assertEquals("Still mine", stored("mine").getString("name"));

    admin.expect(200, "PUT", "/v1/fences/mine", circle("Theirs again", LAT, LNG));
    page.getByTestId("fence-properties-name").fill("Given up");
    page.getByTestId("fence-save").click();
    page.getByTestId("fence-reload").click();
    assertThat(page.getByTestId("fence-properties-name")).hasValue("Theirs again");

    admin.expect(200, "DELETE", "/v1/fences/mine", null);
    page.getByTestId("fence-properties-name").fill("Back again");
    page.getByTestId("fence-save").click();
    assertThat(conflict).containsText("was deleted while you were editing it");
    page.getByTestId("fence-overwrite").click();
    assertThat(page.getByTestId("fence-saved")).hasText("“Back again” is in force.");

    page.getByTestId("fence-close").click();
    page.getByTestId("fence-editor-open").click();
    drawSquare(page);
    page.getByTestId("fence-properties-name").fill("Another");
    page.getByTestId("fence-id").fill("mine");
    page.getByTestId("fence-save").click();
    assertThat(page.getByTestId("fence-id-problem"))
        .hasText("There is a fence with this ID already.");
    assertEquals("Back again", stored("mine").getString("name"));
  }

  private static JsonObject stored(String id) throws Exception {
    return admin.get("/v1/fences/" + id).getJsonObject("properties");
  }

  private static JsonObject circle(String name, double lat, double lng) {
    return new JsonObject()
        .put("type", "Feature")
        .put(
            "geometry",
            new JsonObject()
                .put("type", "Point")
                .put("coordinates", new JsonArray().add(lng).add(lat)))
        .put("properties", new JsonObject().put("name", name).put("radius_m", 150));
  }

  private static void drawSquare(Page page) {
    clickAt(page, -90, -70);
    clickAt(page, 90, -70);
    clickAt(page, 90, 70);
    clickAt(page, -90, 70);
    clickAt(page, -90, -70);
    assertThat(page.getByTestId("fence-shape")).containsText("Drag a corner");
  }

  private static void openFromList(Page page, String id) {
    page.getByTestId("fence-editor-open").click();
    page.getByTestId("fence-tool-list").click();
    page.getByTestId("fence-search").fill(id);
    page.getByTestId("fence-row").filter(new Locator.FilterOptions().setHasText(id)).click();
    assertThat(page.getByTestId("fence-back")).isVisible();
  }

  private static Page open(String locale) {
    return open(locale, "admin", ServerProcess.ADMIN_PASSWORD);
  }

  private static Page open(String locale, String user, String password) {
    Page page =
        inBrowser.signIn(
            user,
            password,
            new Browser.NewContextOptions().setLocale(locale).setViewportSize(1440, 900));
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

  private static void shotDarkInChinese(Page page, String name) {
    if (System.getProperty("hexbeat.screenshots") != null) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      page.locator("[data-lang='zh-CN']").click();
      InBrowser.shot(page, name + "-zh-dark");
      page.locator("[data-lang='en']").click();
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    }
  }
}
