package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks of a whole server, to a real receiver that answers what a test tells it. */
final class WebhooksTest {
  @TempDir static Path data;
  private static TestServer server;
  private static ApiClient admin;
  private static ApiClient phone;

  /** A request that a receiver got. */
  private record Got(String path, String id, String timestamp, String signature, String body) {
    JsonObject json() {
      return new JsonObject(body);
    }

    boolean isSignedBy(String secret) throws Exception {
      byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      byte[] signed = (id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8);
      String wanted = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
      return Arrays.asList(signature.split(" ")).contains(wanted);
    }
  }

  /** Answers with the statuses it was given, and with 204 once they are used up. */
  private static final class Receiver implements AutoCloseable {
    private final BlockingQueue<Got> got = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> statuses = new LinkedBlockingQueue<>();
    private final List<Got> aside = new ArrayList<>();
    private final HttpServer http;

    Receiver(Integer... statuses) throws IOException {
      this.statuses.addAll(List.of(statuses));
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      http.setExecutor(Executors.newCachedThreadPool());
      http.createContext(
          "/",
          exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            got.add(
                new Got(
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders().getFirst("webhook-id"),
                    exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                    exchange.getRequestHeaders().getFirst("webhook-signature"),
                    new String(body, StandardCharsets.UTF_8)));
            Integer status = this.statuses.poll();
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status == null ? 204 : status, -1);
            exchange.close();
          });
      http.start();
    }

    String url() {
      return "http://127.0.0.1:" + http.getAddress().getPort() + "/hook?from=hexbeat";
    }

    Got next() throws Exception {
      Got next = got.poll(20, TimeUnit.SECONDS);
      assertNotNull(next, "nothing came within 20 s");
      return next;
    }

    /** The data of the first event of a type; presence and visits come by ways of their own. */
    JsonObject next(String type, String secret) throws Exception {
      while (true) {
        for (Got got : List.copyOf(aside)) {
          if (got.json().getString("type").equals(type)) {
            aside.remove(got);
            return got.json().getJsonObject("data");
          }
        }
        Got got = next();
        assertTrue(got.isSignedBy(secret));
        aside.add(got);
      }
    }

    @Override
    public void close() {
      http.stop(0);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    server =
        TestServer.start(
            data,
            "--set",
            "webhook.allow_http=true",
            "--set",
            "webhook.allow_private=true",
            "--set",
            "webhook.poll=20ms",
            "--set",
            "webhook.retry_first=10ms",
            "--set",
            "webhook.attempts=3",
            "--set",
            "webhook.timeout=2s");
    admin = server.admin();
    phone = ApiClient.bearer(server.device(), admin.enrol("north", "ann", "phone-1"));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static JsonObject create(String url, String... events) throws Exception {
    return admin.expect(201, "POST", "/v1/webhooks", draft(url, events));
  }

  private static JsonObject draft(String url, String... events) {
    return new JsonObject().put("url", url).put("events", new JsonArray(List.of(events)));
  }

  private static void forge(String id) throws Exception {
    phone.expect(
        201,
        "POST",
        "/v1/punches",
        new JsonObject()
            .put("id", id)
            .put("kind", "clock_in")
            .put("at", Instant.now().toString())
            .put("lat", 30.2)
            .put("lng", -97.7)
            .put("mock", true));
  }

  private static JsonObject delivery(String hook, String status) throws Exception {
    long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      JsonArray found =
          admin
              .get("/v1/webhooks/" + hook + "/deliveries?status=" + status)
              .getJsonArray("deliveries");
      if (!found.isEmpty()) {
        return found.getJsonObject(0);
      }
      assertTrue(System.nanoTime() < untilNs, "no delivery is " + status);
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldTellOfAnAlertFromItsOpeningToItsEndSigned() throws Exception {
    try (Receiver receiver = new Receiver()) {
      JsonObject hook = create(receiver.url(), "alert.opened", "alert.resolved", "punch.recorded");
      String secret = hook.getString("secret");
      assertFalse(admin.get("/v1/webhooks").encode().contains(secret));
      forge("signed");
      Got first = receiver.next();
      Got second = receiver.next();
      boolean punchFirst = first.json().getString("type").equals("punch.recorded");
      Got punch = punchFirst ? first : second;
      Got opened = punchFirst ? second : first;
      assertTrue(opened.isSignedBy(secret) && punch.isSignedBy(secret));
      assertEquals("/hook?from=hexbeat", opened.path());
      assertEquals("alert.opened", opened.json().getString("type"));
      assertEquals("ann", opened.json().getJsonObject("data").getString("member"));
      assertEquals("invalid", punch.json().getJsonObject("data").getString("verdict"));
      String alert = opened.json().getJsonObject("data").getString("id");
      admin.expect(
          200,
          "POST",
          "/v1/alerts/" + alert + "/resolve",
          new JsonObject().put("resolution", "confirmed"));
      Got resolved = receiver.next();
      assertEquals("alert.resolved", resolved.json().getString("type"));
      assertEquals("confirmed", resolved.json().getJsonObject("data").getString("resolution"));
      admin.expect(204, "DELETE", "/v1/webhooks/" + hook.getString("id"), null);
    }
  }

  @Test
  void shouldTellOfVisitsAndPresenceToWhomeverAskedForThem() throws Exception {
    admin.putCircle("shop", 31, -97, 80);
    ApiClient walker = ApiClient.bearer(server.device(), admin.enrol("north", "bob", "phone-2"));
    try (Receiver receiver = new Receiver();
        Receiver alertsOnly = new Receiver()) {
      String other = create(alertsOnly.url(), "alert.resolved").getString("id");
      JsonObject hook =
          create(
              receiver.url(),
              "visit.opened",
              "visit.closed",
              "visit.amended",
              "presence.enter",
              "presence.exit");
      String secret = hook.getString("secret");
      Instant begin = Instant.now().minusSeconds(3_600);
      walk(walker, begin, 31.01, 0, 1);
      walk(walker, begin, 31, 2, 4, 6);
      JsonObject entered = receiver.next("presence.enter", secret);
      assertEquals("bob", entered.getString("member"));
      assertEquals("phone-2", entered.getString("device"));
      assertEquals("shop", entered.getString("fence"));
      assertEquals("Fence shop", entered.getString("name"));
      JsonObject opened = receiver.next("visit.opened", secret);
      assertEquals("bob", opened.getString("member"));
      assertEquals("open", opened.getString("status"));
      walk(walker, begin, 31.01, 20, 21, 22);
      assertEquals("exit", receiver.next("presence.exit", secret).getString("kind"));
      JsonObject closed = receiver.next("visit.closed", secret);
      assertEquals(opened.getString("id"), closed.getString("id"));
      assertEquals("closed", closed.getString("status"));
      for (int minute : new int[] {10, 5}) {
        walker.expect(
            201,
            "POST",
            "/v1/punches",
            new JsonObject()
                .put("id", "late-" + minute)
                .put("kind", "visit_in")
                .put("at", begin.plusSeconds(60L * minute).toString())
                .put("site", "shop")
                .put("lat", 31)
                .put("lng", -97)
                .put("accuracy_m", 8));
      }
      JsonObject amended = receiver.next("visit.amended", secret);
      assertEquals(opened.getString("id"), amended.getString("id"));
      assertEquals("amended", amended.getString("change"));
      assertEquals("punch", amended.getString("cause"));
      assertTrue(amended.getInteger("version") > closed.getInteger("version"));
      assertEquals(
          new JsonArray(),
          admin.get("/v1/webhooks/" + other + "/deliveries").getJsonArray("deliveries"),
          "nobody gets what they did not ask for");
      admin.expect(204, "DELETE", "/v1/webhooks/" + hook.getString("id"), null);
      admin.expect(204, "DELETE", "/v1/webhooks/" + other, null);
    }
  }

  private static void walk(ApiClient phone, Instant begin, double lat, int... minutes)
      throws Exception {
    JsonArray pings = new JsonArray();
    for (int minute : minutes) {
      pings.add(
          new JsonObject()
              .put("lat", lat)
              .put("lng", -97)
              .put("accuracy_m", 8)
              .put("fix_time", begin.plusSeconds(60L * minute).toString()));
    }
    phone.expect(200, "POST", "/v1/pings", pings);
  }

  @Test
  void shouldTryAgainUnderTheSameIdUntilItIsTaken() throws Exception {
    try (Receiver receiver = new Receiver(500, 302)) {
      JsonObject hook = create(receiver.url(), "alert.opened");
      String id =
          admin
              .expect(202, "POST", "/v1/webhooks/" + hook.getString("id") + "/test", null)
              .getString("delivery");
      for (int attempt = 0; attempt < 3; attempt++) {
        Got got = receiver.next();
        assertEquals(id, got.id());
        assertEquals("/hook?from=hexbeat", got.path(), "redirects are not followed");
      }
      JsonObject delivered = delivery(hook.getString("id"), "delivered");
      assertEquals(3, delivered.getInteger("attempts"));
      assertEquals(204, delivered.getInteger("answer"));
      admin.expect(204, "DELETE", "/v1/webhooks/" + hook.getString("id"), null);
    }
  }

  @Test
  void shouldKeepWhatIsDeadAndSendItAgainWhenAsked() throws Exception {
    try (Receiver receiver = new Receiver(500, 500, 500)) {
      String hook = create(receiver.url(), "alert.opened").getString("id");
      admin.expect(202, "POST", "/v1/webhooks/" + hook + "/test", null);
      JsonObject dead = delivery(hook, "dead");
      assertEquals("answered 500", dead.getString("failure"));
      assertEquals(3, dead.getInteger("attempts"));
      String again = "/v1/webhooks/" + hook + "/deliveries/" + dead.getString("id");
      admin.expect(204, "POST", again + "/redeliver", null);
      assertEquals(dead.getString("id"), delivery(hook, "delivered").getString("id"));
      admin.expect(404, "POST", again + "-none/redeliver", null);
      String metrics = admin.send("GET", "/metrics", null).body();
      assertTrue(metrics.contains("hexbeat_webhooks_dead_total"), "dead ones are counted");
      admin.expect(204, "DELETE", "/v1/webhooks/" + hook, null);
    }
  }

  @Test
  void shouldSignByTheSecretBeforeARotationAsWell() throws Exception {
    try (Receiver receiver = new Receiver()) {
      JsonObject hook = create(receiver.url(), "alert.opened");
      String path = "/v1/webhooks/" + hook.getString("id");
      String rotated = admin.expect(200, "POST", path + "/rotate", null).getString("secret");
      assertNotEquals(hook.getString("secret"), rotated);
      admin.expect(202, "POST", path + "/test", null);
      Got got = receiver.next();
      assertTrue(got.isSignedBy(rotated) && got.isSignedBy(hook.getString("secret")));
      admin.expect(204, "DELETE", path, null);
    }
  }

  @Test
  void shouldNotHoldUpOthersByOneThatHangsOrIsOff() throws Exception {
    try (Receiver receiver = new Receiver()) {
      // Nobody answers there: the port is taken and never accepted.
      try (java.net.ServerSocket silent =
          new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        String hanging =
            create("http://127.0.0.1:" + silent.getLocalPort() + "/", "alert.opened")
                .getString("id");
        String off = create(receiver.url(), "alert.opened").getString("id");
        admin.expect(
            200,
            "PUT",
            "/v1/webhooks/" + off,
            draft(receiver.url(), "alert.opened").put("active", false));
        String working = create(receiver.url(), "alert.opened").getString("id");
        for (String hook : List.of(hanging, hanging, hanging, off, working)) {
          admin.expect(202, "POST", "/v1/webhooks/" + hook + "/test", null);
        }
        assertEquals(working, receiver.next().json().getJsonObject("data").getString("webhook"));
        assertTrue(receiver.got.isEmpty(), "one that is off is told nothing");
        for (String hook : List.of(hanging, off, working)) {
          admin.expect(204, "DELETE", "/v1/webhooks/" + hook, null);
        }
      }
    }
  }

  @Test
  void shouldRefuseWhatIsNoTargetAndShowWebhooksToAdministratorsOnly() throws Exception {
    for (String url : List.of("ftp://example.com/", "http://", "https://me@example.com/", "x")) {
      HttpResponse<String> refused = admin.send("POST", "/v1/webhooks", draft(url, "alert.opened"));
      assertEquals(400, refused.statusCode(), url);
    }
    admin.expect(400, "POST", "/v1/webhooks", draft("https://example.com/", "alert.eaten"));
    admin.expect(404, "GET", "/v1/webhooks/wh-none", null);
  }
}
