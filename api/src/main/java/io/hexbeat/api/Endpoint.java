package io.hexbeat.api;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where one of the server's ports listens and how it is protected. Immutable; any thread. What
 * can't be listened on is told with the key to change.
 *
 * <p>Plain text is for this machine only: on any other address a port needs TLS, or {@code
 * NAME.plain_text=true} from an operator who has a proxy with TLS before it or knows the network.
 *
 * @param name of its keys, {@code NAME.port} and so on
 * @param port 0 for a free one
 * @param tls null for plain text
 */
record Endpoint(String name, String host, int port, @Nullable Pem tls) {

  /** A certificate chain and its private key. */
  record Pem(Path chain, Path key) {}

  /** Reads {@code NAME.host}, {@code NAME.port}, {@code NAME.tls.*} and {@code NAME.plain_text}. */
  static Endpoint read(Settings settings, String name, int port) {
    Endpoint endpoint =
        new Endpoint(
            name,
            settings.text(name + ".host", "127.0.0.1"),
            settings.port(name + ".port", port),
            pem(settings, name));
    boolean plainTextAllowed = settings.flag(name + ".plain_text", false);
    if (endpoint.tls == null && !plainTextAllowed && !endpoint.address().isLoopbackAddress()) {
      throw new ConfigException(
          name + ".host",
          endpoint.host,
          "without TLS only an address of this machine itself, such as 127.0.0.1, is allowed; set "
              + (name + ".tls.cert and ")
              + (name + ".tls.key, or ")
              + (name + ".plain_text=true where a proxy with TLS stands before it"));
    }
    return endpoint;
  }

  boolean isTls() {
    return tls != null;
  }

  /** What clients on this machine use; which protocol, TLS decides. */
  String url(String plainProtocol, String tlsProtocol, int boundPort) {
    String reachable =
        switch (host) {
          case "0.0.0.0" -> "127.0.0.1";
          case "::" -> "[::1]";
          default -> host.indexOf(':') < 0 ? host : "[" + host + "]";
        };
    return (isTls() ? tlsProtocol : plainProtocol) + "://" + reachable + ":" + boundPort;
  }

  /**
   * Fails if another program has the port, before anything slow begins. Nothing keeps one from
   * taking it afterwards, which {@link #notBound} tells.
   */
  void checkFree() {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(address(), port));
    } catch (IOException e) {
      throw notBound(e);
    }
  }

  /** What to do about a port that could not be bound. */
  ConfigException notBound(Throwable cause) {
    String problem = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (problem.contains("in use")) {
      return new ConfigException(
          name + ".port",
          Integer.toString(port),
          "another program listens there; stop it or set another port, 0 takes a free one");
    }
    if (problem.contains("permission")) {
      return new ConfigException(
          name + ".port",
          Integer.toString(port),
          "this user may not listen there; set a port of 1024 or more");
    }
    return new ConfigException(
        name + ".host",
        host,
        "an address of this machine is allowed, such as 127.0.0.1 or 0.0.0.0 (" + problem + ")");
  }

  private InetAddress address() {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new ConfigException(
          name + ".host", host, "an address or a name that resolves to one is allowed");
    }
  }

  private static @Nullable Pem pem(Settings settings, String name) {
    String chain = settings.optional(name + ".tls.cert");
    String key = settings.optional(name + ".tls.key");
    if ((chain == null) != (key == null)) {
      throw new ConfigException(
          name + (chain == null ? ".tls.cert" : ".tls.key"),
          "",
          "the certificate chain and its private key are set together, each a PEM file");
    }
    return chain == null || key == null ? null : new Pem(Path.of(chain), Path.of(key));
  }
}
