package io.hexbeat.api;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Geolocation;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Somebody punches on the page in a real browser, with an authenticator of the browser's own and a
 * position that it is told.
 */
final class PunchPageTest {
  private static final double LAT = 30.2672;
  private static final double LNG = -97.7431;

  @RegisterExtension
  static final InBrowser inBrowser = new InBrowser("--set", "passkey.required=always");

  private static TestServer server;
  private static ApiClient admin;

  /** A phone with its page and its authenticator. */
  private record Phone(BrowserContext context, Page page, CDPSession cdp) {
    /** Whether the person proves to be there from now on. */
    void userIsVerified(String authenticator, boolean verified) {
      JsonObject set = new JsonObject();
      set.addProperty("authenticatorId", authenticator);
      set.addProperty("isUserVerified", verified);
      cdp.send("WebAuthn.setUserVerified", set);
    }

    String authenticator() {
      cdp.send("WebAuthn.enable");
      JsonObject options = new JsonObject();
      options.addProperty("protocol", "ctap2");
      options.addProperty("transport", "internal");
      options.addProperty("hasResidentKey", true);
      options.addProperty("hasUserVerification", true);
      options.addProperty("isUserVerified", true);
      options.addProperty("automaticPresenceSimulation", true);
      JsonObject add = new JsonObject();
      add.add("options", options);
      return cdp.send("WebAuthn.addVirtualAuthenticator", add).get("authenticatorId").getAsString();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    server = inBrowser.server();
    admin = server.admin();
    admin.putCircle("cafe", LAT, LNG, 80);
  }

  @Test
  void shouldEnrolAPasskeyAndConfirmAPunchWithIt() throws Exception {
    String link = link("ann");
    Phone phone = open("en-US", ColorScheme.LIGHT);
    Page page = phone.page();
    String authenticator = phone.authenticator();
    page.navigate(link);
    assertFalse(page.url().contains("token"), page::url);
    page.getByTestId("keep").click();
    assertThat(page.getByTestId("name")).hasText("Member ann");
    assertThat(page.getByTestId("position")).hasText("Position known to 8 m");
    assertThat(page.getByTestId("sites")).containsText("Fence cafe");

    page.getByTestId("visit_in").click();
    assertThat(page.getByTestId("receipt")).hasAttribute("data-verdict", "unverified");
    assertThat(page.getByTestId("receipt")).containsText("It was not confirmed that it is you.");
    InBrowser.shot(page, "punch-unverified");
    page.getByTestId("enrol").click();
    assertThat(page.getByTestId("passkey-note")).hasText("The passkey is set up.");
    assertEquals(1, passkeys("ann").size());
    page.getByTestId("step-up").click();
    assertThat(page.getByTestId("receipt")).hasAttribute("data-verdict", "verified");
    assertThat(page.getByTestId("receipt")).containsText("Confirmed by your passkey.");
    InBrowser.shot(page, "punch-verified");

    page.getByTestId("visit_out").click();
    assertThat(page.getByTestId("receipt")).containsText("Visit ends");
    assertThat(page.getByTestId("receipt")).hasAttribute("data-verdict", "verified");

    phone.userIsVerified(authenticator, false);
    page.getByTestId("clock_out").click();
    assertThat(page.getByTestId("receipt")).containsText("Clock out");
    assertThat(page.getByTestId("receipt")).hasAttribute("data-verdict", "unverified");
    page.getByTestId("step-up").click();
    assertThat(page.getByTestId("receipt")).containsText("That did not work.");
    phone.userIsVerified(authenticator, true);
    page.getByTestId("step-up").click();
    assertThat(page.getByTestId("receipt")).hasAttribute("data-verdict", "verified");

    page.reload();
    assertThat(page.getByTestId("passkey-count")).hasText("Set up: 1");
  }

