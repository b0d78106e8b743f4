package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.shard.ConnectionOrder;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttTopicSubscription;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.MqttSubscribeMessage;
import io.vertx.mqtt.messages.MqttUnsubscribeMessage;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import io.vertx.mqtt.messages.codes.MqttSubAckReasonCode;
import io.vertx.mqtt.messages.codes.MqttUnsubAckReasonCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One device's MQTT connection: hands each message to its shard and acknowledges it, in the order
 * in which they came, once it is in the journal. Lives on the loop that accepted it. Reads nothing
 * while its window or its shard is full or its client takes no answers; an idle one holds a few
 * hundred bytes. A message that could not be journaled is not acknowledged: the connection ends and
 * the client sends it again over the next.
 *
 * <p>QoS 2 gets its whole handshake, without state: a message that is sent twice is told apart by
 * its content, as at every door. Retain flags and last wills are accepted and ignored, and no
 * session outlives its connection, since a device's only subscription is to its own commands.
 */
final class MqttConnection {
  /** Until a message that found its shard full is offered again. */
  private static final long RETRY_MS = 10;

  /** How long it is offered before the client is sent away. */
  private static final long MAX_WAIT_NS = 10_000_000_000L;

  private final MqttVerticle door;
  private final MqttEndpoint endpoint;
  private final NetSocket socket;
  private final DeviceIdentity who;
  private final String clientId;
  private final String tokenHash;
  private final String userName;
  private final ConnectionOrder order = new ConnectionOrder();
  private long heardNs = System.nanoTime();
  private final DeviceShare share;
  private final Runnable closeForAnother = this::closeForAnother;
  private boolean paused;
  private boolean resting;
  private int inFlight;
  private @Nullable MqttDelivery oldest;
  private @Nullable MqttDelivery newest;
  private @Nullable MqttDelivery waiting;
  private long waitingSinceNs;

  MqttConnection(
      MqttVerticle door,
      MqttEndpoint endpoint,
      DeviceIdentity who,
      String tokenHash,
      String userName) {
    this.door = door;
    this.endpoint = endpoint;
    this.clientId =
        endpoint.clientIdentifier() == null
            ? UUID.randomUUID().toString()
            : endpoint.clientIdentifier();
    this.socket = MqttSocket.of(endpoint);
    this.who = who;
    this.tokenHash = tokenHash;
    this.share = door.supplies().doors().guard().of(who.deviceHandle());
    this.userName = userName;
  }

  /** Answers the CONNECT and takes what follows. */
  void accept() {
    endpoint
        .publishHandler(this::published)
        .publishReleaseHandler(endpoint::publishComplete)
        .subscribeHandler(this::subscribed)
        .unsubscribeHandler(this::unsubscribed)
        .pingHandler(ping -> heard())
        .exceptionHandler(this::failed)
        .closeHandler(end -> closed());
    socket.drainHandler(drained -> regulate());
    endpoint.accept(false, isMqtt5() ? terms() : MqttProperties.NO_PROPERTIES);
    if (share.opened(closeForAnother)) {
      door.supplies().doors().stats().add(DoorClosure.DEVICE_FULL);
    }
    restIfOverdrawn();
  }

  ConnectionOrder order() {
    return order;
  }

  DeviceIdentity who() {
    return who;
  }

  String clientId() {
    return clientId;
  }

  /** Whether the token that it was opened with is refused by now. */
  boolean isRevoked() {
    return door.supplies().doors().registry().byTokenHash(tokenHash) == null;
  }

  boolean isSilentFor(long idleNs, long nowNs) {
    return !resting && nowNs - heardNs > idleNs;
  }

  /** Another connection of its client has taken its place; any thread. */
  void takenOver() {
    door.run(
        () -> {
          if (endpoint.isConnected()) {
            door.supplies().stats().takenOver.increment();
            end(MqttDisconnectReasonCode.SESSION_TAKEN_OVER);
          }
        });
  }

  /** Closes it; MQTT 5 clients are told why. */
  void end(MqttDisconnectReasonCode reason) {
    if (endpoint.isConnected()) {
      endpoint.disconnect(reason, MqttProperties.NO_PROPERTIES);
    }
  }

