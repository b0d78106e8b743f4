package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.shard.ShardConfig;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsFilesTest {
  private static final Vertx VERTX = Vertx.vertx();

  @TempDir static Path made;
  private static PemPair first;
  private static PemPair second;
  private static PemPair expired;

  @TempDir Path dir;
  private Path chainFile;
  private Path keyFile;

  @BeforeAll
  static void make() throws Exception {
    first = PemPair.make(made, "first", "RSA", 0, 30);
    second = PemPair.make(made, "second", "EC", 0, 60);
    expired = PemPair.make(made, "expired", "EC", -30, 10);
  }

  @AfterAll
  static void close() {
    OpenDoors.await(VERTX.close());
  }

  @BeforeEach
  void writeFirst() throws IOException {
    chainFile = dir.resolve("chain.pem");
    keyFile = dir.resolve("key.pem");
    first.write(chainFile, keyFile);
  }

  @Test
  void shouldServeTheDevicePortAndTakeANewCertificateForTheNextHandshake() throws Exception {
    try (TlsFiles files = open();
        OpenDoors doors =
            new OpenDoors(
                ShardConfig.defaults(dir.resolve("journal"), 2),
                DoorConfig.of("127.0.0.1", 0, 2),
                files);
        SSLSocket before = handshake(doors.port.port())) {
      assertEquals("CN=first", servedBy(before));

      second.write(chainFile, keyFile);
      assertTrue(files.reload());

      for (int loop = 0; loop < 4; loop++) {
        try (SSLSocket after = handshake(doors.port.port())) {
          assertEquals("CN=second", servedBy(after));
          assertEquals("HTTP/1.1 200 OK", statusLine(after));
        }
      }
      assertEquals("HTTP/1.1 200 OK", statusLine(before));
      assertEquals(1, files.reloads());
    }
  }

  @Test
  void shouldProtectTheTcpDoor() throws Exception {
    try (TlsFiles files = open();
        OpenGateway open = OpenGateway.secured(dir.resolve("journal"), files);
        SSLSocket socket = handshake(open.door.port());
        RawGateway gateway = new RawGateway(socket).hello(0, OpenGateway.VAN)) {
      gateway.welcome();
      gateway.records(0, RawGateway.ping(0, RawGateway.T0));
      assertEquals(1, gateway.ackThrough(1).journaled());
      assertEquals("CN=first", servedBy(socket));
    }
  }

  @Test
  void shouldProtectTheMqttDoor() throws Exception {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName("member-21");
    options.setPassword(OpenMqtt.TOKEN.toCharArray());
    options.setSocketFactory(anybodyIsTrusted().getSocketFactory());
    options.setHttpsHostnameVerificationEnabled(false);
    try (TlsFiles files = open();
        OpenMqtt door =
            new OpenMqtt(
                ShardConfig.defaults(dir.resolve("journal"), 1),
                MqttConfig.of("127.0.0.1", 0, 1),
                DoorConfig.of("127.0.0.1", 0, 1),
                files)) {
      String uri = "ssl://127.0.0.1:" + door.port;
      try (MqttClient phone = new MqttClient(uri, "phone-7", new MemoryPersistence())) {
        phone.connect(options);
        byte[] location = OpenMqtt.location(1_700_000_000).getBytes(StandardCharsets.UTF_8);
        phone.publish(OpenMqtt.TOPIC, location, 1, false);
        assertEquals(1, door.journaled().size());
        phone.disconnect();
      }
    }
  }

  @Test
  void shouldNotSpeakPlainTextWhereThereIsTls() throws Exception {
    try (TlsFiles files = open();
        OpenDoors doors =
            new OpenDoors(
                ShardConfig.defaults(dir.resolve("journal"), 1),
                DoorConfig.of("127.0.0.1", 0, 1),
                files);
        RawPhone phone = doors.phone()) {
      phone.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThrows(IOException.class, phone::answer);
    }
  }

  @Test
  void shouldKeepTheOldPairWhenTheNewOneIsUnusable() throws Exception {
    try (TlsFiles files = open()) {
      long expiresMs = files.expiresMs();
      Files.writeString(chainFile, second.chain());
      assertFalse(files.reload(), "the key is of another pair");
      assertFalse(files.reload(), "looked at already");
      assertEquals(1, files.refusals());
      expired.write(chainFile, keyFile);
      assertFalse(files.reload(), "expired");
      Files.writeString(chainFile, "not PEM");
      assertFalse(files.reload());
      Files.delete(keyFile);
      assertFalse(files.reload());
      assertFalse(files.reload());
      assertEquals(4, files.refusals());
      assertEquals(expiresMs, files.expiresMs());

      second.write(chainFile, keyFile);
      assertTrue(files.reload());
      assertTrue(files.expiresMs() > expiresMs);
    }
  }

  @Test
  void shouldNoticeAChangeByItself() throws Exception {
    try (TlsFiles files = open().watch(Duration.ofMillis(20))) {
      second.write(chainFile, keyFile);
      long deadlineNs = System.nanoTime() + 20_000_000_000L;
      while (files.reloads() == 0) {
        assertTrue(System.nanoTime() < deadlineNs, "waited too long");
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void shouldRefuseToBeginWithFilesThatAreNoPair() throws Exception {
    second.write(chainFile, keyFile);
    Files.writeString(keyFile, expired.key());
    GeneralSecurityException noPair = assertThrows(GeneralSecurityException.class, this::open);
    assertEquals("the private key does not fit the certificate", noPair.getMessage());
    Files.writeString(keyFile, "nothing");
    assertThrows(GeneralSecurityException.class, this::open);
    Files.delete(keyFile);
    assertThrows(IOException.class, this::open);
  }

  @Test
  void shouldServeOtherServersOfVertxAndPipelinesOfNetty() throws Exception {
    try (TlsFiles files = open()) {
      NetServerOptions options = new NetServerOptions().setHost("127.0.0.1").setPort(0);
      files.protect(options);
      NetServer server =
          OpenDoors.await(VERTX.createNetServer(options).connectHandler(s -> s.end()).listen());
      try (SSLSocket socket = handshake(server.actualPort())) {
        assertEquals("CN=first", servedBy(socket));
      }
      OpenDoors.await(server.close());
      assertTrue(files.nettyContext().newEngine(UnpooledByteBufAllocator.DEFAULT) != null);
      assertTrue(files.nettyContext().isServer());
    }
  }

  private TlsFiles open() throws IOException, GeneralSecurityException {
    return TlsFiles.open(VERTX, chainFile, keyFile);
  }

  private static String servedBy(SSLSocket socket) throws IOException {
    X509Certificate served = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return served.getSubjectX500Principal().getName();
  }

  private static String statusLine(Socket socket) throws IOException {
    String request = "GET /?id=" + OpenDoors.TOKEN + " HTTP/1.1\r\nHost: x\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder line = new StringBuilder();
    for (int next; (next = socket.getInputStream().read()) != '\r'; ) {
      line.append((char) next);
    }
    byte[] rest = new byte[64];
    int unread = socket.getInputStream().read(rest);
    assertTrue(unread > 0);
    return line.toString();
  }

  /** Trusts anybody: what matters is which certificate is shown. */
  private static SSLContext anybodyIsTrusted() throws GeneralSecurityException {
    X509TrustManager anybody =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {anybody}, null);
    return context;
  }

  private static SSLSocket handshake(int port) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            anybodyIsTrusted()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    return socket;
  }
}
