package io.hexbeat.ingest.door;

import java.util.Locale;

/**
 * Why the server ends a stream. The code stands in the END frame of the TCP door and never changes
 * its meaning; WebSockets have their own codes for the same.
 */
public enum StreamEnd {
  /** A frame that can't be read, or one that is not its turn. */
  MALFORMED(1, 1007),
  /** A frame beyond its limit. */
  TOO_LARGE(2, 1009),
  /** No credential, or one that nobody holds. */
  UNAUTHORIZED(3, 1008),
  /** The credential is refused from now on. */
  REVOKED(4, 1008),
  /** Nothing was heard, or nothing was read, for too long. */
  IDLE(5, 1001),
  /** The journal took no more; what was not acknowledged must be sent again. */
  NOT_JOURNALED(6, 1013),
  /** As many connections as the door takes are open. */
  TOO_MANY(7, 1013),
  /** The server stops. */
  STOPPING(8, 1001);

  private final int code;
  private final short webSocketCode;

  StreamEnd(int code, int webSocketCode) {
    this.code = code;
    this.webSocketCode = (short) webSocketCode;
  }

  public int code() {
    return code;
  }

  short webSocketCode() {
    return webSocketCode;
  }

  /** The name of this reason in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
