package io.hexbeat.ingest.door;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.hexbeat.geofence.CoordType;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.SigningKey;
import io.hexbeat.ingest.metrics.StageLatency;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.hexbeat.ingest.shard.ConnectionOrder;
import io.hexbeat.ingest.shard.ShardRouter;
import io.hexbeat.ingest.shard.Submission;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.QuarantineRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The records of one request on their way into a {@link Submission}, and what the client is told
 * about those that went to quarantine. Belongs to one connection and is reused; a ping allocates
 * nothing.
 */
final class Batch {
  private static final int FIRST_BYTES = 512;

  /** Every eighth request of a connection is timed, from its first on. */
  private static final int TIMED_MASK = 7;

  private final DoorConfig config;
  private final DoorStats stats;
  private final StageLatency stages;
  private final PingRecord ping = new PingRecord();
  private final QuarantineRecord quarantine = new QuarantineRecord();
  private final StringBuilder rejected = new StringBuilder();
  private final Map<QuarantineReason, Integer> quarantinedBy =
      new EnumMap<>(QuarantineReason.class);
  private Submission submission = new Submission(FIRST_BYTES);
  private Door door = Door.NATIVE;
  private CoordType coordType = CoordType.WGS84;
  private long receivedTimeMs;
  private int accepted;
  private int quarantined;
  private int ignored;
  private int attributesDropped;
  private int signed;
  private String firstProblem = "";
  private List<SignatureCheck> unchecked = List.of();
  private @Nullable PasskeyCheck passkeyCheck;
  private @Nullable ConnectionOrder order;
  private int opened;
  private boolean timed;
  private long openedNs;

  /** On the loop of its connection. */
  Batch(DoorConfig config, DoorStats stats) {
    this.config = config;
    this.stats = stats;
    this.stages = stats.stages().ofThisLoop();
  }

  void open(DeviceIdentity who, Door door, long receivedTimeMs, Submission.Completion completion) {
    submission.reuse(who, completion);
    timed = (opened++ & TIMED_MASK) == 0;
    openedNs = timed ? System.nanoTime() : 0;
    this.door = door;
    this.receivedTimeMs = receivedTimeMs;
    CoordType ofDevice = who.coordType();
    coordType = ofDevice != null ? ofDevice : config.coordType(door);
    rejected.setLength(0);
    if (!quarantinedBy.isEmpty()) {
      quarantinedBy.clear();
    }
    accepted = 0;
    quarantined = 0;
    ignored = 0;
    attributesDropped = 0;
    signed = 0;
    firstProblem = "";
    unchecked = List.of();
    passkeyCheck = null;
  }

  /** It travels with others of a connection that has several under way. */
  Batch inOrder(ConnectionOrder order) {
    this.order = order;
    return this;
  }

  Submission submission() {
    return submission;
  }

  /**
   * Hands the records to their shard. True: taken, and what they were read for may already be
   * answered; false: the shard takes none now.
   */
  boolean submitTo(ShardRouter router) {
    if (openedNs != 0) {
      stages.record(Stage.DECODE, System.nanoTime() - openedNs);
      openedNs = 0;
    }
    submission.inOrder(order);
    return router.submit(submission);
  }

  /** When its answer is begun, for {@link #answered}; 0 if that is not timed. */
  long answering() {
    return timed ? System.nanoTime() : 0;
  }

  /** Its answer is written; by then it may be in use for the next request. */
  void answered(long answeringNs) {
    if (answeringNs != 0) {
      stages.record(Stage.SOCKET, System.nanoTime() - answeringNs);
    }
  }

  DeviceIdentity who() {
    return submission.who();
  }

  Door door() {
    return door;
  }

  long receivedTimeMs() {
    return receivedTimeMs;
  }

  /** The coordinate system of a position that doesn't name its own. */
  CoordType coordType() {
    return coordType;
  }

  /** Records in it, those for quarantine included. */
  int size() {
    return submission.count();
  }

  boolean isFull() {
    return size() >= config.maxBatchRecords();
  }

  int accepted() {
    return accepted;
  }

  int quarantined() {
    return quarantined;
  }

  /** By what signed records are verified, or null if none may be signed. */
  @Nullable SigningKey signing() {
    return who().signing();
  }

  /** Whether a record that is not signed has to go to quarantine. */
  boolean mustBeSigned() {
    SigningKey key = signing();
    return key != null && key.required();
  }

  /** Whether the draft may be added; else it goes to quarantine with what is wrong. */
  boolean takes(PingDraft draft) {
    if (mustBeSigned() && !draft.isSigned()) {
      draft.reject(QuarantineReason.UNSIGNED, "", "must be signed, as this device was enrolled");
    }
    return draft.reason() == null;
  }

  void add(PingDraft draft) {
    int length = draft.lengthBytes();
    int offset = submission.reserve(length);
    DeviceIdentity who = who();
    ping.wrapNew(submission.bytes(), offset, who.deviceHandle(), who.memberHandle(), receivedTimeMs)
        .door(door.code());
    draft.writeTo(ping, coordType);
    submission.commit(length);
    accepted++;
    attributesDropped += draft.attributes().dropped();
    signed += draft.isSigned() ? 1 : 0;
  }

  /** Counts in a signature over the record that was added last, which is right or will be told. */
  void addedSigned() {
    signed++;
  }

