package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a few restless phones send, honest and not, into one line; the same for the same seed. Some
 * sign, some share a phone, some send their batch again, one leaps, and fences come and go.
 */
final class RandomTraffic {
  private static final int DEVICES = 12;
  private static final int SENT_AGAIN = 40;

  private final Random random;
  private final Submission submission = new Submission(1 << 14);
  private final PingRecord ping = new PingRecord();
  private final List<byte[]> sent = new ArrayList<>();
  private final long[] counters = new long[DEVICES];
  private long nowMs = OpenShards.T0;
  private long indexVersion = 1;

  RandomTraffic(long seed) {
    this.random = new Random(seed);
  }

  void run(ShardLine line, int records) {
    for (int i = 0; i < records; i++) {
      int device = random.nextInt(DEVICES);
      DeviceIdentity who = OpenShards.who(device + 1, device / 2 + 1);
      nowMs += random.nextInt(4_000);
      submission.reuse(who, done -> {});
      switch (random.nextInt(40)) {
        case 0 -> line.adopt(fences(), false, nowMs);
        case 1, 2, 3 -> punch(who, device);
        case 4 -> quarantine(who);
        default -> ping(who, device);
      }
      if (submission.count() > 0) {
        line.run(submission);
      }
    }
  }

  private FenceIndex fences() {
    List<Fence> fences = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      if (random.nextInt(4) > 0) {
        int lat = OpenShards.LAT + E7.fromDegrees(0.002 * i);
        fences.add(Fence.of(10 + i, "f" + i, new Circle(lat, OpenShards.LNG, 100 + 40 * i)));
      }
    }
    return FenceIndex.of(++indexVersion, fences);
  }

  private void ping(DeviceIdentity who, int device) {
    int offset = submission.reserve(512);
    if (!sent.isEmpty() && random.nextInt(10) == 0) {
      again(offset, device);
      return;
    }
    long timeMs = nowMs - (random.nextInt(8) == 0 ? random.nextInt(600_000) : random.nextInt(900));
    timeMs += random.nextInt(50) == 0 ? 3_600_000 : 0;
    ping.wrapNew(submission.bytes(), offset, who.deviceHandle(), who.memberHandle(), nowMs)
        .fixTimeMs(timeMs)
        .batteryPct(random.nextInt(100));
    if (random.nextInt(12) > 0) {
      int leap = device == 3 && random.nextInt(30) == 0 ? E7.fromDegrees(3) : 0;
      boolean frozen = device == 5;
      int lat = OpenShards.LAT + leap + (frozen ? 7 : random.nextInt(E7.fromDegrees(0.012)));
      int lng = OpenShards.LNG + (frozen ? 9 : random.nextInt(E7.fromDegrees(0.002)));
      ping.position(lat, lng).accuracyCm(frozen ? 500 : 300 + random.nextInt(30_000));
      ping.mock(device == 7 && random.nextInt(5) == 0);
    }
    if (device % 3 == 0) {
      ping.seq(random.nextInt(1_000)).uptimeMs(nowMs % 100_000_000 + random.nextInt(90_000));
    }
    if (device % 4 == 1) {
      byte[] shared = ("handset-" + random.nextInt(2)).getBytes(StandardCharsets.UTF_8);
      ping.phoneId(shared, shared.length);
    }
    if (device % 4 == 2) {
      ping.signed(++counters[device], 1 + random.nextInt(400) / 399);
    }
    submission.commit(ping.lengthBytes());
    byte[] bytes = submission.bytes();
    sent.add(java.util.Arrays.copyOfRange(bytes, offset, offset + ping.lengthBytes()));
    if (sent.size() > SENT_AGAIN) {
      sent.remove(0);
    }
  }

  private void again(int offset, int device) {
    byte[] old = sent.get(random.nextInt(sent.size()));
    System.arraycopy(old, 0, submission.bytes(), offset, old.length);
    ping.wrap(submission.bytes(), offset).stamp(device + 1, device / 2 + 1, nowMs, 1);
    submission.commit(old.length);
  }

  private void punch(DeviceIdentity who, int device) {
    int offset = submission.reserve(PunchRecord.MAX_CLAIM_BYTES);
    PunchRecord punch =
        new PunchRecord()
            .wrapNew(
                submission.bytes(),
                offset,
                who.deviceHandle(),
                who.memberHandle(),
                nowMs,
                PunchKind.VISIT_IN,
                nowMs - random.nextInt(60_000));
    if (random.nextInt(6) > 0) {
      punch
          .position(OpenShards.LAT + random.nextInt(E7.fromDegrees(0.012)), OpenShards.LNG)
          .accuracyCm(600);
    }
    punch.siteHandle(10 + random.nextInt(6)).mock(random.nextInt(9) == 0);
    punch.texts("p" + random.nextInt(60), device % 4 == 1 ? "handset-0" : "", "");
    submission.commit(punch.lengthBytes());
  }

  private void quarantine(DeviceIdentity who) {
    byte[] raw = ("lat=" + random.nextInt(90)).getBytes(StandardCharsets.UTF_8);
    int offset = submission.reserve(QuarantineRecord.MAX_BYTES);
    QuarantineRecord record =
        new QuarantineRecord()
            .wrapNew(
                submission.bytes(),
                offset,
                who.deviceHandle(),
                who.memberHandle(),
                nowMs,
                1,
                "unreadable",
                raw);
    submission.commit(record.lengthBytes());
  }
}