  @Test
  void shouldKeepAPunchWhileThereIsNoConnectionAndSendItOnce() throws Exception {
    Phone phone = open("zh-CN", ColorScheme.DARK);
    Page page = phone.page();
    page.navigate(link("bo"));
    page.getByTestId("keep").click();
    assertThat(page.getByTestId("clock_in")).hasText("上班");
    assertThat(page.getByTestId("sites")).containsText("Fence cafe");
    page.route("**/v1/punches", route -> route.abort());
    page.getByTestId("clock_in").click();
    assertThat(page.getByTestId("waiting")).isVisible();
    InBrowser.shot(page, "punch-waiting-zh");
    page.unroute("**/v1/punches");
    page.reload();
    assertThat(page.getByTestId("receipt")).isVisible();
    assertThat(page.getByTestId("waiting")).isHidden();
    assertThat(page.getByTestId("receipt")).containsText("尚未确认是您本人。");
    InBrowser.shot(page, "punch-unverified-zh");
  }

  @Test
  void shouldSayWhatIsWrongWithALink() throws Exception {
    Phone phone = open("en-US", ColorScheme.LIGHT);
    phone.page().navigate(page());
    assertThat(phone.page().getByTestId("noToken")).isVisible();
    Page other = phone.context().newPage();
    other.navigate(page() + "#token=hb_nobody");
    assertThat(other.getByTestId("badToken")).isVisible();
  }

  @Test
  void shouldShowPasskeysInTheConsoleAndRevokeThem() throws Exception {
    Phone phone = open("en-US", ColorScheme.LIGHT);
    phone.authenticator();
    phone.page().navigate(link("cy"));
    phone.page().getByTestId("keep").click();
    phone.page().getByTestId("enrol").click();
    assertThat(phone.page().getByTestId("passkey-note")).hasText("The passkey is set up.");

    Page console = inBrowser.signInAsAdmin();
    console.locator("[data-member='cy']").click();
    assertThat(console.getByTestId("passkey-row")).hasCount(1);
    assertThat(console.getByTestId("passkey-row")).containsText("on cy-phone");
    InBrowser.shot(console, "console-passkeys");
    console.getByTestId("passkey-revoke").click();
    console.getByTestId("passkey-confirm").click();
    assertThat(console.getByTestId("passkey-row")).hasCount(0);
    assertEquals(0, passkeys("cy").size());

    console.getByTestId("add-phone").click();
    console.getByTestId("phone-create").click();
    console.getByTestId("app-punch").click();
    assertThat(console.locator(".qr svg")).isVisible();
    assertThat(console.getByTestId("setup-link"))
        .hasText(Pattern.compile("http://localhost:[0-9]+/punch#token=hb_[0-9A-Za-z]{32}"));
    InBrowser.shot(console, "console-enrol-punch");
  }

  private static Phone open(String locale, ColorScheme scheme) {
    BrowserContext context =
        inBrowser.context(
            new Browser.NewContextOptions()
                .setLocale(locale)
                .setColorScheme(scheme)
                .setViewportSize(390, 844)
                .setDeviceScaleFactor(2)
                .setGeolocation(new Geolocation(LAT, LNG).setAccuracy(8))
                .setPermissions(List.of("geolocation")));
    Page page = context.newPage();
    return new Phone(context, page, context.newCDPSession(page));
  }

  private static JsonArray passkeys(String member) throws Exception {
    return admin.get("/v1/members/" + member + "/passkeys").getJsonArray("passkeys");
  }

  private static String page() {
    return "http://localhost:" + server.device().getPort() + "/punch";
  }

  /** As the console shows it where a phone is registered. */
  private static String link(String member) throws Exception {
    admin.enrol("north", member, member + "-other");
    String link =
        admin
            .expect(
                201,
                "POST",
                "/v1/members/" + member + "/devices",
                new io.vertx.core.json.JsonObject().put("id", member + "-phone"))
            .getJsonObject("setup")
            .getJsonObject("punch")
            .getString("link");
    assertTrue(link.startsWith(page() + "#token=hb_"), link);
    return link;
  }
}
