package io.hexbeat.geofence;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** STUB of the seam; the geometry work replaces the bodies. */
public final class FenceIndex {
  private static final FenceIndex EMPTY = new FenceIndex();

  private FenceIndex() {}

  /** A fence near a point. */
  public record Nearby(Fence fence, double signedDistanceMeters) {}

  public static FenceIndex empty() {
    return EMPTY;
  }

  public static FenceIndex of(long version, Collection<Fence> fences) {
    return EMPTY;
  }

  /** A new index with some fences put and some removed; the others are not compiled again. */
  public FenceIndex edited(
      long version, Collection<Fence> puts, Collection<Integer> removedHandles) {
    return EMPTY;
  }

  public long version() {
    return 0;
  }

  public int size() {
    return 0;
  }

  public Collection<Fence> fences() {
    return List.of();
  }

  public @Nullable Fence byHandle(int handle) {
    return null;
  }

  /**
   * The handles of all fences that contain the point, whether active or not; {@code out} is
   * overwritten.
   */
  public void containing(int latE7, int lngE7, FenceIds out) {
    out.clear();
  }

  /**
   * Fences whose edge or inside is within the distance, nearest first (inside counts as nearest),
   * at most {@code limit}.
   */
  public List<Nearby> near(int latE7, int lngE7, double withinMeters, int limit) {
    return List.of();
  }
}
