package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.door.StreamEnd;
import io.hexbeat.ingest.wire.GatewayFrames;
import io.hexbeat.ingest.wire.PingRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway and a phone at the binary doors of a whole server, up to what managers see. */
final class BinaryDoorsTest {
  @TempDir Path dir;

  @Test
  void shouldTakeAGatewaysAndAPhonesRecordsUpToThePositions() throws Exception {
    try (TestServer server = TestServer.start(dir)) {
      ApiClient admin = server.admin();
      admin.enrol("north", "ann", "van-1");
      String phone = admin.enrol("north", "bob", "phone-2");
      String gateway =
          admin
              .expect(
                  201,
                  "POST",
                  "/v1/gateways",
                  new JsonObject()
                      .put("id", "depot")
                      .put("device_prefixes", new JsonArray().add("van-")))
              .getString("token");
      URI tcp = server.tcp();
      assertEquals("tcp", tcp.getScheme());

      try (Socket socket = new Socket(tcp.getHost(), tcp.getPort())) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        send(socket, out -> GatewayFrames.hello(out, 0, gateway));
        assertEquals(GatewayFrames.WELCOME, next(in).type());
        send(socket, out -> GatewayFrames.device(out, 1, "van-1"));
        assertEquals(GatewayFrames.DEVICE_OK, next(in).code());
        byte[] ping = ping(1, 302_700_000);
        send(socket, out -> GatewayFrames.records(out, 0, 1, ping, ping.length));
        Frame ack = next(in);
        assertEquals(GatewayFrames.ACK, ack.type());
        assertEquals(1, ack.body().getLongLE(8));
        sendOverWebSocket(server.device(), phone, ping(0, 302_800_000));

        JsonArray positions = admin.get("/v1/positions").getJsonArray("positions");
        assertEquals(30.27, positions.getJsonObject(0).getDouble("lat"));
        assertEquals(30.28, positions.getJsonObject(1).getDouble("lat"));
        String metrics = ApiClient.bearer(server.api(), "").send("GET", "/metrics", null).body();
        assertTrue(metrics.contains("hexbeat_stream_connections{door=\"tcp\"} 1.0"), metrics);

        admin.expect(204, "DELETE", "/v1/gateways/depot", null);
        Frame end = next(in);
        assertEquals(GatewayFrames.END, end.type());
        assertEquals(StreamEnd.REVOKED.code(), end.code());
      }
    }
  }

  private static void sendOverWebSocket(URI device, String token, byte[] record) throws Exception {
    CompletableFuture<ByteBuffer> ack = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            ack.complete(data.order(ByteOrder.LITTLE_ENDIAN));
            return CompletableFuture.completedStage(null);
          }
        };
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .header("Authorization", "Bearer " + token)
            .buildAsync(
                URI.create("ws://" + device.getHost() + ":" + device.getPort() + "/v1/stream"),
                listener)
            .get(20, TimeUnit.SECONDS);
    socket.sendBinary(ByteBuffer.wrap(record), true).get(20, TimeUnit.SECONDS);
    assertEquals(1, ack.get(20, TimeUnit.SECONDS).getInt(0));
    socket.abort();
  }

  private record Frame(int type, int code, ByteBuf body) {}

  private static byte[] ping(int number, int latE7) {
    byte[] bytes = new byte[PingRecord.HEADER_BYTES];
    new PingRecord()
        .wrapNew(bytes, 0, number, 0, 0)
        .fixTimeMs(System.currentTimeMillis())
        .position(latE7, -977_400_000)
        .accuracyCm(500);
    return bytes;
  }

  private static void send(Socket socket, Consumer<ByteBuf> frame) throws IOException {
    ByteBuf out = Unpooled.buffer();
    frame.accept(out);
    socket.getOutputStream().write(out.array(), 0, out.readableBytes());
  }

  private static Frame next(DataInputStream in) throws IOException {
    byte[] head = in.readNBytes(GatewayFrames.HEADER_BYTES);
    ByteBuf header = Unpooled.wrappedBuffer(head);
    byte[] body = in.readNBytes(header.getIntLE(0) - GatewayFrames.HEADER_BYTES);
    return new Frame(header.getByte(4), header.getUnsignedShortLE(6), Unpooled.wrappedBuffer(body));
  }
}
