package io.hexbeat.api;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of a server and what they wait on: Netty's epoll or io_uring on Linux, Java's NIO
 * anywhere. Stateless; any thread. A transport that was named and does not run here is refused with
 * those that do; {@code auto} takes epoll before io_uring, which has fewer years behind it.
 */
final class Loops {
  /** What can be asked for. */
  static final List<String> NAMES = List.of("auto", "nio", "epoll", "io_uring");

  private Loops() {}

  static Transport transport(String name) {
    Transport transport =
        switch (name) {
          case "epoll" -> Transport.EPOLL;
          case "io_uring" -> Transport.IO_URING;
          case "nio" -> Transport.NIO;
          default ->
              runs(Transport.nativeTransport()) ? Transport.nativeTransport() : Transport.NIO;
        };
    if (!runs(transport)) {
      throw new ConfigException(
          "transport",
          name,
          String.join(", ", available()) + " run on this machine" + why(transport));
    }
    return transport;
  }

  /** The names of those that run here. */
  static List<String> available() {
    return Stream.of(Transport.NIO, Transport.EPOLL, Transport.IO_URING)
        .filter(Loops::runs)
        .map(Transport::name)
        .toList();
  }

  static Vertx open(Transport transport, int eventLoops) {
    return Vertx.builder()
        .with(new VertxOptions().setEventLoopPoolSize(eventLoops))
        .withTransport(transport)
        .build();
  }

  /** Null where Netty has nothing for this system. */
  private static boolean runs(@Nullable Transport transport) {
    return transport != null && transport.available();
  }

  private static String why(@Nullable Transport transport) {
    Throwable cause = transport == null ? null : transport.unavailabilityCause();
    return cause == null ? "" : " (" + Objects.requireNonNullElse(cause.getMessage(), cause) + ")";
  }
}
