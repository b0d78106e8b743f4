package io.hexbeat.api.store;

/**
 * An edit that can't be made, and why; carried by a failed Future. Nothing was stored. Has no stack
 * trace, because it is an answer to the asker and not a fault of the server.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final String pointer;

  /** What kind of answer it is. */
  public enum Kind {
    INVALID,
    NOT_FOUND,
    CONFLICT,
    STALE,
    BUSY
  }

  private Refusal(Kind kind, String pointer, String reason) {
    super(reason, null, false, false);
    this.kind = kind;
    this.pointer = pointer;
  }

  /** The place of the input, a JSON pointer, and what is wrong with it. */
  public static Refusal invalid(String pointer, String reason) {
    return new Refusal(Kind.INVALID, pointer, reason);
  }

  public static Refusal notFound(String what, String id) {
    return new Refusal(Kind.NOT_FOUND, "", "There is no " + what + " '" + id + "'.");
  }

  public static Refusal conflict(String reason) {
    return new Refusal(Kind.CONFLICT, "", reason);
  }

  /** Somebody else was quicker: the version that the asker has seen is no longer the one. */
  public static Refusal stale(String reason) {
    return new Refusal(Kind.STALE, "", reason);
  }

  /** Too many edits wait; later it may do. */
  public static Refusal busy(String reason) {
    return new Refusal(Kind.BUSY, "", reason);
  }

  public Kind kind() {
    return kind;
  }

  /** JSON pointer of an invalid input. */
  public String pointer() {
    return pointer;
  }
}
