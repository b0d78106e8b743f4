package io.hexbeat.load.phone;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A phone at the MQTT door: CONNECT of MQTT 3.1.1, then one JSON ping a PUBLISH of QoS 1, each
 * answered by a PUBACK in order. One loop at a time; allocates at construction only.
 */
public final class MqttWire extends PhoneWire {
  private static final int CONNECT = 0x10;
  private static final int CONNACK = 0x20;
  private static final int PUBLISH_QOS_1 = 0x32;
  private static final int PUBACK = 0x40;
  private static final int PROTOCOL_LEVEL = 4;
  private static final int CLEAN_USER_PASSWORD = 0xc2;
  private static final int KEEP_ALIVE_SECONDS = 3_600;
  private static final int ANSWER_BYTES = 4;
  private static final int MAX_PACKET_ID = 0xffff;

  private final PingText payload;
  private final byte[] topic;
  private final byte[] client;
  private final byte[] token;
  private final int payloadBytes;
  private int packetId;

  public MqttWire(String device, String token, Route route) {
    this.payload = PingText.json("", route, 1);
    this.payloadBytes = PingText.JSON.length();
    this.topic = ascii("hexbeat/" + device + "/pings");
    this.client = ascii(device);
    this.token = ascii(token);
  }

  @Override
  public void open(ByteBuf out) {
    packetId = 0;
    out.writeByte(CONNECT);
    remainingLength(out, 10 + 2 + client.length + 2 + client.length + 2 + token.length);
    field(out, ascii("MQTT"));
    out.writeByte(PROTOCOL_LEVEL);
    out.writeByte(CLEAN_USER_PASSWORD);
    out.writeShort(KEEP_ALIVE_SECONDS);
    field(out, client);
    field(out, client);
    field(out, token);
  }

  @Override
  public boolean speaksFirst() {
    return false;
  }

  @Override
  public void message(ByteBuf out, long firstPing) {
    packetId = packetId == MAX_PACKET_ID ? 1 : packetId + 1;
    out.writeByte(PUBLISH_QOS_1);
    remainingLength(out, 2 + topic.length + 2 + payloadBytes);
    field(out, topic);
    out.writeShort(packetId);
    out.writeBytes(payload.at(firstPing));
  }

  @Override
  public int messageBytes() {
    return 5 + 2 + topic.length + 2 + payloadBytes;
  }

  @Override
  public void read(ByteBuf in, Answers to) {
    while (in.readableBytes() >= 2) {
      int at = in.readerIndex();
      int length = 2 + in.getUnsignedByte(at + 1);
      if (in.readableBytes() < length) {
        return;
      }
      switch (in.getUnsignedByte(at)) {
        case CONNACK -> {
          int code = length < ANSWER_BYTES ? -1 : in.getByte(at + 3);
          if (code == 0) {
            to.greeted();
          } else {
            to.broken("not connected: code " + code);
          }
        }
        case PUBACK -> to.answered(1, Answers.Answer.TAKEN);
        default -> to.broken("an unknown packet");
      }
      in.readerIndex(at + length);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void field(ByteBuf out, byte[] text) {
    out.writeShort(text.length);
    out.writeBytes(text);
  }

  private static void remainingLength(ByteBuf out, int length) {
    int rest = length;
    while (rest > 0x7f) {
      out.writeByte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    out.writeByte(rest);
  }
}
