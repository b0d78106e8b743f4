package io.hexbeat.api.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One file of the console, ready to be sent: its bytes, the same bytes compressed where that pays,
 * its type and its ETag. Immutable; any thread may read it. Holds both forms in memory for as long
 * as the server runs: a few megabytes for the whole console.
 */
final class ConsoleAsset {

  private static final int COMPRESS_FROM_BYTES = 512;

  final byte[] plain;
  final byte @Nullable [] gzip;
  final String contentType;
  final String etag;

  private ConsoleAsset(byte[] plain, byte @Nullable [] gzip, String contentType, String etag) {
    this.plain = plain;
    this.gzip = gzip;
    this.contentType = contentType;
    this.etag = etag;
  }

  /** Takes ownership of {@code plain}. Compresses: call it on a worker. */
  static ConsoleAsset of(String name, byte[] plain) {
    byte[] compressed = plain.length < COMPRESS_FROM_BYTES ? null : compress(plain);
    boolean pays = compressed != null && compressed.length < plain.length - plain.length / 10;
    return new ConsoleAsset(plain, pays ? compressed : null, contentType(name), etag(plain));
  }

  static ConsoleAsset ofText(String name, String text) {
    return of(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "json" -> "application/json; charset=utf-8";
      case "geojson" -> "application/geo+json; charset=utf-8";
      case "svg" -> "image/svg+xml; charset=utf-8";
      case "png" -> "image/png";
      case "md" -> "text/plain; charset=utf-8";
      default -> "application/octet-stream";
    };
  }

  private static byte[] compress(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(plain.length / 2);
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static String etag(byte[] plain) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(plain);
      return '"' + HexFormat.of().formatHex(digest, 0, 12) + '"';
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
