package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as an operator meets it: exit codes, messages, restart and stop. */
final class ServeTest {
  @TempDir Path dir;

  @Test
  void shouldStartAgainOnItsDataAndStopCleanly() throws Exception {
    Path data = Files.createDirectory(dir.resolve("data"));
    try (ServerProcess first = ServerProcess.start(data)) {
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
    try (ServerProcess server = ServerProcess.start(data)) {
      HttpResponse<String> api =
          ApiClient.bearer(server.device(), "").send("POST", "/v1/login", "{}");
      assertEquals(404, api.statusCode());
      HttpResponse<String> console = ApiClient.bearer(server.api(), "").send("GET", "/", null);
      assertEquals(200, console.statusCode());
      assertTrue(console.body().contains("Hexbeat"));
    }
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
        List.of("--config", "nowhere.properties"), "--config=nowhere.properties is not usable");
  }

  @Test
  void shouldExplainItself() throws Exception {
    Process help = ServerProcess.launch(dir, List.of("--help"));
    String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, help.waitFor());
    assertTrue(text.startsWith("usage: hexbeat serve"));
  }

  private void assertRefused(List<String> words, String reason) throws Exception {
    Process refused = ServerProcess.launch(dir, words);
    assertEquals("", new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertEquals(2, refused.waitFor());
    String errors = Files.readString(ServerProcess.errors(dir));
    assertTrue(errors.contains(reason), errors);
  }
}
