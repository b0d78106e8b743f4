package io.hexbeat.ingest.door;

import static io.hexbeat.ingest.door.OpenMqtt.PINGS;
import static io.hexbeat.ingest.door.OpenMqtt.TOKEN;
import static io.hexbeat.ingest.door.OpenMqtt.TOPIC;
import static io.hexbeat.ingest.door.OpenMqtt.location;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.wire.RecordType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What MQTT 5 clients are told beyond what those of MQTT 3 can be. */
final class Mqtt5Test {
  private static final long WAIT_MS = 10_000;

  @TempDir Path dir;

  private static final class Phone implements AutoCloseable {
    final MqttAsyncClient client;
    final CompletableFuture<Integer> disconnected = new CompletableFuture<>();
    private final MqttConnectionOptions options = new MqttConnectionOptions();

    Phone(OpenMqtt door, String token) throws MqttException {
      client = new MqttAsyncClient(door.uri(), "", new MemoryPersistence());
      options.setUserName("member-21");
      options.setPassword(token.getBytes(StandardCharsets.UTF_8));
      options.setSessionExpiryInterval(3_600L);
      client.setCallback(
          new MqttCallback() {
            @Override
            public void disconnected(MqttDisconnectResponse response) {
              disconnected.complete(response.getReturnCode());
            }

            @Override
            public void mqttErrorOccurred(MqttException exception) {}

            @Override
            public void messageArrived(String topic, MqttMessage message) {}

            @Override
            public void deliveryComplete(IMqttToken token) {}

            @Override
            public void connectComplete(boolean reconnect, String serverUri) {}

            @Override
            public void authPacketArrived(int reasonCode, MqttProperties properties) {}
          });
    }

    IMqttToken connect() throws MqttException {
      IMqttToken token = client.connect(options);
      token.waitForCompletion(WAIT_MS);
      return token;
    }

    int publish(String topic, String payload) throws MqttException {
      IMqttToken token = client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, true);
      try {
        token.waitForCompletion(WAIT_MS);
      } catch (MqttException refused) {
        return refused.getReasonCode();
      }
      return token.getReasonCodes()[0];
    }

    @Override
    public void close() throws MqttException {
      if (client.isConnected()) {
        client.disconnectForcibly(0, 100, false);
      }
      client.close(true);
    }
  }

  @Test
  void shouldNameItsTerms() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = new Phone(door, TOKEN)) {
      IMqttToken connected = phone.connect();
      MqttProperties terms = connected.getResponseProperties();

      assertFalse(connected.getSessionPresent());
      assertEquals(0, terms.getSessionExpiryInterval());
      assertEquals(32, terms.getReceiveMaximum());
      assertEquals(64 << 10, terms.getMaximumPacketSize());
      assertFalse(terms.getAssignedClientIdentifier().isEmpty());
    }
  }

  @Test
  void shouldSayWhatIsWrongWithAMessageThatItTook() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = new Phone(door, TOKEN)) {
      phone.connect();

      assertEquals(
          MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED,
          phone.publish("owntracks/member-21/phone-8", location(1_700_000_000)));
      assertEquals(
          MqttReturnCode.RETURN_CODE_PAYLOAD_FORMAT_INVALID, phone.publish(PINGS, "[{\"lat\":"));
      assertEquals(
          MqttReturnCode.RETURN_CODE_SUCCESS, phone.publish(TOPIC, location(1_700_000_000)));
      assertEquals(
          List.of(RecordType.QUARANTINE, RecordType.QUARANTINE, RecordType.PING), door.journaled());
    }
  }

  @Test
  void shouldSayWhySubscriptionsAreDenied() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = new Phone(door, TOKEN)) {
      phone.connect();
      IMqttToken token =
          phone.client.subscribe(
              new String[] {TOPIC + "/cmd", "owntracks/member-22/phone-8/cmd"}, new int[] {1, 1});
      token.waitForCompletion(WAIT_MS);
      phone.client.unsubscribe(TOPIC + "/cmd").waitForCompletion(WAIT_MS);

      assertArrayEquals(
          new int[] {
            MqttReturnCode.RETURN_CODE_MAX_QOS_1, MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED
          },
          token.getReasonCodes());
    }
  }

  @Test
  void shouldSayWhyItClosesAConnection() throws Exception {
    try (OpenMqtt door = new OpenMqtt(dir);
        Phone phone = new Phone(door, TOKEN)) {
      phone.connect();
      door.registry.revoke(DeviceRegistry.hash(TOKEN));

      assertEquals(
          MqttReturnCode.RETURN_CODE_NOT_AUTHORIZED,
          phone.disconnected.get(WAIT_MS, TimeUnit.MILLISECONDS));
      MqttException refused = assertThrows(MqttException.class, phone::connect);
      assertEquals(MqttReturnCode.RETURN_CODE_BAD_USERNAME_OR_PASSWORD, refused.getReasonCode());
    }
  }
}
