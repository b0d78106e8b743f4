package io.hexbeat.geofence;

/**
 * A shape that can't be a fence. The message says which ring and vertex, why, and what is allowed;
 * {@link #pointer} is the JSON pointer into the GeoJSON geometry's coordinates where that is known.
 */
public final class InvalidShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  public InvalidShapeException(String pointer, String reason) {
    super(reason);
    this.pointer = pointer;
  }

  /** For instance {@code /coordinates/0/3}: ring 0, vertex 3; empty for the whole geometry. */
  public String pointer() {
    return pointer;
  }
}
