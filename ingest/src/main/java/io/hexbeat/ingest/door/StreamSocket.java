package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One phone's WebSocket: each message is a batch, and is answered in order once all of it is in the
 * journal, text by text and bytes by bytes. Lives on its loop. While its window or the shard's
 * inbox is full, or its acks are not read, the socket is not read, so nothing queues up. A message
 * that can't be read ends the socket with a code and a reason; a record that can't be used does
 * not.
 */
final class StreamSocket {
  private static final int WRITE_QUEUE_BYTES = 64 << 10;
  private static final long RETRY_MS = 5;
  private static final int KEEP_BYTES = 8 << 10;

  /** What a close frame has room for. */
  private static final int MAX_REASON_BYTES = 123;

  private static final Buffer NOTHING = Buffer.buffer();

  private final StreamDoor home;
  private final DoorSupplies supplies;
  private final ServerWebSocket socket;
  private final DeviceIdentity who;
  private final String tokenHash;
  private final Runnable onClosed;
  private final Runs runs;
  private final DeviceShare share;
  private final Runnable closeForAnother = this::closeForAnother;
  private @Nullable Run waiting;
  private boolean paused;
  private boolean resting;
  private boolean stopping;
  private boolean ended;
  private final long openedNs = System.nanoTime();
  private long heardNs = openedNs;
  private long pingedNs = openedNs;

  StreamSocket(
      StreamDoor home,
      DoorSupplies supplies,
      ServerWebSocket socket,
      DeviceIdentity who,
      String tokenHash,
      Runnable onClosed) {
    this.home = home;
    this.supplies = supplies;
    this.socket = socket;
    this.who = who;
    this.tokenHash = tokenHash;
    this.onClosed = onClosed;
    this.share = supplies.guard().of(who.deviceHandle());
    this.runs = new Runs(supplies.config(), supplies.stats(), this::completed);
  }

  void open() {
    socket.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
    socket.textMessageHandler(this::onText);
    socket.binaryMessageHandler(this::onBinary);
    socket.pongHandler(pong -> heardNs = System.nanoTime());
    socket.drainHandler(drained -> readOnOrNot());
    socket.exceptionHandler(this::failed);
    socket.closeHandler(
        closed -> {
          ended = true;
          share.closed(closeForAnother);
          home.forget(this);
          onClosed.run();
        });
    if (share.opened(closeForAnother)) {
      supplies.stats().add(DoorClosure.DEVICE_FULL);
    }
    restIfOverdrawn();
  }

  /** Ends the socket with a reason that the phone is told. */
  void end(StreamEnd end, String why) {
    if (ended) {
      return;
    }
    ended = true;
    supplies.streamStats().endedFor(end);
    byte[] text = why.getBytes(StandardCharsets.UTF_8);
    String reason =
        text.length <= MAX_REASON_BYTES
            ? why
            : new String(Arrays.copyOf(text, MAX_REASON_BYTES - 3), StandardCharsets.US_ASCII);
    socket.close(end.webSocketCode(), reason);
  }

  /** Reads no more, acknowledges what is under way, then says goodbye. */
  void stop() {
    stopping = true;
    readOnOrNot();
  }

  void revoked(DeviceIdentity gone) {
    if (who.deviceHandle() == gone.deviceHandle()) {
      endRevoked();
    }
  }

  private void endRevoked() {
    end(StreamEnd.REVOKED, "the device's credential was revoked");
  }

  /** Ends what is overdue, asks for a sign of life, and gives back memory. */
  void sweep(long nowNs) {
    StreamConfig config = supplies.stream();
    if (runs.isEmpty()) {
      runs.trim(KEEP_BYTES);
    }
    if (!resting && nowNs - heardNs > config.idleTimeout().toNanos()) {
      if (waiting != null) {
        end(StreamEnd.NOT_JOURNALED, "the server takes no records now");
      } else if (runs.isEmpty()) {
        end(StreamEnd.IDLE, "nothing was heard, or no ack was read");
      }
    } else if (nowNs - pingedNs > config.pingEvery().toNanos() && !socket.writeQueueFull()) {
      pingedNs = nowNs;
      socket.writePing(NOTHING);
    }
  }

  private void onText(String text) {
    Run run = take();
    if (run == null) {
      return;
    }
    run.text = true;
    try {
      home.readText(text, run.batch);
    } catch (RefusedBodyException e) {
      refuse(run, e.problem().status() == 413, e.problem().detail());
      return;
    }
    submitAll(run);
  }

  private void onBinary(Buffer message) {
    Run run = take();
    if (run == null) {
      return;
    }
    ByteBuf in = ((BufferInternal) message).getByteBuf();
    int from = in.readerIndex();
    int count = WireRecords.count(in, from, from + message.length());
    int max = supplies.config().maxBatchRecords();
    if (count < 0) {
      refuse(run, false, "The lengths of the records do not add up to the message.");
      return;
    }
    if (count > max) {
      refuse(run, true, "A message may hold " + max + " records; send the rest in another.");
      return;
    }
    for (int i = 0; i < count; i++) {
      home.wire().read(in, from, run.batch);
      from += WireRecords.lengthBytes(in, from);
    }
    submitAll(run);
  }

