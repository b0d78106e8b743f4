package io.hexbeat.ingest.shard;

import io.hexbeat.ingest.DeviceIdentity;
import io.vertx.core.Context;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One device's records on their way through its shard and back. Belongs to the door until it is
 * submitted, to the shard until {@link Completion#complete} runs on the door's loop, then to the
 * door again, which may {@link #reuse} it. Grows its buffer to what its door lets in.
 */
public final class Submission {
  /** Told on the event loop that submitted. */
  @FunctionalInterface
  public interface Completion {
    void complete(Submission submission);
  }

  /** What became of it. */
  public enum Outcome {
    /** In flight. */
    PENDING,
    /** Every record is in the journal, or is an exact duplicate of one that is. */
    JOURNALED,
    /** The journal refused; none of the records that follow {@link #journaled} is kept. */
    FAILED
  }

  private byte[] bytes;
  private int lengthBytes;
  private int count;
  private @Nullable DeviceIdentity who;
  private @Nullable Completion completion;
  private Outcome outcome = Outcome.PENDING;
  private int journaled;
  private @Nullable String receiptJson;
  private boolean receiptRepeated;
  private boolean urgent;
  private @Nullable StepUpOffer stepUp;
  private @Nullable ConnectionOrder order;
  private @Nullable Context origin;
  private long submittedNs;
  private long heldUntilIndex;
  private long heldSinceNs;

  public Submission(int initialBytes) {
    this.bytes = new byte[initialBytes];
  }

  /** Empties it for the next request of this device. */
  public Submission reuse(DeviceIdentity who, Completion completion) {
    this.who = who;
    this.completion = completion;
    lengthBytes = 0;
    count = 0;
    journaled = 0;
    outcome = Outcome.PENDING;
    receiptJson = null;
    receiptRepeated = false;
    urgent = false;
    stepUp = null;
    order = null;
    return this;
  }

  /** It follows others of its connection. */
  public void inOrder(@Nullable ConnectionOrder order) {
    this.order = order;
  }

  /** Whether one before it was refused. */
  boolean isOutOfTurn() {
    ConnectionOrder of = order;
    return of != null && of.isBroken();
  }

  /** What its punch's phone needs to prove later who made it. */
  public void offer(StepUpOffer stepUp) {
    this.stepUp = stepUp;
  }

  @Nullable StepUpOffer stepUp() {
    return stepUp;
  }

  /**
   * Overtakes what waits for its shard: somebody stands there and waits for the receipt. Only for a
   * request that its connection sends alone, else it would overtake that connection's own records.
   */
  public void urgent() {
    urgent = true;
  }

  boolean isUrgent() {
    return urgent;
  }

  /**
   * Makes room at the end and returns the offset there; {@link #bytes} may be another array
   * afterwards.
   */
  public int reserve(int recordBytes) {
    if (lengthBytes + recordBytes > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, lengthBytes + recordBytes));
    }
    return lengthBytes;
  }

  /** The record written at the reserved offset is whole. */
  public void commit(int recordBytes) {
    lengthBytes += recordBytes;
    count++;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int lengthBytes() {
    return lengthBytes;
  }

  /** Records in it. */
  public int count() {
    return count;
  }

  public DeviceIdentity who() {
    if (who == null) {
      throw new IllegalStateException("submission not opened by reuse()");
    }
    return who;
  }

  public Completion completion() {
    if (completion == null) {
      throw new IllegalStateException("submission not opened by reuse()");
    }
    return completion;
  }

  public Outcome outcome() {
    return outcome;
  }

  /** Records, from the first, that are in the journal. */
  public int journaled() {
    return journaled;
  }

  /** Of a punch: its receipt as JSON text. */
  public @Nullable String receiptJson() {
    return receiptJson;
  }

  /** Of a punch: the receipt is that of an earlier request with the same id. */
  public boolean receiptRepeated() {
    return receiptRepeated;
  }

  /** It goes through the inbox and comes back to this context. */
  void submittedFrom(Context origin, long submittedNs) {
    this.origin = origin;
    this.submittedNs = submittedNs;
  }

  Context origin() {
    if (origin == null) {
      throw new IllegalStateException("submission never went through an inbox");
    }
    return origin;
  }

  long submittedNs() {
    return submittedNs;
  }

  /** It is told when the journal is durable up to this index. */
  void heldUntil(long index, long sinceNs) {
    this.heldUntilIndex = index;
    this.heldSinceNs = sinceNs;
  }

  long heldSinceNs() {
    return heldSinceNs;
  }

  long heldUntilIndex() {
    return heldUntilIndex;
  }

  void finish(Outcome outcome, int journaled) {
    ConnectionOrder of = order;
    if (outcome == Outcome.FAILED && of != null) {
      of.breakOff();
    }
    this.outcome = outcome;
    this.journaled = journaled;
  }

  void receipt(String json, boolean repeated) {
    this.receiptJson = json;
    this.receiptRepeated = repeated;
  }
}
