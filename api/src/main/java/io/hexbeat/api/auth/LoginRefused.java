package io.hexbeat.api.auth;

/** A login that was not let in; says nothing about whether the user exists. */
public final class LoginRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final long waitSeconds;

  /** Why. */
  public enum Kind {
    WRONG,
    THROTTLED,
    BUSY
  }

  private LoginRefused(Kind kind, String message, long waitSeconds) {
    super(message, null, false, false);
    this.kind = kind;
    this.waitSeconds = waitSeconds;
  }

  static LoginRefused wrong() {
    return new LoginRefused(Kind.WRONG, "User name or password is wrong.", 0);
  }

  static LoginRefused throttled(long waitSeconds) {
    return new LoginRefused(Kind.THROTTLED, "Too many wrong passwords.", waitSeconds);
  }

  static LoginRefused busy(long waitSeconds) {
    return new LoginRefused(Kind.BUSY, "Too many logins at a time.", waitSeconds);
  }

  public Kind kind() {
    return kind;
  }

  /** Seconds after which another try is let through, 0 if the name or password was wrong. */
  public long waitSeconds() {
    return waitSeconds;
  }
}
