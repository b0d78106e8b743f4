package io.hexbeat.load;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections of a load run: how many of each kind, from where and how fast they come.
 * Immutable; any thread. A run without any is one of {@link #total} 0.
 *
 * @param stream WebSockets
 * @param http keep-alive connections
 * @param mqtt MQTT connections
 * @param sourceAddresses loopback addresses that they come from, in turn; 0 leaves it to the system
 * @param openPerSecond connections opened in a second, so that no accept queue overflows
 */
record IdlePlan(int stream, int http, int mqtt, int sourceAddresses, int openPerSecond) {
  /** How a phone that has nothing to tell stays connected. */
  enum Kind {
    STREAM,
    HTTP,
    MQTT;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final int MAX_CONNECTIONS = 1_000_000;
  static final int MAX_SOURCE_ADDRESSES = 250;

  /** Half of what a server lets in from one address unless told otherwise. */
  private static final int CONNECTIONS_PER_SOURCE = 5_000;

  /** What else a process has open: its libraries, its journal, its database, its epolls. */
  private static final int OTHER_FILES = 200;

  static int usualSourceAddresses(int connections) {
    return Math.min(MAX_SOURCE_ADDRESSES, 1 + connections / CONNECTIONS_PER_SOURCE);
  }

  int of(Kind kind) {
    return switch (kind) {
      case STREAM -> stream;
      case HTTP -> http;
      case MQTT -> mqtt;
    };
  }

  int total() {
    return stream + http + mqtt;
  }

  /** Where a connection with this number comes from, or null for the system's choice. */
  @Nullable String source(int connection) {
    return sourceAddresses == 0 ? null : "127.0.0." + (1 + connection % sourceAddresses);
  }

  /**
   * Fails unless a process may open as many files as each end of this run needs.
   *
   * @param mayOpen what {@code ulimit -n} says, the hard limit, which a JVM takes by itself
   */
  void checkOpenFiles(LoadPlan plan, long mayOpen) {
    int others = plan.devices() + plan.managers() + OTHER_FILES;
    if (total() > 0 && total() + others > mayOpen) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%,d idle connections need %,d open files in the server and as many here, and this"
                  + " system allows %,d a process: raise the hard limit (ulimit -Hn), or ask for at"
                  + " most %,d",
              total(),
              total() + others,
              mayOpen,
              Math.max(0, mayOpen - others)));
    }
  }
}
