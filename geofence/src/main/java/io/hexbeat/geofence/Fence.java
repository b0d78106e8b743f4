package io.hexbeat.geofence;

import org.jspecify.annotations.Nullable;

/**
 * A customer's site or an area on the map, as the engines know it. Immutable; any thread.
 *
 * @param handle the store's number for it: positive, stable over restarts and edits, never given to
 *     another fence. Journal records and presence state name fences by it.
 * @param id the name users gave it, 1-64 characters
 * @param name for people
 * @param kind whether it is a site or only an area
 * @param shape what it covers
 * @param activeFromMs first Unix millisecond at which it counts, {@link Long#MIN_VALUE} for always
 * @param activeToMs first Unix millisecond at which it no longer counts, {@link Long#MAX_VALUE} for
 *     ever
 * @param presence its own policy, or null for the server's default
 * @param hours when within those times it is open, or null for always
 * @param lastEdit the shape before this one, or null if it never had another
 * @param shapedMs since when it is there in this shape, {@link Long#MIN_VALUE} where nobody knows
 */
public record Fence(
    int handle,
    String id,
    String name,
    FenceKind kind,
    Shape shape,
    long activeFromMs,
    long activeToMs,
    @Nullable PresencePolicy presence,
    @Nullable OpeningHours hours,
    @Nullable ShapeEdit lastEdit,
    long shapedMs) {
  public Fence {
    if (handle <= 0) {
      throw new IllegalArgumentException("handle=" + handle + " is not positive");
    }
  }

  /** A fence that always had this shape. */
  public Fence(
      int handle,
      String id,
      String name,
      FenceKind kind,
      Shape shape,
      long activeFromMs,
      long activeToMs,
      @Nullable PresencePolicy presence,
      @Nullable OpeningHours hours) {
    this(
        handle,
        id,
        name,
        kind,
        shape,
        activeFromMs,
        activeToMs,
        presence,
        hours,
        null,
        Long.MIN_VALUE);
  }

  /** Without opening hours. */
  public Fence(
      int handle,
      String id,
      String name,
      FenceKind kind,
      Shape shape,
      long activeFromMs,
      long activeToMs,
      @Nullable PresencePolicy presence) {
    this(handle, id, name, kind, shape, activeFromMs, activeToMs, presence, null);
  }

  /** The same fence, with the shape that it had before. */
  public Fence editedFrom(ShapeEdit edit) {
    return shaped(edit, edit.atMs());
  }

  /** The same fence, made then. */
  public Fence madeAt(long timeMs) {
    return shaped(lastEdit, timeMs);
  }

  private Fence shaped(@Nullable ShapeEdit edit, long sinceMs) {
    return new Fence(
        handle, id, name, kind, shape, activeFromMs, activeToMs, presence, hours, edit, sinceMs);
  }

  /** A site that always counts, under the default policy. */
  public static Fence of(int handle, String id, Shape shape) {
    return new Fence(handle, id, id, FenceKind.SITE, shape, Long.MIN_VALUE, Long.MAX_VALUE, null);
  }

  public boolean isSite() {
    return kind == FenceKind.SITE;
  }

  /** Whether it counts always since it is there, under the default policy, as most do. */
  boolean isPlain() {
    return activeFromMs == Long.MIN_VALUE
        && activeToMs == Long.MAX_VALUE
        && hours == null
        && presence == null;
  }

  public boolean activeAt(long timeMs) {
    return timeMs >= activeFromMs && timeMs < activeToMs && (hours == null || hours.openAt(timeMs));
  }

  /**
   * Since when it has counted, in its shape, as it does then: what was before says nothing of who
   * is in it now. A shape of later counts since ever, for fixes that come late.
   */
  public long countsSinceMs(long timeMs) {
    long sinceMs = Math.max(activeFromMs, shapedMs <= timeMs ? shapedMs : Long.MIN_VALUE);
    return hours == null ? sinceMs : Math.max(sinceMs, hours.changedAtMs(timeMs));
  }

  /**
   * The first time after this one at which {@link #activeAt} may say something else; {@link
   * Long#MAX_VALUE} for never.
   */
  public long changesAtMs(long timeMs) {
    if (timeMs < activeFromMs) {
      return activeFromMs;
    }
    if (timeMs >= activeToMs) {
      return Long.MAX_VALUE;
    }
    return hours == null ? activeToMs : Math.min(activeToMs, hours.changesAtMs(timeMs));
  }
}
