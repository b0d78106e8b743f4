package io.hexbeat.load.phone;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.util.function.LongFunction;

/**
 * A phone at an HTTP door: the request is a template, of the answer only the status and where it
 * ends are read. One loop at a time; allocates at construction only. An answer without a length is
 * broken: no server of ours sends one.
 */
public final class HttpWire extends PhoneWire {
  private static final int STATUS_AT = 9;
  private static final int MAX_HEAD_BYTES = 8 << 10;
  private static final byte[] LENGTH = {
    'c', 'o', 'n', 't', 'e', 'n', 't', '-', 'l', 'e', 'n', 'g', 't', 'h', ':'
  };

  private final LongFunction<byte[]> text;
  private final int messageBytes;
  private boolean inBody;
  private int bodyToSkip;
  private Answers.Answer pending = Answers.Answer.FAILED;

  private HttpWire(LongFunction<byte[]> text) {
    this.text = text;
    this.messageBytes = text.apply(0).length;
  }

  /** {@code POST /v1/pings}. */
  public static HttpWire pings(String authority, String token, Route route, int batch) {
    String head =
        head(authority, "/v1/pings", "application/json", PingText.jsonBody(batch).length(), token);
    return new HttpWire(PingText.json(head, route, batch)::at);
  }

  /** Traccar Client's form. */
  public static HttpWire osmand(String authority, String token, Route route) {
    String body = PingText.formBody(token);
    String head = head(authority, "/", "application/x-www-form-urlencoded", body.length(), "");
    return new HttpWire(PingText.form(head, body, route)::at);
  }

  /**
   * {@code POST /v1/punches}, at the time at which they are sent.
   *
   * @param idPrefix what the punches of this phone begin with, never used before
   */
  public static HttpWire punches(String authority, String token, Route route, String idPrefix) {
    String body = PunchText.body(idPrefix);
    String head = head(authority, "/v1/punches", "application/json", body.length(), token);
    return new HttpWire(new PunchText(head, body, route)::at);
  }

  private static String head(
      String authority, String path, String type, int bodyBytes, String token) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: "
        + authority
        + "\r\nContent-Type: "
        + type
        + (token.isEmpty() ? "" : "\r\nAuthorization: Bearer " + token)
        + "\r\nContent-Length: "
        + bodyBytes
        + "\r\n\r\n";
  }

  @Override
  public void open(ByteBuf out) {
    inBody = false;
    bodyToSkip = 0;
  }

  @Override
  public boolean speaksFirst() {
    return true;
  }

  @Override
  public void message(ByteBuf out, long firstPing) {
    out.writeBytes(text.apply(firstPing));
  }

  @Override
  public int messageBytes() {
    return messageBytes;
  }

  @Override
  public void read(ByteBuf in, Answers to) {
    while (in.isReadable()) {
      if (!inBody && !readHead(in, to)) {
        return;
      }
      int skipped = Math.min(bodyToSkip, in.readableBytes());
      in.skipBytes(skipped);
      bodyToSkip -= skipped;
      inBody = bodyToSkip > 0;
      if (!inBody) {
        to.answered(1, pending);
      }
    }
  }

  /** Reads the head of an answer; false if it is not all there, or nothing that can be read. */
  private boolean readHead(ByteBuf in, Answers to) {
    int from = in.readerIndex();
    int end = in.writerIndex();
    int contentLength = 0;
    int line = from;
    int lineEnd = in.forEachByte(line, end - line, ByteProcessor.FIND_LF);
    while (lineEnd - line > 1) {
      if (lineEnd - line > LENGTH.length && isLength(in, line)) {
        contentLength = number(in, line + LENGTH.length, lineEnd);
      }
      line = lineEnd + 1;
      lineEnd = in.forEachByte(line, end - line, ByteProcessor.FIND_LF);
    }
    if (lineEnd < 0) {
      if (end - from > MAX_HEAD_BYTES) {
        to.broken("an answer whose head has no end");
      }
      return false;
    }
    int status = number(in, from + STATUS_AT, from + STATUS_AT + 3);
    pending =
        status / 100 == 2
            ? Answers.Answer.TAKEN
            : status == 503 || status == 429 ? Answers.Answer.REFUSED : Answers.Answer.FAILED;
    in.readerIndex(lineEnd + 1);
    bodyToSkip = contentLength;
    return true;
  }

  private static boolean isLength(ByteBuf in, int at) {
    // letters differ from their capitals by one bit; the dash and the colon have it set
    for (int i = 0; i < LENGTH.length; i++) {
      if ((in.getByte(at + i) | 0x20) != LENGTH[i]) {
        return false;
      }
    }
    return true;
  }

  private static int number(ByteBuf in, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = in.getByte(i) - '0';
      if (digit >= 0 && digit <= 9) {
        number = number * 10 + digit;
      }
    }
    return number;
  }
}
