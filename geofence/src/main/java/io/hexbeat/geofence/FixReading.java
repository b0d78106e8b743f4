package io.hexbeat.geofence;

/**
 * A fix read out once into plain fields: engines ask some of them dozens of times, and a record's
 * bytes give each of them with checks. Reusable, one thread; allocates nothing. Longitudes are as
 * the fix gave them.
 */
public final class FixReading implements Fix {
  private boolean hasPosition;
  private boolean mock;
  private int latE7;
  private int lngE7;
  private long fixTimeMs;
  private long receivedTimeMs;
  private int accuracyCm;
  private int altitudeCm;
  private int speedCmps;
  private int bearingCdeg;
  private int batteryPct;
  private int signingKey;
  private long seq;
  private long uptimeMs;
  private long counter;

  /** Takes all of another fix over. */
  public FixReading of(Fix fix) {
    hasPosition = fix.hasPosition();
    mock = fix.mock();
    latE7 = fix.latE7();
    lngE7 = fix.lngE7();
    fixTimeMs = fix.fixTimeMs();
    receivedTimeMs = fix.receivedTimeMs();
    accuracyCm = fix.accuracyCm();
    altitudeCm = fix.altitudeCm();
    speedCmps = fix.speedCmps();
    bearingCdeg = fix.bearingCdeg();
    batteryPct = fix.batteryPct();
    seq = fix.seq();
    uptimeMs = fix.uptimeMs();
    counter = fix.counter();
    signingKey = fix.signingKey();
    return this;
  }

  @Override
  public boolean hasPosition() {
    return hasPosition;
  }

  @Override
  public int latE7() {
    return latE7;
  }

  @Override
  public int lngE7() {
    return lngE7;
  }

  @Override
  public long fixTimeMs() {
    return fixTimeMs;
  }

  @Override
  public long receivedTimeMs() {
    return receivedTimeMs;
  }

  @Override
  public int accuracyCm() {
    return accuracyCm;
  }

  @Override
  public int altitudeCm() {
    return altitudeCm;
  }

  @Override
  public int speedCmps() {
    return speedCmps;
  }

  @Override
  public int bearingCdeg() {
    return bearingCdeg;
  }

  @Override
  public int batteryPct() {
    return batteryPct;
  }

  @Override
  public boolean mock() {
    return mock;
  }

  @Override
  public long seq() {
    return seq;
  }

  @Override
  public long uptimeMs() {
    return uptimeMs;
  }

  @Override
  public long counter() {
    return counter;
  }

  @Override
  public int signingKey() {
    return signingKey;
  }
}
