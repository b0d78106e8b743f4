package io.hexbeat.ingest.door;

import static io.hexbeat.ingest.door.OpenDoors.TOKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.wire.RecordType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard that is behind, seen by phones: its loop stands still as it does for a stalled disk. */
final class BackPressureTest {
  private static final String JSON = "application/json";
  private static final String PING = "{\"fix_time\":%d,\"lat\":30.25,\"lng\":-97.75}";
  private static final String PUNCH =
      "{\"id\":\"%s\",\"kind\":\"visit_in\",\"at\":1700000000000,\"lat\":30.25,\"lng\":-97.75,"
          + "\"accuracy_m\":8,\"site\":\"shop-1\"}";
  private static final long T0 = 1_700_000_000_000L;

  @TempDir Path dir;

  @Test
  void shouldJournalAPunchBeforeThePingsThatWaited() throws Exception {
    try (OpenDoors doors = new OpenDoors(dir);
        RawPhone first = doors.phone();
        RawPhone second = doors.phone();
        RawPhone puncher = doors.phone()) {
      CountDownLatch release = doors.holdShardLoop();
      int before = doors.journaled().size();
      first.post("/v1/pings", JSON, TOKEN, PING.formatted(T0));
      second.post("/v1/pings", JSON, TOKEN, PING.formatted(T0 + 1_000));
      await(() -> doors.router.stats(0).inboxDepth() == 2);
      puncher.post("/v1/punches", JSON, TOKEN, PUNCH.formatted("p1"));
      await(() -> doors.router.stats(0).inboxDepth() == 3);
      release.countDown();

      assertEquals(201, puncher.answer().status());
      assertEquals(200, first.answer().status());
      assertEquals(200, second.answer().status());
      assertEquals(
          List.of(RecordType.PUNCH, RecordType.PING, RecordType.PING),
          doors.journaled().subList(before, before + 3));
    }
  }

  @Test
  void shouldStillTakePunchesWhenPingsFindTheInboxFull() throws Exception {
    ShardConfig usual = ShardConfig.defaults(dir, 1);
    ShardConfig small = usual.withInbox(2, usual.inboxBytes(), Duration.ofMinutes(1));
    try (OpenDoors doors = new OpenDoors(small, DoorConfig.of("127.0.0.1", 0, 1));
        RawPhone first = doors.phone();
        RawPhone second = doors.phone();
        RawPhone refused = doors.phone();
        RawPhone puncher = doors.phone()) {
      CountDownLatch release = doors.holdShardLoop();
      first.post("/v1/pings", JSON, TOKEN, PING.formatted(T0));
      second.post("/v1/pings", JSON, TOKEN, PING.formatted(T0 + 1_000));
      await(() -> doors.router.stats(0).inboxDepth() == 2);
      refused.post("/v1/pings", JSON, TOKEN, PING.formatted(T0 + 2_000));
      assertBusy(refused.answer());
      assertEquals(1, doors.router.stats(0).refusedFull());

      puncher.post("/v1/punches", JSON, TOKEN, PUNCH.formatted("p2"));
      await(() -> doors.router.stats(0).inboxDepth() == 3);
      release.countDown();
      assertEquals(201, puncher.answer().status());
      assertEquals(200, first.answer().status());
      assertEquals(200, second.answer().status());
    }
  }

  /** More phones than the inbox has room for, all at once, again and again. */
  @Test
  void shouldAnswerAFloodFromAllEarlyAndKeepWhatItAcceptedAndRecover() throws Exception {
    ShardConfig usual = ShardConfig.defaults(dir, 1);
    ShardConfig impatient = usual.withInbox(64, 1 << 20, Duration.ofMillis(50));
    DoorConfig door = OpenDoors.limits(1_000, Duration.ofSeconds(30), unlimited());
    List<RawPhone> phones = new ArrayList<>();
    try (OpenDoors doors = new OpenDoors(impatient, door)) {
      for (int i = 0; i < 200; i++) {
        phones.add(doors.phone());
      }
      CountDownLatch release = doors.holdShardLoop();
      int before = doors.journaled().size();
      for (int i = 0; i < phones.size(); i++) {
        phones.get(i).post("/v1/pings", JSON, TOKEN, PING.formatted(T0 + i * 1_000L));
      }
      await(
          () ->
              doors.stats.count(Door.NATIVE, DoorOutcome.REFUSED)
                      + doors.router.stats(0).inboxDepth()
                  == phones.size());
      assertTrue(doors.router.stats(0).inboxDepth() <= 64);
      assertTrue(doors.router.stats(0).inboxBytes() <= 1 << 20);

      release.countDown();
      int acked = 0;
      for (RawPhone phone : phones) {
        RawPhone.Answer answer = phone.answer();
        if (answer.status() == 200) {
          acked++;
        } else {
          assertBusy(answer);
        }
      }
      assertEquals(acked, doors.journaled().size() - before, "acknowledged and journaled differ");
      assertTrue(acked > 0 && acked < phones.size(), "acked=" + acked);

      phones.get(0).post("/v1/pings", JSON, TOKEN, PING.formatted(T0 + 3_600_000));
      assertEquals(200, phones.get(0).answer().status(), "it has not recovered");
    } finally {
      for (RawPhone phone : phones) {
        phone.close();
      }
    }
  }

  /** A device beyond its share waits; the phone beside it doesn't notice. */
  @Test
  void shouldSlowDownTheFloodOfOneDeviceOnly() throws Exception {
    FairShare share = new FairShare(10, 20, 100, 100);
    DoorConfig door = OpenDoors.limits(1_000, Duration.ofSeconds(30), share);
    try (OpenDoors doors = new OpenDoors(ShardConfig.defaults(dir, 1), door);
        RawPhone flooding = doors.phone();
        RawPhone other = doors.phone()) {
      String token = doors.enrol(8, 22);
      RawPhone.Answer answer;
      int sent = 0;
      do {
        flooding.post("/v1/pings", JSON, TOKEN, PING.formatted(T0 + sent++ * 1_000L));
        answer = flooding.answer();
      } while (answer.status() == 200);
      assertEquals(429, answer.status());
      assertTrue(answer.head().toLowerCase(Locale.ROOT).contains("retry-after: "), answer.head());
      other.post("/v1/pings", JSON, token, PING.formatted(T0));
      assertEquals(200, other.answer().status());
      assertEquals(0, doors.router.stats(0).refused());
    }
  }

  private static void assertBusy(RawPhone.Answer answer) {
    assertEquals(503, answer.status());
    assertTrue(answer.head().toLowerCase(Locale.ROOT).contains("retry-after: 1\r\n"));
  }

  private static FairShare unlimited() {
    return new FairShare(1_000, 1_000, 1_000_000, 1_000_000);
  }

  /** Spins until another loop has done what it is about to do. */
  private static void await(BooleanSupplier done) {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!done.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadlineNs, "not within 20 s");
      Thread.onSpinWait();
    }
  }
}
