package io.hexbeat.api.console;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serves the web console: {@code /}, {@code /console/*} from the class path, {@code
 * /console/lib/ol/*} from OpenLayers' WebJar and {@code /console/config.json} from the settings.
 * Mount it from any thread before the server listens; the handlers run on the API's event loops.
 * Each file is read and compressed once, on a worker, and kept; what does not exist is answered 404
 * and never kept, so a scanner cannot fill the memory. Every answer carries an ETag and headers
 * that let nothing in but this server and the configured tiles.
 */
public final class ConsoleRoutes {

  private static final String FILES = "console/";
  private static final String OPENLAYERS = "META-INF/resources/webjars/ol/10.7.0/";
  private static final String LIBRARY_PREFIX = "lib/ol/";

  /** Names of our own files: no dot at the start of a part, so neither ".." nor hidden files. */
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,6}");

  /** Console files have no version in their name: the browser asks each time and gets 304. */
  private static final String REVALIDATE = "no-cache";

  /** The library's and the base map's bytes change only with a release of the server. */
  private static final String KEEP_A_DAY = "public, max-age=86400";

  private final Vertx vertx;
  private final ConsoleAsset config;
  private final String contentSecurityPolicy;
  private final ConcurrentMap<String, ConsoleAsset> assets = new ConcurrentHashMap<>();

  public ConsoleRoutes(Vertx vertx, ConsoleSettings settings) {
    this.vertx = vertx;
    this.config = ConsoleAsset.ofText("config.json", configJson(settings).encode());
    this.contentSecurityPolicy = policy(settings);
  }

  public void mount(Router router) {
    router.get("/").handler(context -> serve(context, "index.html"));
    router.head("/").handler(context -> serve(context, "index.html"));
    router.get("/favicon.ico").handler(context -> serve(context, "icon.svg"));
    router
        .get("/console/config.json")
        .handler(context -> send(context.request(), config, REVALIDATE));
    router.route(HttpMethod.GET, "/console/*").handler(this::serveFile);
    router.route(HttpMethod.HEAD, "/console/*").handler(this::serveFile);
  }

  private void serveFile(RoutingContext context) {
    String name = context.normalizedPath().substring("/console/".length());
    if (NAME.matcher(name).matches()) {
      serve(context, name);
    } else {
      notFound(context);
    }
  }

  private void serve(RoutingContext context, String name) {
    ConsoleAsset known = assets.get(name);
    if (known != null) {
      send(context.request(), known, cacheControl(name));
      return;
    }
    load(name)
        .onSuccess(
            loaded ->
                loaded.ifPresentOrElse(
                    asset -> send(context.request(), asset, cacheControl(name)),
                    () -> notFound(context)))
        .onFailure(context::fail);
  }

  private Future<Optional<ConsoleAsset>> load(String name) {
    return vertx.executeBlocking(
        () -> {
          Optional<ConsoleAsset> read = read(name);
          read.ifPresent(asset -> assets.put(name, asset));
          return read;
        },
        false);
  }

  private static Optional<ConsoleAsset> read(String name) {
    // A directory of an exploded class path opens as a stream of its names; files have an
    // extension.
    if (name.lastIndexOf('.') <= name.lastIndexOf('/')) {
      return Optional.empty();
    }
    try (InputStream bytes =
        ConsoleRoutes.class.getClassLoader().getResourceAsStream(resource(name))) {
      return bytes == null
          ? Optional.empty()
          : Optional.of(ConsoleAsset.of(name, bytes.readAllBytes()));
    } catch (IOException unreadable) {
      throw new UncheckedIOException("console file=" + name, unreadable);
    }
  }

  private static String resource(String name) {
    if (!name.startsWith(LIBRARY_PREFIX)) {
      return FILES + name;
    }
    String file = name.substring(LIBRARY_PREFIX.length());
    return OPENLAYERS + (file.equals("ol.js") ? "dist/ol.js" : file);
  }

  private static String cacheControl(String name) {
    return name.startsWith("lib/") || name.startsWith("data/") ? KEEP_A_DAY : REVALIDATE;
  }

  private void send(HttpServerRequest request, ConsoleAsset asset, String cacheControl) {
    HttpServerResponse response = request.response();
    secure(response)
        .putHeader(HttpHeaders.CACHE_CONTROL, cacheControl)
        .putHeader(HttpHeaders.ETAG, asset.etag)
        .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    if (matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), asset.etag)) {
      response.setStatusCode(304).end();
      return;
    }
    byte[] body = asset.plain;
    if (asset.gzip != null && acceptsGzip(request)) {
      body = asset.gzip;
      response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, asset.contentType)
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(Buffer.buffer(body));
    }
  }

  private void notFound(RoutingContext context) {
    JsonObject problem =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", "Not Found")
            .put("status", 404)
            .put("detail", "The console has no such file.");
    secure(context.response())
        .setStatusCode(404)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .end(problem.encode());
  }

  private HttpServerResponse secure(HttpServerResponse response) {
    return response
        .putHeader("Content-Security-Policy", contentSecurityPolicy)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Permissions-Policy", "geolocation=(), camera=(), microphone=()");
  }

  private static boolean matches(@Nullable String ifNoneMatch, String etag) {
    return ifNoneMatch != null && (ifNoneMatch.equals("*") || ifNoneMatch.contains(etag));
  }

  private static boolean acceptsGzip(HttpServerRequest request) {
    String accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
    return accepted != null && accepted.contains("gzip") && !accepted.contains("gzip;q=0,");
  }

  private static JsonObject configJson(ConsoleSettings settings) {
    JsonObject json = new JsonObject();
    if (settings.tileUrl() != null) {
      json.put("tileUrl", settings.tileUrl());
      json.put("tileAttribution", settings.tileAttribution());
    }
    return json.put("defaultLanguage", settings.defaultLanguage())
        .put("version", settings.version());
  }

  /**
   * connect-src 'self' covers the live socket: the policy's 'self' includes ws and wss of this
   * host.
   */
  private static String policy(ConsoleSettings settings) {
    String tiles = settings.tileSource();
    return String.join(
        "; ",
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:" + (tiles == null ? "" : " " + tiles),
        "connect-src 'self'",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'");
  }
}
