package io.hexbeat.api.store;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One login that holds. Any thread may use it and ask to be told of its end; who asks afterwards is
 * told at once. It ends once, for good.
 */
public final class Session {
  private final String id;
  private final String tokenHash;
  private final String userId;
  private final long version;
  private final long createdMs;
  private final long expiresMs;
  private final String address;
  private final @Nullable String agent;

  /** Written by whoever uses the session, read by the sweep. */
  private volatile long seenMs;

  /** Written under the monitor, read by any thread. */
  private volatile boolean ended;

  private final Set<Runnable> listeners = new HashSet<>();

  /** What PostgreSQL knows of {@link #seenMs}; the sweep's. */
  private long storedSeenMs;

  Session(
      String id,
      String tokenHash,
      String userId,
      long version,
      long createdMs,
      long seenMs,
      long expiresMs,
      String address,
      @Nullable String agent) {
    this.id = id;
    this.tokenHash = tokenHash;
    this.userId = userId;
    this.version = version;
    this.createdMs = createdMs;
    this.seenMs = seenMs;
    this.storedSeenMs = seenMs;
    this.expiresMs = expiresMs;
    this.address = address;
    this.agent = agent;
  }

  /** What it is called; no secret. */
  public String id() {
    return id;
  }

  public String userId() {
    return userId;
  }

  /** The version of the account's credentials that it was opened with. */
  public long version() {
    return version;
  }

  public long createdMs() {
    return createdMs;
  }

  /** When it was last used. */
  public long seenMs() {
    return seenMs;
  }

  /** When it ends however much it is used. */
  public long expiresMs() {
    return expiresMs;
  }

  /** Where it was opened from. */
  public String address() {
    return address;
  }

  /** What the client called itself, or null. */
  public @Nullable String agent() {
    return agent;
  }

  public boolean ended() {
    return ended;
  }

  /** Tells the listener of the end, on the thread that ends the session. */
  public void onEnd(Runnable listener) {
    synchronized (this) {
      if (!ended) {
        listeners.add(listener);
        return;
      }
    }
    listener.run();
  }

  /** The listener is not told any more. */
  public synchronized void forget(Runnable listener) {
    listeners.remove(listener);
  }

  String tokenHash() {
    return tokenHash;
  }

  void seen(long nowMs) {
    seenMs = nowMs;
  }

  /** Whether there is a use that {@link #markStored} doesn't know. */
  boolean seenIsNews() {
    return seenMs != storedSeenMs;
  }

  void markStored(long storedMs) {
    storedSeenMs = storedMs;
  }

  void end() {
    Set<Runnable> told;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      told = Set.copyOf(listeners);
      listeners.clear();
    }
    told.forEach(Runnable::run);
  }

  @Override
  public String toString() {
    return "Session[id=" + id + " user=" + userId + "]";
  }
}
