package io.hexbeat.api.auth;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows down guessing: five wrong passwords for a user from an address, fifty from an address, or
 * fifty for a user from all addresses where they have not logged in before, and the next must wait
 * until a minute after the first. Any thread. Of IPv6 the first 64 bits are an address, because
 * that is what one subscriber gets. Remembers the 20,000 latest names, so an attack can't fill the
 * memory; a forgotten name starts anew.
 */
final class LoginThrottle {
  private static final int FAILURES_OF_USER_THERE = 5;
  private static final int FAILURES_OF_ADDRESS = 50;
  private static final int FAILURES_OF_USER = 50;
  private static final long WINDOW_MS = 60_000;
  private static final int REMEMBERED_MAX = 20_000;
  private static final int IPV6_PREFIX_GROUPS = 4;

  private final LongSupplier clockMs;
  private final Map<String, Failures> failures = new Latest<>();

  /** Where a user has logged in: a stranger's guesses don't lock them out there. */
  private final Map<String, Boolean> homes = new Latest<>();

  private static final class Latest<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > REMEMBERED_MAX;
    }
  }

  /**
   * Wrong passwords since the window began.
   *
   * @param told whether {@link #isNews} has told of it
   */
  private record Failures(int count, long sinceMs, boolean told) {}

  LoginThrottle(LongSupplier clockMs) {
    this.clockMs = clockMs;
  }

  /** Seconds to wait before another try, 0 for none. */
  synchronized long waitSeconds(String userId, String fullAddress) {
    String address = subscriber(fullAddress);
    long there =
        Math.max(
            waitSeconds(key(userId, address), FAILURES_OF_USER_THERE),
            waitSeconds(address, FAILURES_OF_ADDRESS));
    return homes.containsKey(key(userId, address))
        ? there
        : Math.max(there, waitSeconds(key(userId, ""), FAILURES_OF_USER));
  }

  /**
   * Whether this is the first refused try of its window; of an address or a user that is held back
   * as a whole there is one window, however many names or addresses are tried.
   */
  synchronized boolean isNews(String userId, String fullAddress) {
    String address = subscriber(fullAddress);
    String key = key(userId, address);
    if (waitSeconds(address, FAILURES_OF_ADDRESS) > 0) {
      key = address;
    } else if (waitSeconds(key, FAILURES_OF_USER_THERE) == 0) {
      key = key(userId, "");
    }
    Failures was = current(key, clockMs.getAsLong());
    failures.put(key, new Failures(was.count(), was.sinceMs(), true));
    return !was.told();
  }

  /** Counts a try as wrong before it is known, so that many at once don't slip through. */
  synchronized void begin(String userId, String fullAddress) {
    String address = subscriber(fullAddress);
    count(key(userId, address));
    count(address);
    if (!homes.containsKey(key(userId, address))) {
      count(key(userId, ""));
    }
  }

  /** The try was right: it and those before it from there don't count. */
  synchronized void succeeded(String userId, String fullAddress) {
    String address = subscriber(fullAddress);
    failures.remove(key(userId, address));
    uncount(address);
    if (homes.put(key(userId, address), true) == null) {
      uncount(key(userId, ""));
    }
  }

  private static String key(String userId, String address) {
    return address + ' ' + userId;
  }

  /** An IPv4 address as it is, of an IPv6 one the network. */
  private static String subscriber(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    String[] groups = address.split(":", -1);
    return String.join(
        ":", java.util.Arrays.copyOf(groups, Math.min(groups.length, IPV6_PREFIX_GROUPS)));
  }

  private long waitSeconds(String key, int allowed) {
    Failures was = failures.get(key);
    if (was == null || was.count() < allowed) {
      return 0;
    }
    long leftMs = was.sinceMs() + WINDOW_MS - clockMs.getAsLong();
    return leftMs <= 0 ? 0 : (leftMs + 999) / 1_000;
  }

  private Failures current(String key, long nowMs) {
    Failures was = failures.get(key);
    return was == null || nowMs - was.sinceMs() >= WINDOW_MS ? new Failures(0, nowMs, false) : was;
  }

  private void count(String key) {
    Failures was = current(key, clockMs.getAsLong());
    failures.put(key, new Failures(was.count() + 1, was.sinceMs(), was.told()));
  }

  private void uncount(String key) {
    failures.computeIfPresent(
        key, (name, was) -> new Failures(Math.max(0, was.count() - 1), was.sinceMs(), was.told()));
  }
}
