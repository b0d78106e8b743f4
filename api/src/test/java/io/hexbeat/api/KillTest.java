package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an acknowledgement is worth: the server is killed under load and started again on the same
 * data.
 */
final class KillTest {
  private static final int MEMBERS = 6;
  private static final int PINGS_BEFORE_KILL = 150;
  private static final double LAT = 30.27;
  private static final double LNG = -97.74;

  /** One phone that walks in and out of the site and remembers what it was told. */
  private static final class Phone implements Runnable {
    final String member;
    final String token;
    final ApiClient device;
    final long firstFixMs;
    final CountDownLatch warm;
    final Set<String> ackedFixTimes = new TreeSet<>();
    final Map<String, String> receipts = new HashMap<>();
    int sent;

    Phone(String member, URI door, String token, long firstFixMs, CountDownLatch warm) {
      this.member = member;
      this.token = token;
      this.device = ApiClient.bearer(door, token);
      this.firstFixMs = firstFixMs;
      this.warm = warm;
    }

    @Override
    public void run() {
      try {
        while (true) {
          send();
          if (sent == PINGS_BEFORE_KILL) {
            warm.countDown();
          }
        }
      } catch (IOException killed) {
        // the server is gone; what was acknowledged before is what counts
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void send() throws IOException, InterruptedException {
      boolean inside = sent / 10 % 2 == 0;
      String fixTime = Instant.ofEpochMilli(firstFixMs + sent * 1000L + 1).toString();
      double lat = LAT + (inside ? 0 : 0.01) + sent % 10 * 1e-5;
      JsonObject fix =
          new JsonObject()
              .put("lat", lat)
              .put("lng", LNG)
              .put("accuracy_m", 5)
              .put("fix_time", fixTime);
      HttpResponse<String> answer = device.send("POST", "/v1/pings", fix);
      assertEquals(200, answer.statusCode(), answer.body());
      ackedFixTimes.add(fixTime);
      if (sent % 25 == 0) {
        String id = member + "-" + sent;
        HttpResponse<String> receipt = device.send("POST", "/v1/punches", punch(id, fixTime, lat));
        assertEquals(201, receipt.statusCode(), receipt.body());
        receipts.put(id, receipt.body());
      }
      sent++;
    }
  }

  @Test
  void shouldKeepEveryAcknowledgedRecordOverAKill(@TempDir Path data) throws Exception {
    List<Phone> phones = new ArrayList<>();
    try (ServerProcess server = ServerProcess.start(data)) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      admin.putCircle("depot", LAT, LNG, 150);
      CountDownLatch warm = new CountDownLatch(MEMBERS);
      // So long ago that time decides nothing more while the test looks.
      long firstFixMs = System.currentTimeMillis() / 1000 * 1000 - 3 * 3_600_000;
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < MEMBERS; i++) {
        String token = admin.enrol("field", "rep-" + i, "phone-" + i);
        Phone phone = new Phone("rep-" + i, server.device(), token, firstFixMs, warm);
        phones.add(phone);
        threads.add(new Thread(phone, "phone-" + i));
      }
      threads.forEach(Thread::start);
      warm.await();
      server.kill();
      for (Thread thread : threads) {
        thread.join();
      }
    }

    try (ServerProcess server = ServerProcess.start(data)) {
      ApiClient admin = ApiClient.login(server.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      awaitProjected(admin);
      Map<String, Set<String>> sitesNow = sitesByMember(admin);
      for (Phone phone : phones) {
        List<String> stored = fixTimes(admin, phone.member);
        assertEquals(stored.size(), new TreeSet<>(stored).size(), "a ping is stored twice");
        Set<String> missing = new TreeSet<>(phone.ackedFixTimes);
        missing.removeAll(stored);
        assertEquals(Set.of(), missing, "acknowledged and lost");
        assertReceiptsStand(server, phone);
        assertEquals(
            presenceByTransitions(admin, phone.member), sitesNow.get(phone.member), phone.member);
      }
      int before = transitions(admin, "rep-0").size();
      Phone phone = phones.get(0);
      String late = Instant.ofEpochMilli(phone.firstFixMs + (phone.sent + 10) * 1000L).toString();
      boolean inside = sitesNow.get(phone.member).contains("depot");
      ApiClient device = ApiClient.bearer(server.device(), phone.token);
      double lat = LAT + (inside ? 0 : 0.01);
      device.expect(
          200,
          "POST",
          "/v1/pings",
          new JsonObject()
              .put("lat", lat)
              .put("lng", LNG)
              .put("accuracy_m", 5)
              .put("fix_time", late));
      awaitProjected(admin);
      assertEquals(before, transitions(admin, "rep-0").size(), "a restart repeated an event");
    }
  }

