package io.hexbeat.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One event loop of Netty on bare sockets: what a phone or a live probe costs here is taken from
 * the server that it measures. Any thread may hand it work. With epoll its timers are exact to
 * microseconds; elsewhere to a millisecond.
 */
final class Sender implements AutoCloseable {
  private static final int CONNECT_WITHIN_MS = 10_000;
  private static final int STOP_SECONDS = 2;

  private final EventLoopGroup group;
  private final EventLoop loop;
  private final Class<? extends SocketChannel> channels;

  Sender(String name) {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), io);
    loop = group.next();
    channels = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  EventLoop loop() {
    return loop;
  }

  /** Connects to a door; completes on the loop. */
  Future<Void> connect(URI door, ChannelHandler handler) {
    Promise<Void> connected = Promise.promise();
    new Bootstrap()
        .group(group)
        .channel(channels)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_WITHIN_MS)
        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .handler(handler)
        .connect(door.getHost(), door.getPort())
        .addListener(
            done -> {
              if (done.isSuccess()) {
                connected.complete();
              } else {
                connected.fail(done.cause());
              }
            });
    return connected.future();
  }

  /** Runs it on the loop. */
  <T> Future<T> call(Supplier<Future<T>> action) {
    Promise<T> done = Promise.promise();
    loop.execute(
        () -> {
          try {
            action.get().onComplete(done);
          } catch (RuntimeException e) {
            done.fail(e);
          }
        });
    return done.future();
  }

  @Override
  public void close() {
    group
        .shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
  }
}
