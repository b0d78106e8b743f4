package io.hexbeat.ingest.door;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** One TCP connection, to see what an HTTP client library would hide. */
final class RawPhone implements AutoCloseable {
  record Answer(int status, String head, String body) {}

  private final Socket socket;
  private final InputStream in;

  RawPhone(int port) throws IOException {
    this(port, InetAddress.getLoopbackAddress());
  }

  RawPhone(int port, InetAddress from) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
    socket.setSoTimeout(20_000);
    in = socket.getInputStream();
  }

  RawPhone send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  RawPhone send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /**
   * Sends the bytes again and again until the server has taken none for a second, and returns how
   * many it took, at most the given number.
   */
  long sendUntilStuck(byte[] bytes, long maxBytes) throws InterruptedException {
    AtomicLong sent = new AtomicLong();
    Thread sender =
        new Thread(
            () -> {
              try {
                while (sent.get() < maxBytes) {
                  send(bytes);
                  sent.addAndGet(bytes.length);
                }
              } catch (IOException e) {
                // The phone was closed while it sent.
              }
            },
            "flood");
    sender.setDaemon(true);
    sender.start();
    long before;
    do {
      before = sent.get();
      sender.join(1_000);
    } while (sender.isAlive() && sent.get() > before);
    return sent.get();
  }

  /** Sends the lines of a head and the empty line after it. */
  RawPhone head(String... lines) throws IOException {
    return send(String.join("\r\n", lines) + "\r\n\r\n");
  }

  /** Pings whose body comes encoded. */
  RawPhone post(String target, String token, String encoding, byte[] body) throws IOException {
    head(
        "POST " + target + " HTTP/1.1",
        "Host: x",
        "Authorization: Bearer " + token,
        "Content-Encoding: " + encoding,
        "Content-Length: " + body.length);
    return send(body);
  }

  RawPhone post(String target, String contentType, String token, String body) throws IOException {
    return send(
        "POST "
            + target
            + " HTTP/1.1\r\nHost: x\r\nContent-Type: "
            + contentType
            + "\r\nAuthorization: Bearer "
            + token
            + "\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n"
            + body);
  }

  Answer answer() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + head);
      }
      head.append((char) next);
    }
    String text = head.toString();
    String lower = text.toLowerCase(Locale.ROOT);
    int at = lower.indexOf("content-length: ");
    int length =
        at < 0 ? 0 : Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)).strip());
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Answer(Integer.parseInt(text.substring(9, 12)), text, body);
  }

  /** Whether the server closes without another byte; waits for it. */
  boolean isClosedByServer() {
    try {
      return in.read() < 0;
    } catch (IOException e) {
      return !(e instanceof SocketTimeoutException);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
