package io.hexbeat.api;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A manager looks at visits and at somebody's day in a real browser: the list and its filters, a
 * visit on the map with its versions, and the replay by mouse and by keys.
 */
final class VisitsBrowserTest {
  @RegisterExtension static final InBrowser inBrowser = new InBrowser();

  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;

  /** A morning of the day before, by UTC. */
  private static Instant begin;

  private static ApiClient phone;
  private static String visitId;

  @BeforeAll
  static void start() throws Exception {
    begin = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(16, ChronoUnit.HOURS);
    ApiClient admin = inBrowser.server().admin();
    admin.putCircle("cafe", LAT, LNG, 80);
    admin.putCircle("bank", LAT + 0.03, LNG, 80);
    phone =
        ApiClient.bearer(inBrowser.server().device(), admin.enrol("north", "north-01", "phone-1"));
    JsonArray fixes = new JsonArray();
    for (int minute = 0; minute <= 40; minute++) {
      fixes.add(fix(minute, LAT));
    }
    for (int minute = 41; minute <= 50; minute++) {
      fixes.add(fix(minute, LAT + 0.03 * (minute - 40) / 10));
    }
    for (int minute = 51; minute <= 55; minute++) {
      fixes.add(fix(minute, LAT + 0.03));
    }
    fixes.add(fix(130, LAT + 0.06)).add(fix(131, LAT + 0.06));
    phone.expect(200, "POST", "/v1/pings", fixes);
    String path = "/v1/visits?fence=bank&open=false";
    JsonArray visits = until(admin, path, 1);
    visitId = visits.getJsonObject(0).getString("id");
    // What comes late says that they left an hour earlier.
    phone.expect(
        200,
        "POST",
        "/v1/pings",
        new JsonArray().add(fix(70, LAT + 0.05)).add(fix(71, LAT + 0.06)).add(fix(72, LAT + 0.06)));
    long untilNs = System.nanoTime() + 20_000_000_000L;
    while (admin.get("/v1/visits/" + visitId).getInteger("version") < 2) {
      assertTrue(System.nanoTime() < untilNs, "not amended");
    }
  }

  @Test
  void shouldListVisitsAndShowOneWithItsVersions() {
    Page page = signIn();
    page.getByTestId("visits").click();
    Locator rows = page.getByTestId("visit-row");
    assertThat(rows).hasCount(2);
    page.getByTestId("visits-customer").fill("BANK");
    assertThat(rows).hasCount(1);
    assertThat(rows.first()).containsText("version 2");
    assertThat(rows.first()).containsText("late data");
    page.getByTestId("visits-shown").selectOption("open");
    assertThat(rows).hasCount(0);
    page.getByTestId("visits-shown").selectOption("all");
    assertThat(rows).hasCount(1);
    for (String format : List.of("csv", "geojson")) {
      assertEquals(
          "visits." + format,
          page.waitForDownload(() -> page.getByTestId("visits-" + format).click())
              .suggestedFilename());
    }
    rows.first().locator("button").click();
    assertThat(page.getByTestId("visits-page")).hasCount(0);
    assertThat(page.getByTestId("visit-panel")).containsText("Fence bank");
    assertThat(page.getByTestId("visit-version")).hasCount(2);
    assertThat(page.getByTestId("visit-version").last()).containsText("positions came late");
    page.locator("[data-lang='zh-CN']").click();
    assertThat(page.getByTestId("visit-version").last()).containsText("定位数据迟到");
    page.getByTestId("visit-back").click();
    assertThat(page.getByTestId("visits-customer")).hasValue("BANK");
    assertThat(rows).hasCount(1);
    page.keyboard().press("Escape");
    assertThat(page.getByTestId("visits-page")).hasCount(0);
  }

  @Test
  void shouldReplayADayByMouseAndKeys() {
    Page page = signIn();
    page.getByTestId("visits").click();
    page.getByTestId("visit-row").last().locator("button").click();
    page.getByTestId("visit-day").click();
    assertThat(page.getByTestId("day-date")).hasValue(begin.toString().substring(0, 10));
    assertThat(page.getByTestId("day-part")).hasCount(7);
    assertThat(page.getByTestId("day-facts")).containsText("Distance measured");
    Locator time = page.getByTestId("replay-time");
    assertThat(time).hasText("08:00:00");
    assertThat(page.getByTestId("replay-what")).hasText("Fence cafe");
    page.getByTestId("replay-slider").focus();
    page.keyboard().press("ArrowRight");
    assertThat(time).hasText("08:01:00");
    page.keyboard().press("Shift+ArrowRight");
    assertThat(time).hasText("08:11:00");
    page.getByTestId("replay-speed").selectOption("3600");
    page.getByTestId("replay-play").click();
    assertThat(page.getByTestId("replay-play")).hasAttribute("aria-label", "Pause");
    page.waitForFunction(
        "() => document.querySelector('[data-testid=replay-time]').textContent > '08:30:00'");
    page.getByTestId("replay-slider").focus();
    page.keyboard().press(" ");
    assertThat(page.getByTestId("replay-play")).hasAttribute("aria-label", "Play");
    String stopped = time.textContent();
    page.locator("[data-kind='gap'] .seek").first().click();
    assertThat(page.getByTestId("replay-what")).hasText("No positions");
    assertNotEquals(stopped, time.textContent());
    for (String format : List.of("gpx", "csv", "geojson")) {
      assertTrue(
          page.waitForDownload(() -> page.getByTestId("day-" + format).click())
              .suggestedFilename()
              .endsWith("." + format));
    }
    page.getByTestId("day-before").click();
    assertThat(page.getByTestId("day-part")).hasCount(0);
    page.keyboard().press("Escape");
    assertThat(page.getByTestId("replay")).hasCount(0);
  }

  @Test
  void shouldShowWhoIsWhereSinceWhen() throws Exception {
    Page page = signIn();
    page.locator("#person-north-01").click();
    JsonArray now = new JsonArray();
    now.add(at(Instant.now().minusSeconds(120), LAT)).add(at(Instant.now(), LAT));
    phone.expect(200, "POST", "/v1/pings", now);
    assertThat(page.getByTestId("since")).containsText("since ");
    page.getByTestId("visits").click();
    page.getByTestId("visits-shown").selectOption("open");
    assertThat(page.getByTestId("visit-row")).hasCount(1);
    assertThat(page.getByTestId("visit-row")).containsText("here now");
  }

  private static Page signIn() {
    return inBrowser.signIn(
        "admin",
        ServerProcess.ADMIN_PASSWORD,
        new Browser.NewContextOptions()
            .setLocale("en-US")
            .setTimezoneId("UTC")
            .setViewportSize(1440, 900));
  }

  private static JsonObject fix(int minute, double lat) {
    return at(begin.plus(minute, ChronoUnit.MINUTES), lat);
  }

  private static JsonObject at(Instant time, double lat) {
    return new JsonObject()
        .put("lat", lat)
        .put("lng", LNG)
        .put("accuracy_m", 8)
        .put("fix_time", time.toString());
  }

  private static JsonArray until(ApiClient admin, String path, int count) throws Exception {
    long untilNs = System.nanoTime() + 20_000_000_000L;
    JsonArray visits = admin.get(path).getJsonArray("visits");
    while (visits.size() < count) {
      assertTrue(System.nanoTime() < untilNs, path + " says " + visits);
      visits = admin.get(path).getJsonArray("visits");
    }
    return visits;
  }
}
