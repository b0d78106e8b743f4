package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.GatewayIdentity;
import io.hexbeat.ingest.wire.GatewayFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of the TCP door: reads frames out of Netty's buffers, hands each run of one
 * device's records to its shard and acknowledges by sequence. Lives on its loop; a record allocates
 * nothing in steady state. Reads no further while its window or a shard's inbox is full or its acks
 * are not read, so nothing queues up; what a device has no credit for waits within the window; acks
 * are cumulative, so a slow reader gets fewer of them. What it can't go on with is told in an END
 * frame, and the rest of the input is thrown away.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(TcpConnection.class);

  /** Longer than any token of ours. */
  private static final int MAX_HELLO_BYTES = 16 + 256;

  private static final int MAX_DEVICE_ID_BYTES = 64;

  /** Long enough for an inbox to drain a little, short enough to go unnoticed. */
  private static final long RETRY_MS = 5;

  /** How long a client that was told the end may take to go. */
  private static final long LINGER_NS = 2_000_000_000L;

  /** What a quiet connection keeps of a buffer. */
  private static final int KEEP_BYTES = 8 << 10;

  private enum State {
    GREETING,
    OPEN,
    ENDED
  }

  private final TcpSupplies supplies;
  private final WireRecords wire;
  private final ContextInternal context;
  private final Runs runs;
  private final Runnable proceed = this::proceed;
  private final Runnable closeForAnother = this::closeForAnother;

  private @Nullable ChannelHandlerContext channel;
  private @Nullable TcpAnswers answers;
  private State state = State.GREETING;
  private ByteBuf unread = Unpooled.EMPTY_BUFFER;
  private @Nullable DeviceIdentity device;
  private @Nullable GatewayIdentity gateway;
  private @Nullable TcpDevices devices;

  /** The own device's; null on a gateway's connection. */
  private @Nullable DeviceShare share;

  /** Of the frame that is being read: records that are still to come. */
  private int recordsLeft;

  private long receivedTimeMs;
  private long nextSequence;

  /** No shard has taken it yet. */
  private @Nullable Run waiting;

  /** The own device's token; null on a gateway's connection. */
  private @Nullable String tokenHash;

  /** Runs of devices without credit, in the order in which they came; under way like any other. */
  private final ArrayDeque<Run> held = new ArrayDeque<>();

  /** Whose runs are held. */
  private final Set<DeviceShare> resting = new HashSet<>();

  /** Numbers the timers of what is held: only the last one counts. */
  private int releases;

  private boolean reading;
  private boolean decoding;
  private boolean proceeding;
  private boolean stopping;
  private long progressNs;
  private final long openedNs;

  TcpConnection(TcpSupplies supplies, WireRecords wire, ContextInternal context, long nowNs) {
    this.supplies = supplies;
    this.wire = wire;
    this.context = context;
    this.runs = new Runs(supplies.doors().config(), supplies.doors().stats(), this::completed);
    this.progressNs = nowNs;
    this.openedNs = nowNs;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext channel) {
    this.channel = channel;
    answers =
        new TcpAnswers(channel, supplies.stats(), supplies.doors().stats().stages().ofThisLoop());
  }

  @Override
  public void channelRead(ChannelHandlerContext channel, Object message) {
    ByteBuf data = (ByteBuf) message;
    progressNs = System.nanoTime();
    if (state == State.ENDED) {
      data.release();
      return;
    }
    reading = true;
    unread = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(channel.alloc(), unread, data);
    decode();
    settle();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext channel) {
    reading = false;
    settle();
    channel.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext channel) {
    if (channel.channel().isWritable()) {
      proceedSoon();
    }
    channel.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext channel) {
    state = State.ENDED;
    releaseUnread();
    if (share != null) {
      share.closed(closeForAnother);
    }
    channel.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
    if (!(cause instanceof IOException)) {
      log.warn("door=tcp closes a connection: {}", cause.toString());
    }
    close(channel);
  }

  /** Ends the stream with a reason that the client is told. */
  void end(StreamEnd end, String why) {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    progressNs = System.nanoTime();
    releaseUnread();
    answers().end(end, why);
    channel().channel().config().setAutoRead(true);
  }

  /** Reads no more, acknowledges what is under way, then says goodbye. */
  void stop() {
    stopping = true;
    settle();
  }

  /** The credential of a device is refused from now on. */
  void revoked(DeviceIdentity gone) {
    DeviceIdentity own = device;
    if (own != null && own.deviceHandle() == gone.deviceHandle()) {
      end(StreamEnd.REVOKED, "the device's credential was revoked");
    } else if (devices != null) {
      devices.forget(gone, this::tellState);
    }
  }

  /** The credential of a gateway is refused from now on. */
  void revoked(GatewayIdentity gone) {
    GatewayIdentity own = gateway;
    if (own != null && own.handle() == gone.handle()) {
      end(StreamEnd.REVOKED, "the gateway's credential was revoked");
    }
  }

  /** Ends what is overdue, and gives back memory. */
  void sweep(long nowNs) {
    long silentNs = nowNs - progressNs;
    switch (state) {
      case GREETING -> {
        if (silentNs > supplies.config().helloTimeout().toNanos()) {
          end(StreamEnd.IDLE, "no HELLO came in time");
        }
      }
      case OPEN -> {
        if (runs.isEmpty()) {
          runs.trim(KEEP_BYTES);
        }
        if (held.isEmpty() && silentNs > supplies.config().idleTimeout().toNanos()) {
          if (waiting != null) {
            end(StreamEnd.NOT_JOURNALED, "the server takes no records now");
          } else if (runs.isEmpty()) {
            end(StreamEnd.IDLE, "no frame came in time, or no ack was read");
          }
        }
      }
      case ENDED -> {
        if (silentNs > LINGER_NS) {
          close(channel());
        }
      }
    }
  }

  private void decode() {
    decoding = true;
    receivedTimeMs = System.currentTimeMillis();
    // Netty calls outside of any context, but a shard answers to the context that submits.
    ContextInternal outer = context.beginDispatch();
    try {
      while (!blocked() && next()) {
        // each turn reads a frame or a run
      }
    } finally {
      context.endDispatch(outer);
      decoding = false;
    }
    if (unread.isReadable()) {
      unread.discardSomeReadBytes();
    } else {
      releaseUnread();
    }
  }

  private boolean blocked() {
    return state == State.ENDED
        || stopping
        || waiting != null
        || (devices == null && !held.isEmpty())
        || runs.records() >= supplies.config().windowRecords()
        || !channel().channel().isWritable();
  }

  /** Reads what comes next; false if it isn't whole yet. */
  private boolean next() {
    if (recordsLeft > 0) {
      return readRun();
    }
    if (unread.readableBytes() < GatewayFrames.HEADER_BYTES) {
      return false;
    }
    int at = unread.readerIndex();
    int length = unread.getIntLE(at);
    int max = state == State.GREETING ? MAX_HELLO_BYTES : supplies.config().maxFrameBytes();
    if (length < GatewayFrames.HEADER_BYTES || unread.getByte(at + 5) != GatewayFrames.VERSION) {
      return malformed("this is no frame of version " + GatewayFrames.VERSION);
    }
    if (length > max) {
      supplies.doors().stats().add(Door.TCP, DoorOutcome.TOO_LARGE);
      end(StreamEnd.TOO_LARGE, "a frame of " + length + " bytes, at most " + max + " are taken");
      return false;
    }
    if (unread.readableBytes() < length) {
      return false;
    }
    int type = unread.getByte(at + 4);
    if (type != (state == State.GREETING ? GatewayFrames.HELLO : type)
        || (type == GatewayFrames.HELLO && state == State.OPEN)) {
      return malformed("a connection begins with HELLO, and has only one");
    }
    return switch (type) {
      case GatewayFrames.HELLO -> readHello(at, length);
      case GatewayFrames.DEVICE -> readDevice(at, length);
      case GatewayFrames.RECORDS -> readRecords(at, length);
      case GatewayFrames.KEEP_ALIVE -> {
        answers().ackSoon();
        unread.skipBytes(length);
        yield true;
      }
      default -> malformed("frame type=" + type + " is none that clients send");
    };
  }

  private boolean readHello(int at, int length) {
    if (length <= 16) {
      return malformed("a HELLO of " + length + " bytes has no token");
    }
    String token = unread.toString(at + 16, length - 16, StandardCharsets.US_ASCII);
    String hash = DeviceRegistry.hash(token);
    device = supplies.doors().registry().byTokenHash(hash);
    gateway = device == null ? supplies.gateways().byToken(token) : null;
    if (device == null && gateway == null) {
      supplies.doors().stats().add(Door.TCP, DoorOutcome.UNAUTHORIZED);
      end(StreamEnd.UNAUTHORIZED, "the credential is missing or unknown");
      return false;
    }
    if (gateway != null) {
      devices = new TcpDevices(gateway, supplies.doors().registry(), supplies.doors().guard());
    } else if (device != null) {
      tokenHash = hash;
      enter(supplies.doors().guard().of(device.deviceHandle()));
    }
    nextSequence = unread.getLongLE(at + 8);
    unread.skipBytes(length);
    state = State.OPEN;
    answers().welcome(nextSequence, supplies.config(), gateway != null);
    return true;
  }

  /** Of a device that has more connections than it may have, the oldest goes. */
  private void enter(DeviceShare own) {
    share = own;
    if (own.opened(closeForAnother)) {
      supplies.doors().stats().add(DoorClosure.DEVICE_FULL);
    }
  }

  /** Its device has opened more connections than it may have; any thread. */
  private void closeForAnother() {
    channel()
        .executor()
        .execute(() -> end(StreamEnd.TOO_MANY, "the device has opened another connection"));
  }

  private boolean readDevice(int at, int length) {
    int number = length < 16 ? 0 : unread.getIntLE(at + 8);
    if (devices == null
        || number < 1
        || number > supplies.config().maxDevices()
        || length == 16
        || length > 16 + MAX_DEVICE_ID_BYTES) {
      return malformed("a DEVICE has a number, an id of 1 to 64 bytes, and a gateway's credential");
    }
    devices.declare(number, unread.toString(at + 16, length - 16, StandardCharsets.US_ASCII));
    unread.skipBytes(length);
    tellState(number);
    return true;
  }

  /** Looks at all of the frame before any of it is taken. */
  private boolean readRecords(int at, int length) {
    if (length < GatewayFrames.RECORDS_HEADER_BYTES) {
      return malformed("RECORDS of " + length + " bytes");
    }
    int from = at + GatewayFrames.RECORDS_HEADER_BYTES;
    int count = WireRecords.count(unread, from, at + length);
    int said = unread.getUnsignedShortLE(at + 6);
    long sequence = unread.getLongLE(at + 8);
    if (count != said) {
      return malformed("RECORDS says " + said + " records, their lengths say otherwise");
    }
    if (sequence != nextSequence) {
      return malformed("RECORDS from sequence=" + sequence + ", next is " + nextSequence);
    }
    int undeclared = devices == null ? 0 : undeclared(devices, from, count);
    if (undeclared != 0) {
      return malformed("device number=" + undeclared + " was not declared");
    }
    unread.skipBytes(GatewayFrames.RECORDS_HEADER_BYTES);
    recordsLeft = count;
    return true;
  }

  private int undeclared(TcpDevices devices, int from, int count) {
    int at = from;
    for (int i = 0; i < count; i++) {
      int number = WireRecords.deviceNumber(unread, at);
      if (!devices.isDeclared(number)) {
        return number == 0 ? -1 : number;
      }
      at += WireRecords.lengthBytes(unread, at);
    }
    return 0;
  }

  /** Takes records as long as they are of one device. */
  private boolean readRun() {
    int number = devices == null ? 0 : WireRecords.deviceNumber(unread, unread.readerIndex());
    DeviceIdentity who = sender(number);
    DeviceShare credit = devices == null ? share : devices.share(number);
    if (who != null && isSuperseded(credit)) {
      return false;
    }
    Run run = runs.take();
    if (who != null) {
      run.batch.open(who, Door.TCP, receivedTimeMs, run);
    }
    int maxRecords = supplies.doors().config().maxBatchRecords();
    do {
      int at = unread.readerIndex();
      if (who != null) {
        wire.read(unread, at, run.batch);
      }
      unread.skipBytes(WireRecords.lengthBytes(unread, at));
      run.records++;
      recordsLeft--;
    } while (recordsLeft > 0
        && run.records < maxRecords
        && (devices == null || WireRecords.deviceNumber(unread, unread.readerIndex()) == number));
    nextSequence += run.records;
    run.endSequence = nextSequence;
    runs.underWay(run);
    if (who == null) {
      run.refused = true;
      run.done = true;
      completed();
    } else {
      supplies.doors().stats().add(Door.TCP, DoorOutcome.REQUESTS);
      run.credit = credit;
      if (!holds(run, System.nanoTime())) {
        submit(run);
      }
    }
    return true;
  }

  /** Who sends under the number now, by a credential that is looked up again each time. */
  private @Nullable DeviceIdentity sender(int number) {
    if (devices != null) {
      return devices.identity(number);
    }
    String hash = tokenHash;
    return hash == null ? null : supplies.doors().registry().byTokenHash(hash);
  }

  /**
   * Keeps the run of a device that has no credit until it has, and those that come after it. Other
   * devices go on as long as the window has room, which what is held takes up too.
   */
  private boolean holds(Run run, long nowNs) {
    DeviceShare credit = run.credit;
    if (credit == null) {
      return false;
    }
    boolean rests = resting.contains(credit);
    if (!rests && credit.waitNs(nowNs) == 0) {
      credit.spend(run.records, nowNs);
      return false;
    }
    held.addLast(run);
    if (!rests) {
      supplies.doors().stats().add(Door.TCP, DoorOutcome.RATE_LIMITED);
      resting.add(credit);
      releaseLater();
    }
    return true;
  }

  /** When the first of the resting devices has credit again. */
  private void releaseLater() {
    long nowNs = System.nanoTime();
    long soonestMs = Long.MAX_VALUE;
    for (DeviceShare credit : resting) {
      soonestMs = Math.min(soonestMs, Math.max(RETRY_MS, credit.waitMs(nowNs)));
    }
    int asked = ++releases;
    context.setTimer(soonestMs, timer -> release(asked));
  }

  /** Lets go in their order what has credit now; what a shard has no room for stops the rest. */
  private void release(int asked) {
    if (asked != releases || state != State.OPEN) {
      return; // another timer has taken over, or nobody waits any more
    }
    progressNs = System.nanoTime();
    resting.clear();
    decoding = true;
    for (int left = held.size(); left > 0; left--) {
      Run run = held.removeFirst();
      DeviceShare credit = Objects.requireNonNull(run.credit);
      if (waiting != null || resting.contains(credit) || credit.waitNs(progressNs) > 0) {
        resting.add(credit);
        held.addLast(run);
      } else {
        credit.spend(run.records, progressNs);
        submit(run);
      }
    }
    decoding = false;
    if (!held.isEmpty()) {
      releaseLater();
    }
    proceed();
  }

  /** A client that came back sends what this connection has not brought in; then this one ends. */
  private boolean isSuperseded(@Nullable DeviceShare credit) {
    if (credit == null || credit.isNewest(openedNs)) {
      return false;
    }
    end(StreamEnd.TOO_MANY, "a newer connection sends for the same device");
    return true;
  }

  /** Hands it to its shard, or keeps it until the shard has room; meanwhile nothing is read. */
  private void submit(Run run) {
    if (isSuperseded(run.credit)) {
      return;
    }
    if (!run.batch.unchecked().isEmpty()) {
      verify(run);
      return;
    }
    if (run.batch.submitTo(supplies.doors().router())) {
      waiting = null;
      return;
    }
    waiting = run;
    context.setTimer(RETRY_MS, timer -> retry(run));
  }

  /** Nothing is read meanwhile, so that a signature never lets a later record pass it. */
  private void verify(Run run) {
    waiting = run;
    SignatureChecks checks = supplies.doors().signatures();
    if (!checks.run(run.batch.unchecked(), context, () -> verified(run))) {
      context.setTimer(RETRY_MS, timer -> retry(run));
    }
  }

  private void verified(Run run) {
    run.batch.checked();
    retry(run);
  }

  private void retry(Run run) {
    if (state != State.ENDED) {
      decoding = true;
      submit(run);
      decoding = false;
      proceed();
    }
  }

  /** Some runs may be through, those at the head of the line are done with. */
  private void completed() {
    for (Run run = runs.pollDone(); run != null; run = runs.pollDone()) {
      finish(run);
      runs.giveBack(run);
    }
    if (!decoding) {
      proceedSoon();
    }
  }

  private void finish(Run run) {
    if (run.failed()) {
      supplies.doors().stats().add(Door.TCP, DoorOutcome.FAILED);
      end(StreamEnd.NOT_JOURNALED, "the journal failed; send again what was not acknowledged");
      return;
    }
    if (state == State.OPEN) {
      answers().done(run);
      progressNs = System.nanoTime();
    }
  }

  /** Later in this turn of the loop, so that the completions of a turn share an ack. */
  private void proceedSoon() {
    if (!proceeding && state != State.ENDED) {
      proceeding = true;
      channel().executor().execute(proceed);
    }
  }

  private void proceed() {
    proceeding = false;
    if (state != State.ENDED) {
      decode();
      settle();
    }
  }

  /** Reads on or not, and acknowledges once the buffers that came together are all read. */
  private void settle() {
    if (state == State.ENDED) {
      return;
    }
    boolean readOn = !blocked();
    if (channel().channel().config().isAutoRead() != readOn) {
      channel().channel().config().setAutoRead(readOn);
      if (!readOn) {
        supplies.stats().paused();
      }
    }
    if (reading) {
      return;
    }
    if (stopping && (runs.isEmpty() || !held.isEmpty())) {
      end(StreamEnd.STOPPING, "the server stops");
    } else {
      answers().ack();
    }
  }

  private void tellState(int number) {
    answers().deviceState(number, Objects.requireNonNull(devices).state(number));
  }

  private boolean malformed(String why) {
    supplies.doors().stats().add(Door.TCP, DoorOutcome.MALFORMED);
    end(StreamEnd.MALFORMED, why);
    return false;
  }

  private void releaseUnread() {
    unread.release();
    unread = Unpooled.EMPTY_BUFFER;
  }

  private ChannelHandlerContext channel() {
    return Objects.requireNonNull(channel);
  }

  private TcpAnswers answers() {
    return Objects.requireNonNull(answers);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // channelInactive says all there is to say
  private static void close(ChannelHandlerContext channel) {
    channel.close();
  }
}