  /** Reads on or stops reading, as there is room. */
  void regulate() {
    boolean full =
        waiting != null
            || resting
            || inFlight >= door.supplies().config().maxInFlight()
            || socket.writeQueueFull()
            || door.stopping();
    if (full == paused || !endpoint.isConnected()) {
      return;
    }
    paused = full;
    if (full) {
      door.supplies().stats().paused.increment();
      socket.pause();
    } else {
      socket.resume();
    }
  }

  /** Acknowledges what is journaled, from the oldest on. */
  void settled() {
    while (oldest != null && oldest.settled()) {
      MqttDelivery done = oldest;
      oldest = done.next;
      newest = oldest == null ? null : newest;
      inFlight--;
      if (done.journaled()) {
        done.batch().count();
        long answeringNs = done.batch().answering();
        acknowledge(done);
        done.batch().answered(answeringNs);
      } else if (endpoint.isConnected()) {
        count(DoorOutcome.FAILED);
        end(MqttDisconnectReasonCode.UNSPECIFIED_ERROR);
      }
      door.giveBack(done);
    }
    regulate();
  }

  private void published(MqttPublishMessage message) {
    count(DoorOutcome.REQUESTS);
    DeviceIdentity now = door.supplies().doors().registry().byTokenHash(tokenHash);
    if (now == null) {
      count(DoorOutcome.UNAUTHORIZED);
      end(MqttDisconnectReasonCode.NOT_AUTHORIZED);
      return;
    }
    MqttTopic topic = MqttTopic.of(message.topicName(), now, userName);
    if (topic == MqttTopic.FOREIGN) {
      door.supplies().stats().foreignTopics.increment();
    }
    MqttDelivery delivery = door.lend();
    delivery.begin(this, now, message);
    delivery.reasonCode(
        door.formats().read(topic, message.topicName(), message.payload(), delivery.batch()));
    append(delivery);
    share.spend(Math.max(1, delivery.batch().size()), System.nanoTime());
    if (delivery.batch().size() == 0) {
      delivery.settle(true);
      settled();
    } else {
      submit(delivery);
    }
    restIfOverdrawn();
    heard();
  }

  private void append(MqttDelivery delivery) {
    if (newest == null) {
      oldest = delivery;
    } else {
      newest.next = delivery;
    }
    newest = delivery;
    inFlight++;
  }

  private void submit(MqttDelivery delivery) {
    if (!delivery.batch().unchecked().isEmpty()) {
      waiting = delivery;
      waitingSinceNs = System.nanoTime();
      verify(delivery);
      return;
    }
    if (!delivery.batch().submitTo(door.supplies().doors().router())) {
      count(DoorOutcome.REFUSED);
      waiting = delivery;
      waitingSinceNs = System.nanoTime();
      door.after(RETRY_MS, this::retry);
    }
  }

  /** Nothing is read meanwhile, so that a signature never lets a later message pass it. */
  private void verify(MqttDelivery delivery) {
    Context loop = Objects.requireNonNull(Vertx.currentContext());
    SignatureChecks checks = door.supplies().doors().signatures();
    if (!checks.run(delivery.batch().unchecked(), loop, () -> verified(delivery))) {
      door.after(RETRY_MS, this::retry);
    }
  }

  /** If the connection was closed meanwhile, the delivery is another's by now. */
  private void verified(MqttDelivery delivery) {
    if (waiting == delivery) {
      delivery.batch().checked();
      retry();
    }
  }

  private void retry() {
    MqttDelivery delivery = waiting;
    if (delivery == null) {
      return;
    }
    if (!delivery.batch().unchecked().isEmpty()) {
      verify(delivery);
      return;
    }
    waiting = null;
    if (delivery.batch().submitTo(door.supplies().doors().router())) {
      regulate();
    } else if (System.nanoTime() - waitingSinceNs < MAX_WAIT_NS) {
      waiting = delivery;
      door.after(RETRY_MS, this::retry);
    } else {
      delivery.settle(false);
      end(MqttDisconnectReasonCode.SERVER_BUSY);
      settled();
    }
  }

  /** Reads nothing more until the device has credit again. */
  private void restIfOverdrawn() {
    long waitMs = share.waitMs(System.nanoTime());
    if (waitMs > 0 && !resting) {
      resting = true;
      count(DoorOutcome.RATE_LIMITED);
      door.after(waitMs, this::rested);
      regulate();
    }
  }

