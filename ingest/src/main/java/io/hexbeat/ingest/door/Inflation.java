package io.hexbeat.ingest.door;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Opens request bodies that came compressed. Stateless; any thread. Takes no more memory than a
 * body may have, twice while it grows. A bomb is refused at the bound of the size or of the ratio,
 * whichever it meets first, so it costs about a millisecond.
 */
final class Inflation {
  /** What it reads, as {@code Accept-Encoding} says it. */
  static final String ENCODINGS = "gzip, deflate";

  /** Below it any ratio is harmless, and a few identical records compress very well. */
  private static final int RATIO_FREE_BYTES = 64 << 10;

  private static final int FIRST_BYTES = 8 << 10;

  /** Low four bits of the first byte of a zlib stream; some clients leave its header out. */
  private static final int ZLIB_DEFLATE = 8;

  private Inflation() {}

  static boolean reads(String encoding) {
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "gzip", "x-gzip", "deflate", "identity" -> true;
      default -> false;
    };
  }

  /** Puts what was compressed in the place of the body. */
  static void inflate(PhoneRequest request, String encoding, int maxBytes, int maxRatio)
      throws RefusedBodyException {
    if (encoding.equalsIgnoreCase("identity")) {
      return;
    }
    byte[] inflated = new byte[Math.min(maxBytes, FIRST_BYTES)];
    int length = 0;
    long maxByRatio = Math.max(RATIO_FREE_BYTES, (long) maxRatio * request.bodyLength());
    try (InputStream in = open(request, encoding)) {
      while (true) {
        if (length == inflated.length) {
          // One byte of room more than allowed, so that going beyond shows.
          inflated = Arrays.copyOf(inflated, (int) Math.min(length * 2L, maxBytes + 1L));
        }
        int read = in.read(inflated, length, inflated.length - length);
        if (read < 0) {
          break;
        }
        length += read;
        if (length > maxBytes || length > maxByRatio) {
          throw RefusedBodyException.inflatesTooFar(maxBytes, maxRatio);
        }
      }
    } catch (IOException e) {
      throw RefusedBodyException.malformed(
          "The body is not what its Content-Encoding says.", List.of());
    }
    request.replaceBody(inflated, length);
  }

  private static InputStream open(PhoneRequest request, String encoding) throws IOException {
    InputStream compressed = new ByteArrayInputStream(request.body(), 0, request.bodyLength());
    if (!encoding.equalsIgnoreCase("deflate")) {
      return new GZIPInputStream(compressed, FIRST_BYTES);
    }
    boolean bare = request.bodyLength() == 0 || (request.body()[0] & 0xf) != ZLIB_DEFLATE;
    return new InflaterInputStream(compressed, new Inflater(bare)) {
      @Override
      public void close() throws IOException {
        super.close();
        inf.end();
      }
    };
  }
}
