package io.hexbeat.ingest.shard;

import static io.hexbeat.ingest.shard.OpenShards.CUSTOMER;
import static io.hexbeat.ingest.shard.OpenShards.LAT;
import static io.hexbeat.ingest.shard.OpenShards.LNG;
import static io.hexbeat.ingest.shard.OpenShards.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.trust.PasskeyPolicy;
import io.hexbeat.geofence.trust.PasskeyPolicy.Required;
import io.hexbeat.geofence.trust.PasskeyProof;
import io.hexbeat.geofence.trust.PasskeyProof.Outcome;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.journal.JournalTailer;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.hexbeat.ingest.wire.RecordType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A punch without a proof of who made it, and the proof that follows. */
@Timeout(60)
final class StepUpTest {
  private static final DeviceIdentity ANNA = OpenShards.who(1, 1);
  private static final long WINDOW_MS = 600_000;

  @TempDir Path dir;

  @Test
  void shouldOfferAStepUpAndTakeItsProofOnce() throws Exception {
    try (OpenShards shards = open()) {
      String first = receipt(shards, punch("p-1", T0, null));
      assertTrue(first.contains("\"verdict\":\"unverified\""), first);
      assertTrue(first.contains("USER_VERIFICATION_MISSING"), first);
      assertTrue(
          first.contains(
              "\"step_up\":{\"challenge\":\"chal\",\"rp_id\":\"localhost\","
                  + "\"allow_credentials\":[\"cred\"],\"expires_at\":\""),
          first);

      String proven = receipt(shards, punch("p-1", T0 + 1_000, proof(Outcome.VERIFIED, 1)));
      assertTrue(proven.contains("\"verdict\":\"verified\""), proven);
      assertTrue(proven.contains("\"USER_VERIFIED\""), proven);
      assertTrue(proven.contains("\"proven_time\":\""), proven);
      assertFalse(proven.contains("step_up"), proven);
      assertEquals(withoutVerdict(first), withoutVerdict(proven));

      assertEquals(proven, receipt(shards, punch("p-1", T0 + 2_000, null)));
      assertEquals(proven, receipt(shards, punch("p-1", T0 + 3_000, proof(Outcome.VERIFIED, 2))));
      assertEquals(List.of("first", "proof"), records(shards));
      assertEquals(1, shards.router.stats(0).proofs());
      assertEquals(0, shards.router.stats(0).alerts());
    }
  }

  @Test
  void shouldKnowTheProofAndTheCounterAfterARestart() throws Exception {
    String proven;
    try (OpenShards shards = open()) {
      receipt(shards, punch("p-1", T0, null));
      proven = receipt(shards, punch("p-1", T0 + 1_000, proof(Outcome.VERIFIED, 7)));
      receipt(shards, punch("p-2", T0 + 2_000, null));
    }
    try (OpenShards shards = open()) {
      assertEquals(proven, receipt(shards, punch("p-1", T0 + 3_000, null)));
      String copied = receipt(shards, punch("p-3", T0 + 4_000, proof(Outcome.VERIFIED, 7)));
      assertTrue(copied.contains("\"problem\":\"counter\""), copied);
      String late = receipt(shards, punch("p-2", T0 + 5_000, proof(Outcome.VERIFIED, 8)));
      assertTrue(late.contains("\"verdict\":\"verified\""), late);
    }
  }

  @Test
  void shouldKeepTheFirstReceiptWhenTheProofComesTooLate() throws Exception {
    try (OpenShards shards = open()) {
      String first = receipt(shards, punch("p-1", T0, null));
      long late = T0 + WINDOW_MS + 1;
      assertEquals(first, receipt(shards, punch("p-1", late, proof(Outcome.VERIFIED, 1))));
      assertEquals(List.of("first"), records(shards));
    }
  }

  @Test
  void shouldTellAWrongProofOnceAndStillTakeARightOne() throws Exception {
    try (OpenShards shards = open()) {
      String first = receipt(shards, punch("p-1", T0, null));
      for (int i = 0; i < 3; i++) {
        PasskeyProof wrong = proof(Outcome.WRONG_SIGNATURE, 0);
        assertEquals(first, receipt(shards, punch("p-1", T0 + 1_000 + i, wrong)));
      }
      assertEquals(List.of("first", "alert"), records(shards));
      assertEquals(1, shards.router.stats(0).alerts());
      String proven = receipt(shards, punch("p-1", T0 + 9_000, proof(Outcome.VERIFIED, 1)));
      assertTrue(proven.contains("\"verdict\":\"verified\""), proven);
    }
  }

  @Test
  void shouldJournalAPunchWithAWrongAssertionAndAskAgain() throws Exception {
    try (OpenShards shards = open()) {
      String receipt = receipt(shards, punch("p-1", T0, proof(Outcome.WRONG_CHALLENGE, 0)));
      assertTrue(receipt.contains("\"problem\":\"wrong_challenge\""), receipt);
      assertTrue(receipt.contains("\"step_up\""), receipt);
      assertEquals(1, shards.router.stats(0).alerts());
      String proven = receipt(shards, punch("p-1", T0 + 1_000, proof(Outcome.VERIFIED, 1)));
      assertTrue(proven.contains("\"verdict\":\"verified\""), proven);
      assertFalse(proven.contains("PASSKEY_INVALID"), proven);
    }
  }

  private OpenShards open() {
    return new OpenShards(
        ShardConfig.defaults(dir, 1).asking(new PasskeyPolicy(Required.ALWAYS, 30, WINDOW_MS)),
        CUSTOMER);
  }

  private static PasskeyProof proof(Outcome outcome, long counter) {
    return new PasskeyProof(outcome, "cred", true, false, counter, 0);
  }

  private static String receipt(OpenShards shards, Consumer<Submission> punch) throws Exception {
    return Objects.requireNonNull(shards.submit(ANNA, punch).receiptJson());
  }

  /** The same content each time, received when the test says. */
  private static Consumer<Submission> punch(
      String id, long receivedMs, @Nullable PasskeyProof proof) {
    return submission -> {
      int offset = submission.reserve(PunchRecord.MAX_CLAIM_BYTES);
      PunchRecord punch =
          new PunchRecord()
              .wrapNew(submission.bytes(), offset, 1, 1, receivedMs, PunchKind.VISIT_IN, T0)
              .position(LAT, LNG)
              .accuracyCm(500)
              .siteHandle(OpenShards.FENCE)
              .texts(id, "", "");
      if (proof != null) {
        punch.passkey(proof);
      }
      submission.offer(new StepUpOffer("chal", "localhost", List.of("cred")));
      submission.commit(punch.lengthBytes());
    };
  }

  private static List<String> records(OpenShards shards) {
    List<String> kinds = new ArrayList<>();
    try (JournalTailer tailer = shards.router.tailer(0)) {
      while (tailer.next()) {
        if (RecordEnvelope.type(tailer.bytes(), 0) == RecordType.PUNCH) {
          PunchRecord punch = new PunchRecord().wrap(tailer.bytes(), 0);
          kinds.add(punch.repeated() ? "alert" : punch.proves() ? "proof" : "first");
        }
      }
    }
    return kinds;
  }

  private static String withoutVerdict(String receipt) {
    return receipt
        .replaceAll("\"verdict\":\"\\w+\"", "")
        .replaceAll("\"reasons\":\\[.*?}],", "")
        .replaceAll("\"score\":\\d+", "")
        .replaceAll(",\"(step_up|proven_time)\":.*", "}");
  }
}