  /** The signature over the record that was added last is still to be looked at. */
  void checkLater(SigningKey key, byte[] signedBytes, byte[] signature, byte[] raw) {
    if (unchecked.isEmpty()) {
      unchecked = new ArrayList<>();
    }
    unchecked.add(new SignatureCheck(key, signedBytes, signature, raw, size() - 1));
  }

  /** The assertion of the punch that is its only record is still to be looked at. */
  void checkLater(PasskeyCheck check) {
    passkeyCheck = check;
  }

  /** What must be looked at before it is submitted, and told by {@link #checked}. */
  List<? extends LateCheck> unchecked() {
    if (passkeyCheck == null) {
      return unchecked;
    }
    List<LateCheck> all = new ArrayList<>(unchecked);
    all.add(passkeyCheck);
    return all;
  }

  /** All was looked at: what is not signed as it says goes to quarantine, in its place. */
  void checked() {
    if (passkeyCheck != null) {
      passkeyCheck.tell(submission.bytes(), 0);
      passkeyCheck = null;
    }
    List<SignatureCheck> checks = unchecked;
    unchecked = List.of();
    for (SignatureCheck check : checks) {
      if (!check.right()) {
        putAsideUnlessRight(checks);
        return;
      }
    }
  }

  private void putAsideUnlessRight(List<SignatureCheck> checks) {
    Submission before = submission;
    submission = new Submission(before.lengthBytes() + QuarantineRecord.MAX_BYTES);
    submission.reuse(before.who(), before.completion());
    int next = 0;
    int offset = 0;
    for (int index = 0; index < before.count(); index++) {
      int length = RecordEnvelope.lengthBytes(before.bytes(), offset);
      SignatureCheck check =
          next < checks.size() && checks.get(next).index() == index ? checks.get(next++) : null;
      if (check == null || check.right()) {
        int to = submission.reserve(length);
        System.arraycopy(before.bytes(), offset, submission.bytes(), to, length);
        submission.commit(length);
      } else {
        accepted--;
        signed--;
        byte[] raw = check.raw();
        quarantine(QuarantineReason.BAD_SIGNATURE, "", Jws.WRONG, raw, 0, raw.length);
      }
      offset += length;
    }
  }

  /** Counts in a record that a format wrote into the submission itself. */
  void added(int attributesDropped) {
    accepted++;
    this.attributesDropped += attributesDropped;
  }

  /** Counts a message of which nothing is to be stored. */
  void ignored() {
    ignored++;
  }

  /** Keeps the bytes {@code from} to {@code to} for what the draft says is wrong with them. */
  void quarantine(PingDraft draft, byte[] raw, int from, int to) {
    QuarantineReason reason = Objects.requireNonNull(draft.reason());
    String pointer = draft.field().isEmpty() ? "" : "/" + escapePointer(draft.field());
    quarantine(reason, pointer, draft.problem(), raw, from, to);
  }

  void quarantine(
      QuarantineReason reason, String pointer, String problem, byte[] raw, int from, int to) {
    int index = size();
    int offset = submission.reserve(QuarantineRecord.MAX_BYTES);
    DeviceIdentity who = who();
    quarantine.wrapNew(
        submission.bytes(),
        offset,
        who.deviceHandle(),
        who.memberHandle(),
        receivedTimeMs,
        door.code(),
        reason.label() + " " + pointer + " " + problem,
        Arrays.copyOfRange(raw, from, to));
    submission.commit(quarantine.lengthBytes());
    firstProblem = quarantined == 0 ? problem : firstProblem;
    quarantined++;
    quarantinedBy.merge(reason, 1, Integer::sum);
    rejected.append(rejected.length() == 0 ? "" : ",").append("{\"index\":").append(index);
    rejected.append(",\"pointer\":\"");
    JsonStringEncoder.getInstance().quoteAsString(pointer, rejected);
    rejected.append("\",\"reason\":\"");
    JsonStringEncoder.getInstance().quoteAsString(problem, rejected);
    rejected.append("\"}");
  }

  /** What is wrong with the first record that went to quarantine, in words; empty for none. */
  String firstProblem() {
    return firstProblem;
  }

  /** The objects {@code {index, pointer, reason}} of what went to quarantine, without brackets. */
  CharSequence rejectedJson() {
    return rejected;
  }

  /** Counts what became durable. */
  void count() {
    stats.add(door, DoorOutcome.ACCEPTED);
    stats.add(door, DoorOutcome.RECORDS, accepted);
    if (signed > 0) {
      stats.add(door, DoorOutcome.SIGNED, signed);
    }
    if (ignored > 0) {
      stats.add(door, DoorOutcome.IGNORED, ignored);
    }
    if (attributesDropped > 0) {
      stats.add(door, DoorOutcome.ATTRIBUTES_DROPPED, attributesDropped);
    }
    if (quarantined > 0) {
      quarantinedBy.forEach((reason, count) -> stats.addQuarantined(door, reason, count));
    }
  }

  /** Gives back a buffer that is larger than most requests need. */
  void clear(int keepBytes) {
    if (submission.bytes().length > keepBytes) {
      submission = new Submission(FIRST_BYTES);
    }
    if (rejected.capacity() > keepBytes) {
      rejected.setLength(0);
      rejected.trimToSize();
    }
  }

  private static String escapePointer(String field) {
    return field.replace("~", "~0").replace("/", "~1");
  }
}
