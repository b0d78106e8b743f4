package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as an operator meets it: exit codes, messages, restart and stop. */
final class ServeTest {
  @TempDir Path dir;

  @Test
  void shouldStartAgainOnItsDataAndStopCleanly() throws Exception {
    Path data = Files.createDirectory(dir.resolve("data"));
    try (ServerProcess first = ServerProcess.startFromNothing(data)) {
      ApiClient admin = ApiClient.login(first.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      admin.putCircle("depot", 30.27, -97.74, 100);
      assertEquals(0, first.stop());
    }
    try (ServerProcess second = ServerProcess.start(data)) {
      ApiClient admin = ApiClient.login(second.api(), "admin", ServerProcess.ADMIN_PASSWORD);
      assertEquals(
          "[\"depot\"]",
          admin.get("/v1/fences/at?lat=30.27&lng=-97.74").getJsonArray("fences").encode());

      Process third =
          ServerProcess.launch(
              dir, List.of("--data", data.toString(), "--api-port", "0", "--device-port", "0"));
      assertEquals(2, third.waitFor());
      assertTrue(
          Files.readString(ServerProcess.errors(dir)).contains("another Hexbeat is running on it"));
    }
  }

  @Test
  void shouldServeTheApiOnTheApiPortOnly() throws Exception {
    Path data = Files.createDirectory(dir.resolve("data"));
    try (TestServer server = TestServer.start(data)) {
      HttpResponse<String> api =
          ApiClient.bearer(server.device(), "").send("POST", "/v1/login", "{}");
      assertEquals(404, api.statusCode());
      ApiClient admin = server.admin();
      assertNothingOfTheContractAt(server.device(), admin);
      HttpResponse<String> console = ApiClient.bearer(server.api(), "").send("GET", "/", null);
      assertEquals(200, console.statusCode());
      assertTrue(console.body().contains("Hexbeat"));
    }
  }

  @Test
  void shouldSpeakTlsOnEveryPortAndTakeARenewedCertificate() throws Exception {
    Path data = Files.createDirectory(dir.resolve("data"));
    PemFiles pem = PemFiles.in(dir);
    pem.renew("first");
    List<String> tls = new ArrayList<>(List.of("--pg-uri", TestDatabase.uri()));
    tls.addAll(List.of("--set", "tls.reload=1s"));
    for (String port : List.of("api", "device", "tcp", "mqtt")) {
      tls.addAll(List.of("--set", port + ".tls.cert=" + pem.chain()));
      tls.addAll(List.of("--set", port + ".tls.key=" + pem.key()));
    }
    try (ServerProcess server = ServerProcess.start(data, tls.toArray(String[]::new))) {
      List<URI> ports = List.of(server.api(), server.device(), server.tcp(), server.mqtt());
      assertEquals(
          List.of("https", "https", "tls", "mqtts"), ports.stream().map(URI::getScheme).toList());
      for (URI port : ports) {
        assertEquals("CN=first", PemFiles.servedAt(port));
      }
      pem.renew("second");
      for (URI port : ports) {
        long deadlineNs = System.nanoTime() + 20_000_000_000L;
        while (!PemFiles.servedAt(port).equals("CN=second")) {
          assertTrue(System.nanoTime() < deadlineNs, "not reloaded");
        }
      }
      assertEquals(0, server.stop());
    }
  }

  @Test
  void shouldNameATakenPortInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      for (String name : List.of("api", "device")) {
        String other = name.equals("api") ? "device" : "api";
        assertRefused(
            exits(List.of("--" + name + "-port", port, "--set", other + ".port=0")),
            "hexbeat: "
                + name
                + ".port="
                + port
                + " is not usable: another program listens there; stop it or set another port, 0"
                + " takes a free one");
      }
      assertFalse(Files.readString(ServerProcess.errors(dir)).contains("\tat "));
    }
  }

  @Test
  void shouldRefuseFilesThatAreNoCertificate() {
    List<String> words = new ArrayList<>(ServerProcess.words(dir.resolve("data")));
    words.addAll(List.of("--set", "device.tls.cert=chain.pem"));
    words.addAll(List.of("--set", "device.tls.key=key.pem"));
    assertRefused(words, "device.tls.cert and .key=chain.pem and key.pem is not usable: PEM files");
  }

  @Test
  void shouldNameKeyValueAndWhatIsAllowedForWrongConfiguration() throws Exception {
    assertRefused(
        List.of("--api-port", "70000"),
        "api.port=70000 is not usable: a whole number from 0 to 65535 is allowed");
    assertRefused(
        List.of("--set", "shards=many"),
        "shards=many is not usable: a whole number from 1 to 64 is allowed");
    assertRefused(
        List.of("--set", "clock.skew_max=soon"),
        "clock.skew_max=soon is not usable: a duration such as");
    assertRefused(
        List.of("--set", "no.such=1"), "setting no.such does not exist; the settings are: ");
    assertRefused(
        List.of("--set", "console.tile_url=ftp://tiles"),
        "console.tile_url=ftp://tiles must be an http(s) URL with {z}, {x} and {y}");
    assertRefused(
        List.of("--pg-uri", "mysql://hb:secret@localhost/x"),
        "pg.uri=*** is not usable: postgresql://user:password@host:port/database is allowed");
    assertRefused(
        List.of("--set", "mqtt.public_url=phones.example"),
        "mqtt.public_url=phones.example is not usable: mqtt://host:port or mqtts://host:port");
    assertRefused(
        List.of("--set", "device.public_url=https://phones.example/"),
        "device.public_url=https://phones.example/ is not usable: http(s)://host[:port][/path]");
    assertRefused(List.of("--colour", "red"), "option --colour does not exist");
    assertRefused(
        List.of("--data", Files.writeString(dir.resolve("file"), "").toString()),
        "data.dir=" + dir.resolve("file") + " is not usable: a directory that can be");
    assertRefused(
        List.of("--config", "nowhere.properties"), "--config=nowhere.properties is not usable");
  }

  @Test
  void shouldExplainItself() throws Exception {
    Process help = ServerProcess.launch(dir, List.of("--help"));
    String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, help.waitFor());
    assertTrue(text.startsWith("usage: hexbeat serve"));
  }

  /** Whatever the API offers, asked by an administrator, is not to be had at the device port. */
  private static void assertNothingOfTheContractAt(URI devicePort, ApiClient admin)
      throws Exception {
    ApiClient atDevicePort = ApiClient.bearer(devicePort, admin.token());
    JsonObject paths = admin.get("/openapi.json").getJsonObject("paths");
    assertTrue(paths.size() > 20);
    for (String path : paths.fieldNames()) {
      for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
        int status = atDevicePort.send(method, path.replaceAll("[{}]", ""), null).statusCode();
        boolean isProbe = path.equals("/health/live");
        assertTrue(status >= 400 || isProbe, () -> method + " " + path + " is answered " + status);
      }
    }
    for (String path : List.of("/metrics", "/health/ready", "/v1/live", "/openapi.json")) {
      assertEquals(404, atDevicePort.send("GET", path, null).statusCode());
    }
  }

  /** What a server says that does not start, and how it exits. */
  private record Refusal(int status, String out, String err) {}

  private Refusal exits(List<String> words) throws Exception {
    Process refused = ServerProcess.launch(dir, words);
    String out = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Refusal(refused.waitFor(), out, Files.readString(ServerProcess.errors(dir)));
  }

  private static void assertRefused(List<String> words, String reason) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Server.run(
            words.toArray(String[]::new),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertRefused(
        new Refusal(
            status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8)),
        reason);
  }

  private static void assertRefused(Refusal refusal, String reason) {
    assertEquals("", refusal.out());
    assertEquals(2, refusal.status());
    assertTrue(refusal.err().contains(reason), refusal.err());
  }
}
