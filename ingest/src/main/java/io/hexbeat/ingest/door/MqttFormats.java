package io.hexbeat.ingest.door;

import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what MQTT messages hold, by their topic. One per loop; keeps its buffer between messages.
 * Never fails: MQTT 3 has no answer but success, and a client sends a message again until it gets
 * it, so that what can't be used goes to quarantine with its bytes. MQTT 5 clients are told by the
 * code that comes back.
 */
final class MqttFormats {
  private static final Logger log = LoggerFactory.getLogger(MqttFormats.class);

  /** What is kept for the next message. */
  private static final int KEEP_BYTES = 64 << 10;

  /** Of a foreign topic's name in the reason. */
  private static final int MAX_TOPIC_CHARS = 200;

  private final NativeFormat pings;
  private final OwnTracksMessage ownTracks;
  private final PhoneRequest body = new PhoneRequest();

  MqttFormats(DoorConfig config) {
    pings = new NativeFormat(config);
    ownTracks = new OwnTracksMessage(config);
  }

  /** Puts what the message holds into the batch, which is open and empty. */
  MqttPubAckReasonCode read(MqttTopic topic, String topicName, Buffer payload, Batch batch) {
    int length = payload.length();
    body.clear(KEEP_BYTES);
    payload.getBytes(body.reserve(length));
    body.received(length);
    try {
      return switch (topic) {
        case OWNTRACKS, COMMANDS -> readOwnTracks(batch);
        case PINGS -> readPings(batch);
        case FOREIGN -> {
          String name = topicName.substring(0, Math.min(topicName.length(), MAX_TOPIC_CHARS));
          quarantine(batch, QuarantineReason.TOPIC, name + " is not a topic of this device");
          yield MqttPubAckReasonCode.NOT_AUTHORIZED;
        }
      };
    } catch (RuntimeException e) {
      log.error(
          "door={} device={} could not read a message",
          Door.MQTT.label(),
          batch.who().deviceId(),
          e);
      reopen(batch);
      quarantine(batch, QuarantineReason.NOT_A_RECORD, "could not be read");
      return MqttPubAckReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;
    }
  }

  /** An app that forgets a friend sends nothing at all, to clear a retained message. */
  private MqttPubAckReasonCode readOwnTracks(Batch batch) {
    if (body.bodyLength() == 0) {
      batch.ignored();
    } else {
      ownTracks.read(body.body(), 0, body.bodyLength(), batch);
    }
    return batch.quarantined() > 0
        ? MqttPubAckReasonCode.PAYLOAD_FORMAT_INVALID
        : MqttPubAckReasonCode.SUCCESS;
  }

  private MqttPubAckReasonCode readPings(Batch batch) {
    try {
      pings.read(body, batch);
      return MqttPubAckReasonCode.SUCCESS;
    } catch (RefusedBodyException e) {
      reopen(batch);
      String problem = Objects.requireNonNull(e.getMessage());
      quarantine(batch, QuarantineReason.NOT_A_RECORD, problem);
      return MqttPubAckReasonCode.PAYLOAD_FORMAT_INVALID;
    }
  }

  private void quarantine(Batch batch, QuarantineReason reason, String problem) {
    batch.quarantine(reason, "", problem, body.body(), 0, body.bodyLength());
  }

  /** Forgets the records of a message that turned out to be unusable as a whole. */
  private static void reopen(Batch batch) {
    batch.open(batch.who(), Door.MQTT, batch.receivedTimeMs(), batch.submission().completion());
  }
}
