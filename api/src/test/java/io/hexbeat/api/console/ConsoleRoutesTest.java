package io.hexbeat.api.console;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsoleRoutesTest {

  private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"(/console/[^\"]+)\"");
  private static final Pattern IMPORT = Pattern.compile("from '(\\.[^']+)'");

  private final HttpClient client = HttpClient.newHttpClient();
  private Vertx vertx;
  private int port;

  @BeforeEach
  void startServer() throws Exception {
    vertx = Vertx.vertx();
    port = listen(ConsoleSettings.defaults("1.2.3"));
  }

  @AfterEach
  void stopServer() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldServeThePageAtTheRoot() throws Exception {
    HttpResponse<byte[]> page = get("/");

    assertEquals(200, page.statusCode());
    assertEquals("text/html; charset=utf-8", header(page, "content-type"));
    assertTrue(text(page).contains("<title>Hexbeat</title>"));
  }

  @Test
  void shouldServeEverythingThatThePageAndItsModulesAskFor() throws Exception {
    Matcher reference = REFERENCE.matcher(text(get("/")));
    int references = 0;
    while (reference.find()) {
      references++;
      followModule(reference.group(1));
    }
    assertTrue(references >= 5);
  }

  @Test
  void shouldServeOpenLayersFromItsWebJar() throws Exception {
    HttpResponse<byte[]> script = get("/console/lib/ol/ol.js");

    assertEquals(200, script.statusCode());
    assertEquals("text/javascript; charset=utf-8", header(script, "content-type"));
    assertEquals("public, max-age=86400", header(script, "cache-control"));
    assertTrue(script.body().length > 500_000);
    assertEquals(200, get("/console/lib/ol/ol.css").statusCode());
  }

  @Test
  void shouldLetNothingInButItself() throws Exception {
    for (String path : new String[] {"/", "/console/js/main.js", "/console/nothing.js"}) {
      HttpResponse<byte[]> answer = get(path);
      String policy = header(answer, "content-security-policy");
      assertTrue(policy.contains("default-src 'none'"), path);
      assertTrue(policy.contains("frame-ancestors 'none'"), path);
      assertFalse(policy.contains("http"), path);
      assertEquals("nosniff", header(answer, "x-content-type-options"), path);
    }
  }

  @Test
  void shouldLetTheConfiguredTilesIn() throws Exception {
    int tiled =
        listen(
            new ConsoleSettings(
                "https://{a-c}.tiles.example.com/{z}/{x}/{y}.png",
                "(c) Example",
                "zh-CN",
                "1.2.3"));

    HttpResponse<byte[]> page = get(tiled, "/");
    JsonObject config = new JsonObject(text(get(tiled, "/console/config.json")));

    assertTrue(
        header(page, "content-security-policy")
            .contains("img-src 'self' data: blob: https://*.tiles.example.com;"));
    assertEquals("https://{a-c}.tiles.example.com/{z}/{x}/{y}.png", config.getString("tileUrl"));
    assertEquals("(c) Example", config.getString("tileAttribution"));
    assertEquals("zh-CN", config.getString("defaultLanguage"));
  }

  @Test
  void shouldTellTheVersionAndNoTilesByDefault() throws Exception {
    HttpResponse<byte[]> config = get("/console/config.json");

    assertEquals("no-cache", header(config, "cache-control"));
    assertEquals(
        new JsonObject().put("defaultLanguage", "en").put("version", "1.2.3"),
        new JsonObject(text(config)));
  }

  @Test
  void shouldAnswerNotModifiedToAKnownEtag() throws Exception {
    String etag = header(get("/console/js/main.js"), "etag");

    HttpResponse<byte[]> again = get("/console/js/main.js", "If-None-Match", etag);

    assertEquals(304, again.statusCode());
    assertEquals(0, again.body().length);
    assertEquals(etag, header(again, "etag"));
  }

  @Test
  void shouldCompressForThoseWhoAccept() throws Exception {
    String path = "/console/data/world-countries.geojson";
    HttpResponse<byte[]> compressed = get(path, "Accept-Encoding", "gzip");

    assertEquals("gzip", header(compressed, "content-encoding"));
    assertTrue(compressed.body().length < 1_000_000);
    assertArrayEquals(get(path).body(), gunzip(compressed.body()));
  }

  @Test
  void shouldAnswerHeadWithoutABody() throws Exception {
    HttpResponse<byte[]> head =
        client.send(
            request(port, "/console/js/main.js")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertEquals(200, head.statusCode());
    assertEquals(0, head.body().length);
    assertTrue(Integer.parseInt(header(head, "content-length")) > 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/nothing.js",
        "/console/",
        "/console/js",
        "/console/js/",
        "/console/../logback.xml",
        "/console/%2e%2e/logback.xml",
        "/console/js/..%2f..%2f..%2fMETA-INF/MANIFEST.MF",
        "/console/lib/ol/../../../pom.xml",
        "/console/.hidden",
        "/console/lib/ol/dist/nothing.js"
      })
  void shouldAnswerNotFoundForAnythingElse(String path) throws Exception {
    HttpResponse<byte[]> answer = get(path);

    assertEquals(404, answer.statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiles",
        "ftp://example.com/{z}/{x}/{y}",
        "https://example.com/{z}/{x}",
        "https://example.com; script-src */{z}/{x}/{y}",
        "https:///{z}/{x}/{y}"
      })
  void shouldRefuseATileUrlThatIsNoTemplate(String tileUrl) {
    assertThrows(
        IllegalArgumentException.class, () -> new ConsoleSettings(tileUrl, null, "en", "1.2.3"));
  }

  private void followModule(String path) throws Exception {
    HttpResponse<byte[]> file = get(path);
    assertEquals(200, file.statusCode(), path);
    if (!path.endsWith(".js") || path.startsWith("/console/lib/")) {
      return;
    }
    Matcher imported = IMPORT.matcher(text(file));
    while (imported.find()) {
      followModule(URI.create(path).resolve(imported.group(1)).getPath());
    }
  }

  private int listen(ConsoleSettings settings) throws Exception {
    Router router = Router.router(vertx);
    new ConsoleRoutes(vertx, settings).mount(router);
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
    return server.actualPort();
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    return get(port, path, headers);
  }

  private HttpResponse<byte[]> get(int ofPort, String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(ofPort, path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static HttpRequest.Builder request(int ofPort, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ofPort + path));
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static byte[] gunzip(byte[] bytes) throws IOException {
    try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return plain.readAllBytes();
    }
  }
}
