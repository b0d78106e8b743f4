package io.hexbeat.api.auth;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows down guessing: five wrong passwords for a user from an address, or fifty from an address,
 * and the next must wait until a minute after the first. Any thread. Remembers the 20,000 latest
 * names, so an attack can't fill the memory; a forgotten name starts anew.
 */
final class LoginThrottle {
  private static final int FAILURES_OF_USER = 5;
  private static final int FAILURES_OF_ADDRESS = 50;
  private static final long WINDOW_MS = 60_000;
  private static final int REMEMBERED_MAX = 20_000;

  private final LongSupplier clockMs;
  private final LinkedHashMap<String, Failures> failures =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  /** Wrong passwords since the window began. */
  private record Failures(int count, long sinceMs) {}

  LoginThrottle(LongSupplier clockMs) {
    this.clockMs = clockMs;
  }

  /** Seconds to wait before another try, 0 for none. */
  synchronized long waitSeconds(String userId, String address) {
    return Math.max(
        waitSeconds(userKey(userId, address), FAILURES_OF_USER),
        waitSeconds(address, FAILURES_OF_ADDRESS));
  }

  /** Counts a try as wrong before it is known, so that many at once don't slip through. */
  synchronized void begin(String userId, String address) {
    count(userKey(userId, address));
    count(address);
  }

  /** The try was right: it and those before it don't count. */
  synchronized void succeeded(String userId, String address) {
    failures.remove(userKey(userId, address));
    failures.computeIfPresent(
        address, (key, was) -> new Failures(Math.max(0, was.count() - 1), was.sinceMs()));
  }

  private static String userKey(String userId, String address) {
    return address + ' ' + userId;
  }

  private long waitSeconds(String key, int allowed) {
    Failures was = failures.get(key);
    if (was == null || was.count() < allowed) {
      return 0;
    }
    long leftMs = was.sinceMs() + WINDOW_MS - clockMs.getAsLong();
    return leftMs <= 0 ? 0 : (leftMs + 999) / 1_000;
  }

  private void count(String key) {
    long nowMs = clockMs.getAsLong();
    failures.compute(
        key,
        (name, was) ->
            was == null || nowMs - was.sinceMs() >= WINDOW_MS
                ? new Failures(1, nowMs)
                : new Failures(was.count() + 1, was.sinceMs()));
  }
}
