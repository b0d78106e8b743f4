package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Every message is acknowledged, at most one record of it is put aside unless it was a batch, and
 * nobody speaks on a topic that is not its own.
 */
final class MqttLaw implements Law {
  private static final String USER = "user";

  private final MqttFormats formats = new MqttFormats(BatchLaw.CONFIG);
  private final Batch batch = BatchLaw.open(Door.MQTT);
  private final BatchLaw batchLaw = new BatchLaw();

  @Override
  public void check(byte[] input) {
    int line = 0;
    while (line < input.length && input[line] != '\n') {
      line++;
    }
    String name = new String(input, 0, line, StandardCharsets.UTF_8);
    byte[] payload = Arrays.copyOfRange(input, Math.min(line + 1, input.length), input.length);
    MqttTopic topic = MqttTopic.of(name, BatchLaw.WHO, USER);
    assertEquals(isOwn(name), topic != MqttTopic.FOREIGN, name);
    BatchLaw.reopen(batch, Door.MQTT);
    MqttPubAckReasonCode code = formats.read(topic, name, Buffer.buffer(payload), batch);
    assertNotEquals(MqttPubAckReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, code);
    if (topic == MqttTopic.FOREIGN) {
      assertEquals(1, batch.quarantined());
    }
    if (topic != MqttTopic.PINGS) {
      assertTrue(batch.size() <= 1);
    }
    batchLaw.check(batch, null);
  }

  private static boolean isOwn(String topic) {
    String device = BatchLaw.WHO.deviceId();
    if (topic.equals("hexbeat/" + device + "/pings")
        || topic.equals("hexbeat/" + device + "/cmd")) {
      return true;
    }
    for (String user : new String[] {USER, BatchLaw.WHO.memberId()}) {
      String own = "owntracks/" + user + "/" + device;
      boolean below = topic.startsWith(own + "/") && topic.indexOf('/', own.length() + 1) < 0;
      if (topic.equals(own) || below) {
        return true;
      }
    }
    return false;
  }
}
