package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A body comes out as it went in, or is refused; never larger than the limits. The first byte of
 * the input tells the encoding, whether the rest is compressed already, how often it is repeated,
 * and whether the compressed bytes are cut.
 */
final class InflationLaw {
  private static final int MAX_BYTES = 96 << 10;
  private static final int MAX_RATIO = 100;
  private static final int RATIO_FREE_BYTES = 64 << 10;

  private InflationLaw() {}

  static void check(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    int how = input[0];
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    if ((how & 4) != 0) {
      inflated(rest, encoding(how));
      return;
    }
    byte[] body = repeated(rest, (how & 8) == 0 ? 1 : 300);
    byte[] sent = compressed(body, how);
    byte[] found = inflated(sent, encoding(how));
    boolean fits =
        body.length <= MAX_BYTES
            && body.length <= Math.max(RATIO_FREE_BYTES, (long) MAX_RATIO * sent.length);
    assertEquals(fits, found != null);
    if (found != null) {
      assertArrayEquals(body, found);
    }
    byte[] cut = Arrays.copyOf(sent, sent.length - 1 - (how & 0xFF) % sent.length);
    byte[] ofCut = inflated(cut, encoding(how));
    assertTrue(ofCut == null || ofCut.length <= body.length);
  }

  private static String encoding(int how) {
    return (how & 1) == 0 ? "gzip" : "deflate";
  }

  private static byte[] repeated(byte[] part, int times) {
    byte[] body = new byte[part.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(part, 0, body, i * part.length, part.length);
    }
    return body;
  }

  private static byte[] compressed(byte[] body, int how) throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    Deflater bare = new Deflater(Deflater.DEFAULT_COMPRESSION, (how & 2) != 0);
    try (OutputStream out =
        (how & 1) == 0 ? new GZIPOutputStream(sent) : new DeflaterOutputStream(sent, bare)) {
      out.write(body);
    } finally {
      bare.end();
    }
    return sent.toByteArray();
  }

  /** Null if it was refused. */
  private static byte[] inflated(byte[] sent, String encoding) {
    PhoneRequest request = new PhoneRequest();
    System.arraycopy(sent, 0, request.reserve(sent.length), 0, sent.length);
    request.received(sent.length);
    try {
      Inflation.inflate(request, encoding, MAX_BYTES, MAX_RATIO);
    } catch (RefusedBodyException e) {
      return null;
    }
    assertTrue(request.bodyLength() <= MAX_BYTES && request.body().length <= MAX_BYTES + 1);
    return Arrays.copyOf(request.body(), request.bodyLength());
  }
}
