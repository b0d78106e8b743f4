package io.hexbeat.ingest.door;

import static io.hexbeat.ingest.door.OpenMqtt.PINGS;
import static io.hexbeat.ingest.door.OpenMqtt.TOKEN;
import static io.hexbeat.ingest.door.OpenMqtt.TOPIC;
import static io.hexbeat.ingest.door.OpenMqtt.location;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.wire.RecordType;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The MQTT door with the client library that OwnTracks on Android uses. */
final class MqttPortTest {
  private static final String PING = "{\"fix_time\":%d,\"lat\":30.25,\"lng\":-97.75}";
  private static final long WAIT_MS = 10_000;

  @TempDir Path dir;

  /** A phone with MQTT 3.1.1. */
  private static final class Phone implements AutoCloseable {
    final MqttAsyncClient client;
    final CountDownLatch lost = new CountDownLatch(1);
    private final MqttConnectOptions options = new MqttConnectOptions();

    Phone(OpenMqtt door, String clientId, String token) throws MqttException {
      client = new MqttAsyncClient(door.uri(), clientId, new MemoryPersistence());
      options.setUserName("member-21");
      options.setPassword(token.toCharArray());
      options.setMaxInflight(1_000);
      options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
      client.setCallback(
          new MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {
              lost.countDown();
            }

            @Override
            public void messageArrived(String topic, MqttMessage message) {}

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) {}
          });
    }

    static Phone connected(OpenMqtt door) throws MqttException {
      Phone phone = new Phone(door, "phone-7", TOKEN);
      phone.connect();
      return phone;
    }

    IMqttToken connect() throws MqttException {
      IMqttToken token = client.connect(options);
      token.waitForCompletion(WAIT_MS);
      return token;
    }

    IMqttDeliveryToken send(String topic, String payload, int qos) throws MqttException {
      return client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), qos, false);
    }

    void publish(String topic, String payload, int qos) throws MqttException {
      send(topic, payload, qos).waitForCompletion(WAIT_MS);
    }

    boolean isLost() throws InterruptedException {
      return lost.await(WAIT_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws MqttException {
      if (client.isConnected()) {
        client.disconnectForcibly(0, 100, false);
      }
      client.close(true);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void shouldAcknowledgeWhatIsInTheJournal(int qos) throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = Phone.connected(door)) {
      phone.publish(TOPIC, location(1_700_000_000), qos);

      assertEquals(List.of(RecordType.PING), door.journaled());
      assertEquals(1, door.count(DoorOutcome.RECORDS));
      assertEquals(1, door.stats.connections());
    }
  }

  private OpenMqtt open(FairShare share) {
    return new OpenMqtt(
        ShardConfig.defaults(dir, 1),
        MqttConfig.of("127.0.0.1", 0, 1),
        OpenDoors.limits(10, Duration.ofSeconds(30), share),
        null);
  }

  @Test
  void shouldRestWhileTheDeviceHasNoCredit() throws Exception {
    try (OpenMqtt door = open(new FairShare(10, 10, 20, 1));
        Phone phone = Phone.connected(door)) {
      for (int i = 0; i < 3; i++) {
        phone.publish(TOPIC, OpenMqtt.location(1_700_000_000 + i), 1);
      }
      assertEquals(3, door.journaled().size());
      assertTrue(door.count(DoorOutcome.RATE_LIMITED) > 0);
    }
  }

  @Test
  void shouldKeepTheNewestOfADevicesConnections() throws Exception {
    try (OpenMqtt door = open(new FairShare(10, 1, 1_000, 1_000));
        Phone first = Phone.connected(door);
        Phone second = new Phone(door, "another-app", TOKEN)) {
      second.connect();
      assertTrue(first.isLost());
      second.publish(TOPIC, OpenMqtt.location(1_700_000_000), 1);
      assertEquals(1, door.doors.closed(DoorClosure.DEVICE_FULL));
    }
  }

  @Test
  void shouldBoundTheConnectionsOfAnAddressAndLetItInAgain() throws Exception {
    try (OpenMqtt door = open(new FairShare(1, 10, 1_000, 1_000));
        Phone first = Phone.connected(door);
        Phone second = new Phone(door, "second", TOKEN)) {
      assertThrows(MqttException.class, second::connect);
      assertEquals(1, door.doors.closed(DoorClosure.ADDRESS_FULL));
      first.client.disconnect().waitForCompletion(WAIT_MS);
      OpenMqtt.await(() -> door.stats.connections() == 0);
      second.connect();
    }
  }

  @Test
  void shouldBoundTheSocketsOfAnAddressThatHaveNotSaidWhoTheyAre() throws Exception {
    try (OpenMqtt door = open(new FairShare(2, 10, 1_000, 1_000));
        Socket first = new Socket(InetAddress.getLoopbackAddress(), door.port);
        Socket second = new Socket(InetAddress.getLoopbackAddress(), door.port)) {
      OpenMqtt.await(() -> door.stats.connections() == 2);
      try (Socket third = new Socket(InetAddress.getLoopbackAddress(), door.port)) {
        third.setSoTimeout((int) WAIT_MS);
        assertTrue(isClosed(third));
      }
      assertEquals(1, door.doors.closed(DoorClosure.ADDRESS_FULL));
      first.shutdownOutput();
      OpenMqtt.await(() -> door.stats.connections() == 1);
      Phone.connected(door).close();
      assertFalse(second.isClosed());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldCloseAClientWhoseConnectIsNotWholeInTime(boolean dripping) throws Exception {
    MqttConfig impatient =
        new MqttConfig(
            "127.0.0.1", 0, 1, 10, 4_096, 32, Duration.ofMillis(100), Duration.ofHours(1));
    try (OpenMqtt door = new OpenMqtt(ShardConfig.defaults(dir, 1), impatient);
        Phone prompt = Phone.connected(door);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port)) {
      // Each answer that does not come within a read's time lets another byte of the CONNECT go.
      socket.setSoTimeout(dripping ? 20 : (int) WAIT_MS);
      byte[] connect = HexFormat.of().parseHex("10ff0300044d5154540402003c01f3");
      for (int i = 0; dripping && i < 400 && !isClosed(socket); i++) {
        drip(socket, i < connect.length ? connect[i] : 'x');
      }
      socket.setSoTimeout((int) WAIT_MS);
      assertTrue(isClosed(socket));
      assertEquals(1, door.doors.closed(DoorClosure.HEAD_TIME));
      assertTrue(prompt.client.isConnected());
    }
  }

  private static void drip(Socket socket, int letter) {
    try {
      socket.getOutputStream().write(letter);
    } catch (IOException closed) {
      // The next read says so.
    }
  }

  @Test
  void shouldStoreAMessageWithoutAnAnswer() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = Phone.connected(door)) {
      phone.publish(TOPIC, location(1_700_000_000), 0);

      OpenMqtt.await(() -> door.count(DoorOutcome.RECORDS) == 1);
      assertEquals(List.of(RecordType.PING), door.journaled());
    }
  }

  @Test
  void shouldStoreABatchOfOurOwnJson() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = Phone.connected(door)) {
      String batch =
          "[" + PING.formatted(1_700_000_000_000L) + "," + PING.formatted(1_700_000_001_000L) + "]";
      phone.publish(PINGS, batch, 1);

      assertEquals(Collections.nCopies(2, RecordType.PING), door.journaled());
    }
  }

  @Test
  void shouldTakeTheMessagesOfOwnTracksThatHoldNoPosition() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = Phone.connected(door)) {
      phone.publish(TOPIC + "/event", "{\"_type\":\"transition\",\"event\":\"enter\"}", 1);
      phone.publish(TOPIC + "/waypoint", "{\"_type\":\"waypoint\"}", 1);
      phone.publish(TOPIC + "/status", "{\"_type\":\"status\"}", 1);
      phone.publish(TOPIC, "", 1);

      assertEquals(List.of(), door.journaled());
      assertEquals(4, door.count(DoorOutcome.ACCEPTED));
    }
  }

  @Test
  void shouldAcknowledgeAndQuarantineWhatAPhoneWouldSendForEver() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = Phone.connected(door)) {
      phone.publish(PINGS, "[{\"lat\":1", 1);
      phone.publish(TOPIC, "{\"_type\":\"location\",\"lat\":91,\"lon\":1,\"tst\":1700000000}", 1);
      phone.publish(TOPIC, location(1_700_000_000), 1);

      assertEquals(
          List.of(RecordType.QUARANTINE, RecordType.QUARANTINE, RecordType.PING), door.journaled());
      assertEquals(1, door.doors.quarantined(Door.MQTT, QuarantineReason.NOT_A_RECORD));
      assertEquals(1, door.doors.quarantined(Door.MQTT, QuarantineReason.POSITION));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "owntracks/member-21/phone-8",
        "owntracks/member-22/phone-7",
        "hexbeat/phone-8/pings",
        "hexbeat/phone-7/other",
        "owntracks/member-21/phone-7/a/b",
        "elsewhere"
      })
  void shouldKeepADeviceToItsOwnTopics(String topic) throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = Phone.connected(door)) {
      phone.publish(topic, location(1_700_000_000), 1);

      assertEquals(List.of(RecordType.QUARANTINE), door.journaled());
      assertEquals(1, door.doors.quarantined(Door.MQTT, QuarantineReason.TOPIC));
      assertEquals(1, door.stats.foreignTopics());
    }
  }

  @Test
  void shouldGrantASubscriptionToItsOwnCommandsOnly() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = Phone.connected(door)) {
      IMqttToken token =
          phone.client.subscribe(
              new String[] {TOPIC + "/cmd", "owntracks/+/+", "#", "hexbeat/phone-7/cmd"},
              new int[] {2, 1, 0, 0});
      token.waitForCompletion(WAIT_MS);
      phone.client.unsubscribe(TOPIC + "/cmd").waitForCompletion(WAIT_MS);

      assertArrayEquals(new int[] {1, 128, 128, 0}, token.getGrantedQos());
      assertEquals(2, door.stats.subscriptionsDenied());
    }
  }

  @Test
  void shouldRefuseWhoeverItDoesNotKnow() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = new Phone(door, "phone-7", "hb_nobody")) {
      MqttException refused = assertThrows(MqttException.class, phone::connect);

      assertEquals(MqttException.REASON_CODE_FAILED_AUTHENTICATION, refused.getReasonCode());
      assertEquals(1, door.count(DoorOutcome.UNAUTHORIZED));
    }
  }

  @Test
  void shouldCloseAConnectionWhoseTokenIsRevoked() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = Phone.connected(door)) {
      door.registry.revoke(DeviceRegistry.hash(TOKEN));

      assertTrue(phone.isLost());
      assertEquals(1, door.stats.revoked());
      assertThrows(MqttException.class, phone::connect);
    }
  }

  @Test
  void shouldKeepAConnectionWhoseTokenCameAfterTheRevokedOne() throws Exception {
    String renewed = "hb_renewed";
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = new Phone(door, "phone-7", renewed)) {
      door.registry.put(
          DeviceRegistry.hash(renewed),
          new DeviceIdentity(7, "phone-7", 21, "member-21", ZoneOffset.UTC));
      phone.connect();
      door.registry.revoke(DeviceRegistry.hash(TOKEN));
      phone.publish(TOPIC, location(1_700_000_000), 1);

      assertEquals(0, door.stats.revoked());
    }
  }

  @Test
  void shouldLetAClientThatConnectsAgainTakeItsOldPlace() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone left = Phone.connected(door);
        Phone other = new Phone(door, "another", TOKEN);
        Phone back = new Phone(door, "phone-7", TOKEN)) {
      other.connect();
      IMqttToken connected = back.connect();

      assertFalse(connected.getSessionPresent());
      assertTrue(left.isLost());
      assertEquals(1, door.stats.takenOver());
      OpenMqtt.await(() -> door.stats.connections() == 2);
      back.publish(TOPIC, location(1_700_000_000), 1);
      other.publish(TOPIC, location(1_700_000_001), 1);
    }
  }

  @Test
  void shouldRefuseMoreConnectionsThanItTakes() throws Exception {
    MqttConfig one =
        new MqttConfig(
            "127.0.0.1", 0, 1, 1, 4_096, 32, Duration.ofSeconds(10), Duration.ofHours(1));
    try (OpenMqtt door = new OpenMqtt(ShardConfig.defaults(dir, 1), one);
        Phone first = Phone.connected(door);
        Phone second = new Phone(door, "another", TOKEN)) {
      assertThrows(MqttException.class, second::connect);
      assertEquals(1, door.stats.connectionsRefused());
      assertEquals(1, door.doors.closed(DoorClosure.PORT_FULL));
      first.client.disconnect().waitForCompletion(WAIT_MS);
      OpenMqtt.await(() -> door.stats.connections() == 0);
    }
  }

  @Test
  void shouldCloseAClientThatSendsMoreThanAMessageMayHold() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = Phone.connected(door)) {
      phone.send(TOPIC, "x".repeat(70_000), 1);

      assertTrue(phone.isLost());
      assertEquals(1, door.count(DoorOutcome.TOO_LARGE));
    }
  }

  @Test
  void shouldCloseAConnectionThatIsSilentForTooLong() throws Exception {
    MqttConfig impatient =
        new MqttConfig(
            "127.0.0.1", 0, 1, 10, 4_096, 32, Duration.ofSeconds(10), Duration.ofMillis(50));
    try (OpenMqtt door = new OpenMqtt(ShardConfig.defaults(dir, 1), impatient);
        Phone phone = Phone.connected(door)) {
      assertTrue(phone.isLost());
      assertEquals(1, door.doors.closed(DoorClosure.IDLE));
    }
  }

  @Test
  void shouldReadNoFurtherWhileTheShardIsFullAndLoseNothing() throws Exception {
    ShardConfig usual = ShardConfig.defaults(dir, 1);
    ShardConfig small =
        new ShardConfig(
            dir,
            1,
            usual.sync(),
            8,
            usual.inboxBytes(),
            usual.defaultPresence(),
            usual.trust(),
            usual.punchIdsKept(),
            usual.maxPhones());
    try (OpenMqtt door = new OpenMqtt(small, MqttConfig.of("127.0.0.1", 0, 1));
        Phone phone = Phone.connected(door)) {
      CountDownLatch release = door.holdShardLoop();
      List<IMqttDeliveryToken> sent = new ArrayList<>();
      try {
        for (int i = 0; i < 300; i++) {
          sent.add(phone.send(TOPIC, location(1_700_000_000 + i), 1));
        }
        OpenMqtt.await(() -> door.count(DoorOutcome.REFUSED) == 1);
        assertTrue(door.count(DoorOutcome.REQUESTS) < 300);
        assertTrue(sent.stream().noneMatch(IMqttDeliveryToken::isComplete));
      } finally {
        release.countDown();
      }
      for (IMqttDeliveryToken token : sent) {
        token.waitForCompletion(WAIT_MS);
      }

      assertEquals(Collections.nCopies(300, RecordType.PING), door.journaled());
    }
  }

  @Test
  void shouldHaveNoMoreInFlightThanItsWindow() throws Exception {
    MqttConfig narrow =
        new MqttConfig(
            "127.0.0.1", 0, 1, 10, 4_096, 3, Duration.ofSeconds(10), Duration.ofHours(1));
    try (OpenMqtt door = new OpenMqtt(ShardConfig.defaults(dir, 1), narrow);
        Phone phone = Phone.connected(door)) {
      CountDownLatch release = door.holdShardLoop();
      List<IMqttDeliveryToken> sent = new ArrayList<>();
      try {
        for (int i = 0; i < 50; i++) {
          sent.add(phone.send(TOPIC, location(1_700_000_000 + i), 1));
        }
        OpenMqtt.await(() -> door.stats.paused() == 1);
        assertEquals(3, door.count(DoorOutcome.REQUESTS));
        assertEquals(3, door.router.stats(0).inboxDepth());
      } finally {
        release.countDown();
      }
      for (IMqttDeliveryToken token : sent) {
        token.waitForCompletion(WAIT_MS);
      }
    }
  }

  @Test
  void shouldAcknowledgeWhatIsInFlightBeforeItCloses() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = Phone.connected(door)) {
      CountDownLatch release = door.holdShardLoop();
      IMqttDeliveryToken sent;
      Future<Void> stopped;
      try {
        sent = phone.send(TOPIC, location(1_700_000_000), 1);
        OpenMqtt.await(() -> door.router.stats(0).inboxDepth() == 1);
        stopped = door.stopDoor();
      } finally {
        release.countDown();
      }
      sent.waitForCompletion(WAIT_MS);
      OpenDoors.await(stopped);

      assertTrue(phone.isLost());
      assertEquals(List.of(RecordType.PING), door.journaled());
    }
  }

  @Test
  void shouldShareOnePortAmongItsLoops() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir)) {
      DoorSupplies supplies =
          new DoorSupplies(
              DoorConfig.of("127.0.0.1", 0, 1),
              door.registry,
              door.router,
              id -> Sites.UNKNOWN,
              door.doors);
      MqttPort port =
          OpenDoors.await(
              MqttPort.open(
                  door.vertx,
                  new MqttSupplies(MqttConfig.of("127.0.0.1", freePort(), 2), supplies, door.stats),
                  null));
      String uri = "tcp://127.0.0.1:" + port.port();
      for (int i = 0; i < 4; i++) {
        MqttAsyncClient client = new MqttAsyncClient(uri, "c" + i, new MemoryPersistence());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setUserName("x");
        options.setPassword(TOKEN.toCharArray());
        client.connect(options).waitForCompletion(WAIT_MS);
        String topic = "owntracks/x/phone-7";
        byte[] payload = location(1_700_000_000 + i).getBytes(StandardCharsets.UTF_8);
        client.publish(topic, payload, 1, true).waitForCompletion(WAIT_MS);
        client.disconnect().waitForCompletion(WAIT_MS);
        client.close();
      }
      OpenDoors.await(port.close());

      assertEquals(Collections.nCopies(4, RecordType.PING), door.journaled());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "474554202f20485454502f312e310d0a0d0a", // HTTP
        "3006000161000178", // PUBLISH before CONNECT
        "10ffffff7f00044d5154540402003c", // a CONNECT of 256 MiB
        "100c00044d5154540902003c0000" // version 9
      })
  void shouldCloseWhoeverDoesNotSpeakMqtt(String hex) throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port)) {
      socket.setSoTimeout((int) WAIT_MS);
      socket.getOutputStream().write(HexFormat.of().parseHex(hex));

      assertTrue(isClosed(socket));
      try (Phone phone = Phone.connected(door)) {
        phone.publish(TOPIC, location(1_700_000_000), 1);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static boolean isClosed(Socket socket) {
    try {
      socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }
}
