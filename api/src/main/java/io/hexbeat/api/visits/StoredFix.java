package io.hexbeat.api.visits;

import io.hexbeat.geofence.Fix;
import io.vertx.sqlclient.Row;

/**
 * A position of the projection as the engines read one, at the time at which it counts. Immutable;
 * any thread. What presence doesn't look at is unknown.
 */
record StoredFix(
    long fixTimeMs,
    long journalIndex,
    int latE7,
    int lngE7,
    int accuracyCm,
    int speedCmps,
    int bearingCdeg)
    implements Fix {
  static StoredFix of(Row row) {
    return new StoredFix(
        row.getLong("effective_ms"),
        row.getLong("journal_index"),
        row.getInteger("lat_e7"),
        row.getInteger("lng_e7"),
        known(row, "accuracy_cm"),
        known(row, "speed_cmps"),
        known(row, "bearing_cdeg"));
  }

  private static int known(Row row, String column) {
    Integer value = row.getInteger(column);
    return value == null ? UNKNOWN : value;
  }

  @Override
  public boolean hasPosition() {
    return true;
  }

  /** When it counts is when it came, as far as order is concerned. */
  @Override
  public long receivedTimeMs() {
    return fixTimeMs;
  }

  @Override
  public int altitudeCm() {
    return UNKNOWN_ALTITUDE;
  }

  @Override
  public int batteryPct() {
    return UNKNOWN;
  }

  @Override
  public boolean mock() {
    return false;
  }

  @Override
  public long seq() {
    return UNKNOWN;
  }

  @Override
  public long uptimeMs() {
    return UNKNOWN;
  }
}
