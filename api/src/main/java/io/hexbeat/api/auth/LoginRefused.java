package io.hexbeat.api.auth;

/** A login that was not let in; says nothing about whether the user exists. */
public final class LoginRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long waitSeconds;

  LoginRefused(long waitSeconds) {
    super(
        waitSeconds == 0 ? "User name or password is wrong." : "Too many wrong passwords.",
        null,
        false,
        false);
    this.waitSeconds = waitSeconds;
  }

  /** Seconds after which another try is let through, 0 if the name or password was wrong. */
  public long waitSeconds() {
    return waitSeconds;
  }
}
