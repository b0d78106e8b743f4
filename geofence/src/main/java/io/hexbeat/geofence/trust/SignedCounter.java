package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.StateFields;
import java.util.Arrays;

/**
 * What a device counted to in the records that it signed, by its newest key. Owned by a {@link
 * TrustState}, which has one for pings and one for punches: an app may send both at once, by two
 * connections. Allocates nothing for a device that does not sign; for one that does up to 4 KB, in
 * which the last {@link #REMEMBERED} records are recognised, so that a batch sent again is a
 * repetition and no fraud.
 */
final class SignedCounter {
  /** As many as one request may hold: what was sent and not answered is at most that. */
  static final int REMEMBERED = 1_024;

  private static final int FIRST = 16;
  private static final int[] NONE = {};

  private int key = Fix.UNKNOWN;
  private long counter = Fix.UNKNOWN;
  private long atMs;
  private int[] hashes = NONE;
  private int next;

  long counter() {
    return counter;
  }

  /** Device time of the record that counted so far. */
  long atMs() {
    return atMs;
  }

  /** The record does not count on; by another key counting begins anew. */
  boolean brokenBy(int nextKey, long nextCounter) {
    return nextCounter >= 0 && nextKey == key && nextCounter <= counter;
  }

  /** Exactly this one was taken before. */
  boolean knows(Fix fix) {
    if (!brokenBy(fix.signingKey(), fix.counter())) {
      return false;
    }
    int hash = hash(fix);
    for (int known : hashes) {
      if (known == hash) {
        return true;
      }
    }
    return false;
  }

  /** Takes a record of the device; an unsigned one changes nothing. */
  void note(Fix fix) {
    if (fix.counter() >= 0) {
      count(fix.signingKey(), fix.counter(), fix.fixTimeMs());
      remember(hash(fix));
    }
  }

  void count(int nextKey, long nextCounter, long nextAtMs) {
    if (nextCounter < 0) {
      return;
    }
    if (nextKey != key) {
      key = nextKey;
      counter = Fix.UNKNOWN;
      hashes = NONE;
      next = 0;
    }
    if (nextCounter > counter) {
      counter = nextCounter;
      atMs = nextAtMs;
    }
  }

  private void remember(int hash) {
    if (next == hashes.length) {
      if (next < REMEMBERED) {
        hashes = Arrays.copyOf(hashes, Math.max(FIRST, next * 2));
      } else {
        next = 0;
      }
    }
    hashes[next++] = hash;
  }

  /** Of all that an engine sees of it; never 0, which marks a free place. */
  private static int hash(Fix fix) {
    long hash = mix(fix.counter());
    hash = mix(hash ^ fix.fixTimeMs());
    hash = mix(hash ^ (fix.hasPosition() ? 1 : 0) ^ (fix.mock() ? 2 : 0));
    hash = mix(hash ^ ((long) fix.latE7() << 32 | (fix.lngE7() & 0xFFFF_FFFFL)));
    hash = mix(hash ^ ((long) fix.accuracyCm() << 32 | (fix.altitudeCm() & 0xFFFF_FFFFL)));
    hash = mix(hash ^ ((long) fix.speedCmps() << 32 | (fix.bearingCdeg() & 0xFFFF_FFFFL)));
    hash = mix(hash ^ fix.batteryPct());
    hash = mix(hash ^ fix.seq());
    hash = mix(hash ^ fix.uptimeMs());
    int folded = Long.hashCode(hash);
    return folded == 0 ? 1 : folded;
  }

  private static long mix(long bits) {
    return PunchClaim.mix(bits);
  }

  /** Every field, kept or restored. */
  void keep(StateFields fields) {
    key = fields.i32(key);
    counter = fields.i64(counter);
    atMs = fields.i64(atMs);
    next = fields.i32(next);
    int length = fields.i32(hashes.length);
    if (length != hashes.length) {
      hashes = new int[length];
    }
    fields.i32s(hashes, length);
  }

  @Override
  public String toString() {
    return counter + " by key " + key + " at " + atMs + " remembers " + Arrays.hashCode(hashes);
  }
}
