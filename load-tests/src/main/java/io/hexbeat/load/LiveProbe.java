package io.hexbeat.load;

import io.hexbeat.ingest.wire.PingRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long after a ping's intended send time its position arrives at a manager. Belongs to
 * the listening loop. Reads frames by their bytes and remembers one message a device; a position
 * that is told again counts once, and one that never comes, because a newer one took its place, is
 * missing from {@link Latencies#count}.
 */
final class LiveProbe {
  private static final byte[] POSITIONS = ascii("\"type\":\"positions\"");
  private static final byte[] MEMBER = ascii("\"member\":\"" + LoadWorld.MEMBER_PREFIX);
  private static final byte[] FIX_TIME = ascii("\"fix_time\":\"");

  /** The type stands at the beginning of a frame. */
  private static final int TYPE_WITHIN = 64;

  private final FixClock clock;
  private final PingRecord record = new PingRecord();
  private long[] lastMessage = new long[0];
  private Latencies latencies = new Latencies();
  private @Nullable LoadSchedule schedule;

  LiveProbe(FixClock clock) {
    this.clock = clock;
  }

  /** Starts to count, anew. */
  void measure(LoadSchedule next) {
    schedule = next.closed() ? null : next;
    latencies = new Latencies();
    lastMessage = new long[next.devices()];
    Arrays.fill(lastMessage, -1);
  }

  Latencies latencies() {
    return latencies;
  }

  /** A frame of the live socket. */
  void text(byte[] frame, int length, long nowNs) {
    LoadSchedule measured = schedule;
    if (measured == null || find(frame, 0, Math.min(length, TYPE_WITHIN), POSITIONS) < 0) {
      return;
    }
    int at = find(frame, 0, length, MEMBER);
    while (at >= 0) {
      int member = number(frame, at, length);
      int timeAt = find(frame, at, length, FIX_TIME);
      if (timeAt < 0) {
        return;
      }
      told(measured, member, IsoTime.epochMs(frame, timeAt), nowNs);
      at = find(frame, timeAt, length, MEMBER);
    }
  }

  /** What a relay passes on: the phone's own records. */
  void records(byte[] message, int length, long nowNs) {
    LoadSchedule measured = schedule;
    if (measured == null) {
      return;
    }
    for (int at = 0; at + PingRecord.HEADER_BYTES <= length; at += PingRecord.HEADER_BYTES) {
      record.wrap(message, at);
      told(measured, record.deviceHandle(), record.fixTimeMs(), nowNs);
    }
  }

  private void told(LoadSchedule measured, int device, long fixMs, long nowNs) {
    if (device < 0 || device >= lastMessage.length) {
      return;
    }
    long message = measured.messageOf(device, clock.ping(fixMs));
    if (message > lastMessage[device]) {
      lastMessage[device] = message;
      long intendedNs = measured.intendedNs(message);
      if (measured.measured(intendedNs)) {
        latencies.record(nowNs - intendedNs);
      }
    }
  }

  /** Where what follows the next such words begins, or -1. */
  private static int find(byte[] in, int from, int to, byte[] words) {
    int last = to - words.length;
    for (int at = from; at <= last; at++) {
      int i = 0;
      while (i < words.length && in[at + i] == words[i]) {
        i++;
      }
      if (i == words.length) {
        return at + i;
      }
    }
    return -1;
  }

  private static int number(byte[] in, int from, int to) {
    int number = 0;
    for (int at = from; at < to && in[at] >= '0' && in[at] <= '9'; at++) {
      number = number * 10 + in[at] - '0';
    }
    return number;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
