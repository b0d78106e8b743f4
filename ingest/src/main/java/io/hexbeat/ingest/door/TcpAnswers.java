package io.hexbeat.ingest.door;

import io.hexbeat.ingest.metrics.StageLatency;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.hexbeat.ingest.wire.GatewayFrames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;

/**
 * What one TCP connection is told, and how far it is acknowledged. Belongs to the connection's
 * loop. Acks are cumulative: while the client does not read, none is written, and one makes up for
 * all of them. A write that fails closes the channel, so nobody waits for its outcome.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class TcpAnswers {
  private final ChannelHandlerContext channel;
  private final StreamStats stats;
  private final StageLatency stages;
  private long sequence;
  private long journaled;
  private long quarantined;
  private long refused;
  private boolean ackDue;

  /**
   * @param stages the loop's own
   */
  TcpAnswers(ChannelHandlerContext channel, StreamStats stats, StageLatency stages) {
    this.channel = channel;
    this.stats = stats;
    this.stages = stages;
  }

  void welcome(long firstSequence, TcpConfig config, boolean gateway) {
    sequence = firstSequence;
    ByteBuf out = channel.alloc().directBuffer(24);
    GatewayFrames.welcome(
        out,
        config.windowRecords(),
        config.maxFrameBytes(),
        gateway ? config.maxDevices() : 0,
        (int) config.idleTimeout().toMillis());
    channel.writeAndFlush(out, channel.voidPromise());
  }

  void deviceState(int number, int state) {
    ByteBuf out = channel.alloc().directBuffer(16);
    GatewayFrames.deviceState(out, number, state);
    channel.writeAndFlush(out, channel.voidPromise());
  }

  /** The run is dealt with; the next ack says so. */
  void done(Run run) {
    if (run.refused) {
      refused += run.records;
      stats.refused(run.records);
    } else {
      journaled += run.records;
      quarantined += run.batch.quarantined();
      run.batch.count();
    }
    sequence = run.endSequence;
    ackDue = true;
  }

  /** The client asks for a sign of life: an ack, even if it says nothing new. */
  void ackSoon() {
    ackDue = true;
  }

  /** Acknowledges if there is a reason to, and if the client reads. */
  void ack() {
    if (ackDue && channel.channel().isWritable()) {
      long beginNs = System.nanoTime();
      writeAck();
      channel.flush();
      stages.record(Stage.SOCKET, System.nanoTime() - beginNs);
    }
  }

  /** The last that the client hears; its acks come before it. */
  void end(StreamEnd end, String why) {
    stats.endedFor(end);
    if (ackDue) {
      writeAck();
    }
    ByteBuf out = channel.alloc().directBuffer(256);
    GatewayFrames.end(out, end.code(), why);
    channel.writeAndFlush(out).addListener(written -> shutdownOutput());
  }

  private void writeAck() {
    ackDue = false;
    ByteBuf out = channel.alloc().directBuffer(GatewayFrames.ACK_BYTES);
    GatewayFrames.ack(out, sequence, journaled, quarantined, refused);
    channel.write(out, channel.voidPromise());
    stats.acked();
  }

  /** The client sees the end; what it still sends is read, so that it isn't told by a reset. */
  private void shutdownOutput() {
    if (channel.channel() instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }
}