  private static void assertReceiptsStand(ServerProcess server, Phone phone) throws Exception {
    ApiClient device = ApiClient.bearer(server.device(), phone.token);
    for (Map.Entry<String, String> receipt : phone.receipts.entrySet()) {
      int index =
          Integer.parseInt(receipt.getKey().substring(receipt.getKey().lastIndexOf('-') + 1));
      String fixTime = Instant.ofEpochMilli(phone.firstFixMs + index * 1000L + 1).toString();
      double lat = LAT + (index / 10 % 2 == 0 ? 0 : 0.01) + index % 10 * 1e-5;
      HttpResponse<String> again =
          device.send("POST", "/v1/punches", punch(receipt.getKey(), fixTime, lat));
      assertEquals(200, again.statusCode(), again.body());
      assertEquals(receipt.getValue(), again.body());
    }
  }

  private static JsonObject punch(String id, String at, double lat) {
    return new JsonObject()
        .put("id", id)
        .put("kind", "visit_in")
        .put("at", at)
        .put("lat", lat)
        .put("lng", LNG)
        .put("accuracy_m", 5);
  }

  private static void awaitProjected(ApiClient admin) throws Exception {
    long deadlineNs = System.nanoTime() + 30_000_000_000L;
    while (true) {
      JsonObject ready = admin.get("/health/ready");
      if (ready.getJsonObject("checks").getJsonObject("projection").getLong("lag_records") == 0) {
        return;
      }
      assertTrue(
          System.nanoTime() < deadlineNs, () -> "the projection does not catch up: " + ready);
      Thread.onSpinWait();
    }
  }

  private static List<String> fixTimes(ApiClient admin, String member) throws Exception {
    List<String> times = new ArrayList<>();
    for (Object row : pages(admin, "/v1/members/" + member + "/track", "features")) {
      times.add(
          Instant.parse(((JsonObject) row).getJsonObject("properties").getString("fix_time"))
              .toString());
    }
    return times;
  }

  private static JsonArray transitions(ApiClient admin, String member) throws Exception {
    return pages(admin, "/v1/members/" + member + "/transitions", "transitions");
  }

  private static JsonArray pages(ApiClient admin, String path, String rows) throws Exception {
    JsonArray all = new JsonArray();
    String cursor = "";
    do {
      JsonObject page = admin.get(path + "?limit=500" + cursor);
      all.addAll(page.getJsonArray(rows));
      cursor = page.containsKey("next_cursor") ? "&cursor=" + page.getString("next_cursor") : "";
    } while (!cursor.isEmpty());
    return all;
  }

  /** Where the member stands if each told transition happened once and in order. */
  private static Set<String> presenceByTransitions(ApiClient admin, String member)
      throws Exception {
    Set<String> sites = new TreeSet<>();
    for (Object row : transitions(admin, member)) {
      JsonObject transition = (JsonObject) row;
      String fence = transition.getString("fence");
      switch (transition.getString("kind")) {
        case "enter" -> assertTrue(sites.add(fence), () -> "entered twice: " + transition);
        case "exit" -> assertTrue(sites.remove(fence), () -> "left twice: " + transition);
        default -> {}
      }
    }
    return sites;
  }

  private static Map<String, Set<String>> sitesByMember(ApiClient admin) throws Exception {
    Map<String, Set<String>> sites = new HashMap<>();
    for (Object row : admin.get("/v1/positions").getJsonArray("positions")) {
      JsonObject position = (JsonObject) row;
      Set<String> fences = new TreeSet<>();
      position.getJsonArray("fences").forEach(fence -> fences.add((String) fence));
      sites.put(position.getString("member"), fences);
    }
    return sites;
  }
}
