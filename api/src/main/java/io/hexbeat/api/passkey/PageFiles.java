package io.hexbeat.api.passkey;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/**
 * The files of the page to punch on, in memory. Immutable; any thread. Every answer carries a
 * policy that lets the page load nothing from elsewhere and nobody frame it.
 */
final class PageFiles {
  private static final String INDEX = "/punch";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Map<String, PageFile> byPath;

  private record PageFile(Buffer body, String contentType, String etag) {}

  private PageFiles(Map<String, PageFile> byPath) {
    this.byPath = Map.copyOf(byPath);
  }

  static PageFiles load() {
    Map<String, PageFile> files = new HashMap<>();
    files.put(INDEX, file("index.html", "text/html; charset=utf-8"));
    files.put("/punch/punch.css", file("punch.css", "text/css; charset=utf-8"));
    for (String script : new String[] {"punch.js", "words.js", "passkey.js", "doors.js"}) {
      files.put("/punch/" + script, file(script, "text/javascript; charset=utf-8"));
    }
    return new PageFiles(files);
  }

  boolean has(String path) {
    return byPath.containsKey(path);
  }

  void send(String path, HttpServerRequest request) {
    PageFile file = Objects.requireNonNull(byPath.get(path));
    HttpServerResponse response =
        request
            .response()
            .putHeader("Content-Security-Policy", POLICY)
            .putHeader("X-Content-Type-Options", "nosniff")
            .putHeader("Referrer-Policy", "no-referrer")
            .putHeader("Cross-Origin-Opener-Policy", "same-origin")
            .putHeader(
                "Permissions-Policy",
                "geolocation=(self), publickey-credentials-get=(self),"
                    + " publickey-credentials-create=(self), camera=(), microphone=()")
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
            .putHeader(HttpHeaders.ETAG, file.etag());
    if (file.etag().equals(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
      response.setStatusCode(304).end();
    } else {
      response.putHeader(HttpHeaders.CONTENT_TYPE, file.contentType()).end(file.body());
    }
  }

  private static PageFile file(String name, String contentType) {
    try (InputStream in = PageFiles.class.getResourceAsStream("/punch/" + name)) {
      byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      String etag = '"' + HexFormat.of().formatHex(digest, 0, 12) + '"';
      return new PageFile(Buffer.buffer(bytes), contentType, etag);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
