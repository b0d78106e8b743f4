package io.hexbeat.geofence.presence;

/**
 * One change of a device's presence in one fence. Immutable; any thread. The first four are
 * transitions that people are told of, the others are steps that must survive a restart. The code
 * is written to the journal and never changes its meaning.
 */
public enum ChangeKind {
  /** Now inside; {@code atMs} is the fix's effective time. */
  ENTER(0, true),
  /**
   * Left for good; {@code atMs} is the time of the first fix outside, not of the one that confirmed
   * it.
   */
  EXIT(1, true),
  /** Inside for the policy's dwell time; once a stay. */
  DWELL(2, true),
  /**
   * The fence is gone, closed or no longer active while the device was in it: the stay is over,
   * though nobody left.
   */
  REMOVED(3, true),
  /** A fix clearly outside, not yet confirmed; {@code atMs} is that fix's effective time. */
  EXIT_PENDING(4, false),
  /** A fix back inside or near the edge: the pending exit is void. */
  EXIT_CANCELLED(5, false),
  /**
   * Inside, but not so deep that it could not be noise; {@code atMs} is the time of the first fix
   * that says so, and of the ENTER that may follow.
   */
  ENTER_PENDING(6, false),
  /** Outside again before it was certain that it ever was inside. */
  ENTER_CANCELLED(7, false),
  /**
   * Outside, but not so far that it could not be noise: an EXIT that follows is told as of here;
   * fixes in a row that said so begin anew.
   */
  EXIT_DOUBTED(8, false);

  private static final ChangeKind[] BY_CODE = values();

  private final byte code;
  private final boolean transition;

  ChangeKind(int code, boolean transition) {
    this.code = (byte) code;
    this.transition = transition;
  }

  public byte code() {
    return code;
  }

  /** Whether people are told; otherwise only state changes. */
  public boolean transition() {
    return transition;
  }

  /**
   * The kind of a code.
   *
   * @throws IllegalArgumentException if no version so far has written that code
   */
  public static ChangeKind of(byte code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("change kind=" + code + " is unknown");
    }
    return BY_CODE[code];
  }
}
