package io.hexbeat.load.phone;

import io.hexbeat.ingest.wire.PingRecord;

/**
 * The wire records of one message, made anew in one array. One thread at a time. Allocates at
 * construction only.
 */
final class PingRecords {
  private final PingRecord record = new PingRecord();
  private final Route route;
  private final int batch;
  private final byte[] bytes;

  PingRecords(Route route, int batch) {
    this.route = route;
    this.batch = batch;
    this.bytes = new byte[batch * PingRecord.HEADER_BYTES];
  }

  /** The array that {@link #fill} writes. */
  byte[] bytes() {
    return bytes;
  }

  /** Writes them; the device's number is the phone's, which a relay may read. */
  byte[] fill(long firstPing) {
    for (int i = 0; i < batch; i++) {
      long ping = firstPing + i;
      record
          .wrapNew(bytes, i * PingRecord.HEADER_BYTES, route.number(), 0, 0)
          .fixTimeMs(route.fixMs(ping))
          .position(route.latE7(ping), route.lngE7(ping))
          .accuracyCm(Route.accuracyDm(ping) * 10)
          .speedCmps(1_200)
          .batteryPct(80);
    }
    return bytes;
  }
}