  private void rested() {
    resting = false;
    heard();
  }

  /** Its device has opened more connections than it may have; any thread. */
  private void closeForAnother() {
    door.run(() -> end(MqttDisconnectReasonCode.QUOTA_EXCEEDED));
  }

  private void acknowledge(MqttDelivery delivery) {
    if (!endpoint.isConnected()) {
      return;
    }
    switch (delivery.qos()) {
      case AT_LEAST_ONCE ->
          endpoint.publishAcknowledge(
              delivery.packetId(),
              isMqtt5() ? delivery.reasonCode() : MqttPubAckReasonCode.SUCCESS,
              MqttProperties.NO_PROPERTIES);
      case EXACTLY_ONCE -> endpoint.publishReceived(delivery.packetId());
      default -> {
        // QoS 0 has no answer.
      }
    }
  }

  private void subscribed(MqttSubscribeMessage message) {
    List<MqttSubAckReasonCode> codes = new ArrayList<>(message.topicSubscriptions().size());
    for (MqttTopicSubscription wanted : message.topicSubscriptions()) {
      codes.add(answer(wanted));
    }
    endpoint.subscribeAcknowledge(message.messageId(), codes, MqttProperties.NO_PROPERTIES);
    heard();
  }

  private MqttSubAckReasonCode answer(MqttTopicSubscription wanted) {
    if (MqttTopic.of(wanted.topicName(), who, userName) != MqttTopic.COMMANDS) {
      door.supplies().stats().subscriptionsDenied.increment();
      return isMqtt5()
          ? MqttSubAckReasonCode.NOT_AUTHORIZED
          : MqttSubAckReasonCode.UNSPECIFIED_ERROR;
    }
    return wanted.qualityOfService().value() == 0
        ? MqttSubAckReasonCode.GRANTED_QOS0
        : MqttSubAckReasonCode.GRANTED_QOS1;
  }

  private void unsubscribed(MqttUnsubscribeMessage message) {
    if (isMqtt5()) {
      endpoint.unsubscribeAcknowledge(
          message.messageId(),
          Collections.nCopies(message.topics().size(), MqttUnsubAckReasonCode.SUCCESS),
          MqttProperties.NO_PROPERTIES);
    } else {
      endpoint.unsubscribeAcknowledge(message.messageId());
    }
    heard();
  }

  private void heard() {
    heardNs = System.nanoTime();
    regulate();
  }

  private void failed(Throwable cause) {
    count(cause instanceof TooLongFrameException ? DoorOutcome.TOO_LARGE : DoorOutcome.MALFORMED);
    end(
        cause instanceof TooLongFrameException
            ? MqttDisconnectReasonCode.PACKET_TOO_LARGE
            : MqttDisconnectReasonCode.MALFORMED_PACKET);
  }

  private void closed() {
    share.closed(closeForAnother);
    if (waiting != null) {
      waiting.settle(false);
      waiting = null;
      settled();
    }
    door.left(this);
  }

  /** What an MQTT 5 client has to know of our limits. */
  private MqttProperties terms() {
    MqttConfig config = door.supplies().config();
    MqttProperties terms = new MqttProperties();
    put(terms, MqttProperties.SESSION_EXPIRY_INTERVAL, 0);
    put(terms, MqttProperties.RECEIVE_MAXIMUM, config.maxInFlight());
    put(terms, MqttProperties.MAXIMUM_PACKET_SIZE, config.maxMessageBytes());
    put(terms, MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE, 0);
    put(terms, MqttProperties.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0);
    if (!clientId.equals(endpoint.clientIdentifier())) {
      terms.add(
          new MqttProperties.StringProperty(MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, clientId));
    }
    return terms;
  }

  private static void put(MqttProperties terms, int property, int value) {
    terms.add(new MqttProperties.IntegerProperty(property, value));
  }

  private boolean isMqtt5() {
    return endpoint.protocolVersion() >= MqttVersion.MQTT_5.protocolLevel();
  }

  private void count(DoorOutcome outcome) {
    door.supplies().doors().stats().add(Door.MQTT, outcome);
  }
}