  /** For one message, of whomever its token speaks for now; null once the token is refused. */
  private @Nullable Run take() {
    heardNs = System.nanoTime();
    DeviceIdentity now = supplies.registry().byTokenHash(tokenHash);
    if (now == null) {
      endRevoked();
      return null;
    }
    if (isSuperseded()) {
      return null;
    }
    Run run = runs.take();
    run.batch.open(now, Door.STREAM, System.currentTimeMillis(), run);
    supplies.stats().add(Door.STREAM, DoorOutcome.REQUESTS);
    return run;
  }

  /** Of a lost connection its close handler says all there is to say. */
  private void failed(Throwable cause) {
    if (cause instanceof IllegalStateException) {
      tooLarge(); // Vert.x has dropped a message whose pieces are more than it may hold
    }
  }

  /** A message is larger than it may be; nothing of it is kept. */
  void tooLarge() {
    supplies.stats().add(Door.STREAM, DoorOutcome.TOO_LARGE);
    int max = supplies.stream().maxFrameBytes();
    end(StreamEnd.TOO_LARGE, "A message may be " + max + " bytes; send less at once.");
  }

  /** What came can't be read. */
  void malformed(String why) {
    supplies.stats().add(Door.STREAM, DoorOutcome.MALFORMED);
    end(StreamEnd.MALFORMED, why);
  }

  private void refuse(Run run, boolean tooManyRecords, String why) {
    runs.giveBack(run);
    if (tooManyRecords) {
      supplies.stats().add(Door.STREAM, DoorOutcome.TOO_LARGE);
      end(StreamEnd.TOO_LARGE, why);
    } else {
      malformed(why);
    }
  }

  private void submitAll(Run run) {
    run.records = run.batch.size();
    runs.underWay(run);
    share.spend(Math.max(1, run.records), System.nanoTime());
    if (run.records == 0) {
      run.done = true;
      completed();
    } else {
      submit(run);
    }
    restIfOverdrawn();
    readOnOrNot();
  }

  /** Reads nothing more until the device has credit again. */
  private void restIfOverdrawn() {
    long waitMs = share.waitMs(System.nanoTime());
    if (waitMs > 0 && !resting) {
      resting = true;
      supplies.stats().add(Door.STREAM, DoorOutcome.RATE_LIMITED);
      home.later(waitMs, this::rested);
      readOnOrNot();
    }
  }

  private void rested() {
    resting = false;
    heardNs = System.nanoTime();
    readOnOrNot();
  }

  /** Its device has opened more connections than it may have; any thread. */
  private void closeForAnother() {
    home.run(() -> end(StreamEnd.TOO_MANY, "the device has opened another connection"));
  }

  private void submit(Run run) {
    if (isSuperseded()) {
      return;
    }
    if (!run.batch.unchecked().isEmpty()) {
      waiting = run;
      if (!home.verify(run.batch.unchecked(), () -> verified(run))) {
        home.later(RETRY_MS, () -> retry(run));
      }
      return;
    }
    if (run.batch.submitTo(supplies.router())) {
      waiting = null;
      return;
    }
    waiting = run;
    home.later(RETRY_MS, () -> retry(run));
  }

  /** A phone that came back sends what this socket has not brought in; then this one ends. */
  private boolean isSuperseded() {
    if (share.isNewest(openedNs)) {
      return false;
    }
    end(StreamEnd.TOO_MANY, "a newer connection sends for the same device");
    return true;
  }

  /** Nothing was read meanwhile, so that a signature never lets a later message pass it. */
  private void verified(Run run) {
    run.batch.checked();
    retry(run);
  }

  private void retry(Run run) {
    if (!ended) {
      submit(run);
      readOnOrNot();
    }
  }

  private void completed() {
    for (Run run = runs.pollDone(); run != null; run = runs.pollDone()) {
      acknowledge(run);
      runs.giveBack(run);
    }
    readOnOrNot();
  }

  private void acknowledge(Run run) {
    if (ended) {
      return;
    }
    if (run.failed()) {
      supplies.stats().add(Door.STREAM, DoorOutcome.FAILED);
      end(StreamEnd.NOT_JOURNALED, "the journal failed; send again what was not acknowledged");
      return;
    }
    run.batch.count();
    supplies.streamStats().acked();
    long answeringNs = run.batch.answering();
    if (run.text) {
      socket.writeTextMessage(
          "{\"type\":\"ack\",\"journaled\":"
              + run.records
              + ","
              + NativeFormat.countsJson(run.batch)
              + "}");
    } else {
      socket.writeBinaryMessage(
          Buffer.buffer(8).appendIntLE(run.records).appendIntLE(run.batch.quarantined()));
    }
    run.batch.answered(answeringNs);
  }

  private void readOnOrNot() {
    if (ended) {
      return;
    }
    if (stopping && runs.isEmpty()) {
      end(StreamEnd.STOPPING, "the server stops");
      return;
    }
    boolean blocked =
        stopping
            || resting
            || waiting != null
            || runs.size() >= supplies.stream().windowFrames()
            || socket.writeQueueFull();
    if (blocked && !paused) {
      paused = true;
      socket.pause();
      supplies.streamStats().paused();
    } else if (!blocked && paused) {
      paused = false;
      socket.resume();
    }
  }
}
