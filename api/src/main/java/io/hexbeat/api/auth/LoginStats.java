package io.hexbeat.api.auth;

import java.util.concurrent.atomic.LongAdder;

/** Counts logins by what became of them. Any thread. */
public final class LoginStats {
  /** Let in. */
  public final LongAdder accepted = new LongAdder();

  /** The name or the password was wrong. */
  public final LongAdder wrong = new LongAdder();

  /** Held back after too many wrong ones, unlooked at. */
  public final LongAdder throttled = new LongAdder();

  /** Sent away because too many passwords were being checked. */
  public final LongAdder busy = new LongAdder();
}
