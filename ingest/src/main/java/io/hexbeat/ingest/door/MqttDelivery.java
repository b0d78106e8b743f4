package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.shard.Submission;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One PUBLISH on its way into the journal and back. Belongs to its loop, which lends it to a
 * connection and reuses it, so that idle connections hold none. Its buffers grow with what it
 * carries and are given back with it.
 */
final class MqttDelivery {
  /** What is kept from message to message: a few pings. */
  private static final int KEEP_BYTES = 8 << 10;

  private final Batch batch;
  private final Submission.Completion completion = this::completed;
  private @Nullable MqttConnection connection;
  private int packetId;
  private MqttQoS qos = MqttQoS.AT_MOST_ONCE;
  private MqttPubAckReasonCode reasonCode = MqttPubAckReasonCode.SUCCESS;
  private boolean settled;
  private boolean journaled;

  /** The one that came after it on its connection. */
  @Nullable MqttDelivery next;

  MqttDelivery(DoorSupplies supplies) {
    batch = new Batch(supplies.config(), supplies.stats());
  }

  void begin(MqttConnection connection, DeviceIdentity who, MqttPublishMessage message) {
    this.connection = connection;
    packetId = message.messageId();
    qos = message.qosLevel();
    settled = false;
    journaled = false;
    next = null;
    batch.open(who, Door.MQTT, System.currentTimeMillis(), completion);
    batch.inOrder(connection.order());
  }

  Batch batch() {
    return batch;
  }

  int packetId() {
    return packetId;
  }

  MqttQoS qos() {
    return qos;
  }

  /** What an MQTT 5 client is told with the acknowledgement. */
  MqttPubAckReasonCode reasonCode() {
    return reasonCode;
  }

  void reasonCode(MqttPubAckReasonCode reasonCode) {
    this.reasonCode = reasonCode;
  }

  /** Nothing more will happen to it. */
  boolean settled() {
    return settled;
  }

  boolean journaled() {
    return journaled;
  }

  void settle(boolean journaled) {
    settled = true;
    this.journaled = journaled;
  }

  void clear() {
    connection = null;
    next = null;
    batch.clear(KEEP_BYTES);
  }

  private void completed(Submission submission) {
    settle(submission.outcome() == Submission.Outcome.JOURNALED);
    Objects.requireNonNull(connection).settled();
  }
}
