package io.hexbeat.geofence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Immutable snapshot of all fences. Any thread may read. */
public final class FenceIndex {
  /**
   * Between fixes that are farther apart nobody knows the way; a straight line would be a guess.
   */
  public static final double MAX_CROSSING_METERS = 5_000;

  private static final FenceIndex EMPTY = new FenceIndex(0, new TreeMap<>());

  private final long version;
  private final NavigableMap<Integer, Fence> byHandle;
  private final Fence[] fences;

  private FenceIndex(long version, NavigableMap<Integer, Fence> byHandle) {
    this.version = version;
    this.byHandle = byHandle;
    this.fences = byHandle.values().toArray(new Fence[0]);
  }

  /** A fence near a point. */
  public record Nearby(Fence fence, double signedDistanceMeters) {}

  public static FenceIndex empty() {
    return EMPTY;
  }

  public static FenceIndex of(long version, Collection<Fence> fences) {
    return EMPTY.edited(version, fences, List.of());
  }

  /** A new index with some fences put and some removed; the others are not compiled again. */
  public FenceIndex edited(
      long version, Collection<Fence> puts, Collection<Integer> removedHandles) {
    NavigableMap<Integer, Fence> edited = new TreeMap<>(byHandle);
    removedHandles.forEach(edited::remove);
    puts.forEach(fence -> edited.put(fence.handle(), fence));
    return new FenceIndex(version, edited);
  }

  public long version() {
    return version;
  }

  public int size() {
    return fences.length;
  }

  public Collection<Fence> fences() {
    return List.of(fences);
  }

  public @Nullable Fence byHandle(int handle) {
    return byHandle.get(handle);
  }

  /**
   * The handles of all fences that contain the point, whether active or not; {@code out} is
   * overwritten.
   */
  public void containing(int latE7, int lngE7, FenceIds out) {
    out.clear();
    for (Fence fence : fences) {
      if (fence.shape().contains(latE7, lngE7)) {
        out.add(fence.handle());
      }
    }
  }

  /**
   * Fences whose edge or inside is within the distance, nearest first (inside counts as nearest),
   * at most {@code limit}.
   */
  public List<Nearby> near(int latE7, int lngE7, double withinMeters, int limit) {
    List<Nearby> found = new ArrayList<>();
    for (Fence fence : fences) {
      double distance = fence.shape().signedDistanceMeters(latE7, lngE7);
      if (distance <= withinMeters) {
        found.add(new Nearby(fence, distance));
      }
    }
    found.sort(
        Comparator.comparingDouble(Nearby::signedDistanceMeters)
            .thenComparingInt(nearby -> nearby.fence().handle()));
    return found.size() > limit ? List.copyOf(found.subList(0, limit)) : List.copyOf(found);
  }

  /**
   * The handles of all fences that the straight way from a to b touches, ends included; {@code out}
   * is overwritten. Empty if the way is longer than {@link #MAX_CROSSING_METERS}.
   */
  public void crossedBy(int latE7a, int lngE7a, int latE7b, int lngE7b, FenceIds out) {
    out.clear();
    if (E7.distanceMeters(latE7a, lngE7a, latE7b, lngE7b) > MAX_CROSSING_METERS) {
      return;
    }
    for (Fence fence : fences) {
      Shape shape = fence.shape();
      boolean touched =
          shape instanceof Polygon polygon
              ? polygon.touchesSegment(latE7a, lngE7a, latE7b, lngE7b)
              : ((Circle) shape).touchesSegment(latE7a, lngE7a, latE7b, lngE7b);
      if (touched) {
        out.add(fence.handle());
      }
    }
  }
}
