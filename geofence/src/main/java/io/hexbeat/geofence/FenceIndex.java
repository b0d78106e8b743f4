package io.hexbeat.geofence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Immutable snapshot of all fences, to be swapped whole. Any thread may read, and reading never
 * waits; {@link #containing} allocates nothing. Making one compiles each new fence into grid cells
 * (tens of microseconds for a building, a fraction of a second for a country) and belongs on a
 * worker; there is no failure beyond memory, since shapes are checked when they are made.
 *
 * <p>A point is looked up in the grid once, at the finest resolution in use. Its ancestors at the
 * other resolutions follow from the index by arithmetic. Cells that lie wholly inside a fence
 * answer at once, in those its edge may run through {@link ClippedPolygon} decides exactly. No cell
 * is ever the answer where an edge is near.
 */
public final class FenceIndex {
  /**
   * Between fixes that are farther apart nobody knows the way; a straight line would be a guess.
   */
  public static final double MAX_CROSSING_METERS = 5_000;

  /** Of a fence that must be looked at. */
  public static final long NOT_PLAIN = CoveringTable.NOT_PLAIN;

  /** Next to a pole a straight line of degrees is no longer a way that anybody takes. */
  private static final long MAX_CROSSING_TURN = 10L * E7.SCALE;

  private static int stamps;

  private static final FenceIndex EMPTY =
      new FenceIndex(
          0, new CoveringTable(), new CellTable(), FenceBoxes.NONE, new int[16], List.of());

  /** Of those that contain the point, the one with the nearest edge: a shop before its country. */
  private static final Comparator<Nearby> NEAREST_FIRST =
      Comparator.comparingDouble((Nearby nearby) -> Math.max(0, nearby.signedDistanceMeters()))
          .thenComparingDouble(nearby -> -nearby.signedDistanceMeters())
          .thenComparingInt(nearby -> nearby.fence().handle());

  /** Fences remembered as lately edited; who moves more at once is importing. */
  static final int RESHAPED = 256;

  private final long version;

  /** The newest edit first. */
  private final List<Fence> reshaped;

  private final CoveringTable coverings;
  private final CellTable cells;
  private final FenceBoxes boxes;

  /** How many fences have cells of each resolution. */
  private final int[] fencesByResolution;

  /** Bit r is set if a fence has cells of resolution r. */
  private final int resolutions;

  private final int finest;
  private final CellViews views;

  /** No other index has it, whatever its version. */
  final int stamp = nextStamp();

  private FenceIndex(
      long version,
      CoveringTable coverings,
      CellTable cells,
      FenceBoxes boxes,
      int[] fencesByResolution,
      List<Fence> reshaped) {
    this.version = version;
    this.reshaped = reshaped;
    this.coverings = coverings;
    this.cells = cells;
    this.boxes = boxes;
    this.fencesByResolution = fencesByResolution;
    int used = 0;
    for (int r = 0; r < fencesByResolution.length; r++) {
      used |= fencesByResolution[r] > 0 ? 1 << r : 0;
    }
    this.resolutions = used;
    this.finest = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(used);
    this.views = new CellViews(cells, used);
  }

  private static synchronized int nextStamp() {
    return ++stamps;
  }

  /** A fence near a point; the distance to its edge is negative inside. */
  public record Nearby(Fence fence, double signedDistanceMeters) {}

  public static FenceIndex empty() {
    return EMPTY;
  }

  /** Of two fences with one handle the later one counts. */
  public static FenceIndex of(long version, Collection<Fence> fences) {
    return EMPTY.edited(version, fences, List.of());
  }

  /**
   * A new index with some fences removed and then some put; the others are not compiled again, nor
   * are those of which only name, kind, times or policy are new. Unknown handles are ignored.
   */
  public FenceIndex edited(
      long version, Collection<Fence> puts, Collection<Integer> removedHandles) {
    CoveringTable edited = coverings.edit();
    CellEdits cellEdits = new CellEdits();
    int[] counts = fencesByResolution.clone();
    List<Integer> changed = new ArrayList<>(puts.size() + removedHandles.size());
    for (int handle : removedHandles) {
      Covering gone = edited.get(handle);
      if (gone != null) {
        cellEdits.remove(gone);
        count(gone, counts, -1);
        edited.remove(handle);
        changed.add(handle);
      }
    }
    for (Fence fence : puts) {
      Covering old = edited.get(fence.handle());
      if (old != null && old.fence.shape().equals(fence.shape())) {
        edited.put(fence.handle(), old.renamed(fence));
        continue;
      }
      if (old != null) {
        cellEdits.remove(old);
        count(old, counts, -1);
      }
      Covering covering = cellEdits.put(fence);
      count(covering, counts, 1);
      edited.put(fence.handle(), covering);
      changed.add(fence.handle());
    }
    CellTable editedCells = cells.edit();
    cellEdits.applyTo(editedCells);
    return new FenceIndex(
        version,
        edited,
        editedCells,
        boxes.edited(changed, edited),
        counts,
        reshaped(puts, removedHandles));
  }

  private List<Fence> reshaped(Collection<Fence> puts, Collection<Integer> removedHandles) {
    boolean none = puts.stream().allMatch(fence -> fence.lastEdit() == null);
    if (none && reshaped.isEmpty()) {
      return List.of();
    }
    Set<Integer> gone = new HashSet<>(removedHandles);
    puts.forEach(fence -> gone.add(fence.handle()));
    return Stream.concat(reshaped.stream().filter(f -> !gone.contains(f.handle())), puts.stream())
        .filter(fence -> fence.lastEdit() != null)
        .sorted(Comparator.comparingLong(FenceIndex::editedMs).reversed())
        .limit(RESHAPED)
        .toList();
  }

  private static long editedMs(Fence fence) {
    ShapeEdit edit = fence.lastEdit();
    return edit == null ? Long.MIN_VALUE : edit.atMs();
  }

  /** Fences that had another shape before, the newest edit first; {@link #RESHAPED} at most. */
  public List<Fence> reshaped() {
    return reshaped;
  }

  private static void count(Covering covering, int[] counts, int by) {
    for (int r = 0; r < counts.length; r++) {
      counts[r] += (covering.resolutions() >>> r & 1) * by;
    }
  }

  public long version() {
    return version;
  }

  public int size() {
    return coverings.size();
  }

  /** By ascending handle. */
  public Collection<Fence> fences() {
    List<Fence> fences = new ArrayList<>(coverings.size());
    coverings.forEach(covering -> fences.add(covering.fence));
    return Collections.unmodifiableList(fences);
  }

  /** Whether there is such a fence; looks no further than the first. */
  public boolean any(Predicate<Fence> wanted) {
    return coverings.any(covering -> wanted.test(covering.fence));
  }

  public @Nullable Fence byHandle(int handle) {
    Covering covering = coverings.get(handle);
    return covering == null ? null : covering.fence;
  }

  /**
   * Since when a fence is there in its shape that always counts under the default policy: told
   * without a look at the fence itself. {@link #NOT_PLAIN} for others, and where there is none.
   */
  public long plainSinceMs(int handle) {
    return coverings.plainSinceMs(handle);
  }

  /** {@link Shape#edgeMetersWithin} of a fence; infinity if there is none. */
  public double edgeMetersWithin(int handle, double limitMeters, int latE7, int lngE7) {
    int[] form = coverings.form(handle);
    if (form != null && NearEdge.canTell(limitMeters, latE7)) {
      double meters = NearEdge.metersWithin(form, limitMeters, latE7, lngE7);
      if (meters >= 0) {
        return meters;
      }
    }
    Covering covering = coverings.get(handle);
    return covering == null
        ? Double.POSITIVE_INFINITY
        : covering.fence.shape().edgeMetersWithin(limitMeters, latE7, lngE7);
  }

  /**
   * The handles of all fences that contain the point, whether active or not; {@code out} is
   * overwritten.
   */
  public void containing(int latE7, int lngE7, FenceIds out) {
    if (resolutions == 0) {
      out.clear();
      return;
    }
    int lng = lngE7 >= E7.MAX_LNG || lngE7 < E7.MIN_LNG ? E7.normalizeLngE7(lngE7) : lngE7;
    views.get(H3Grid.cell(latE7, lng, finest)).containing(latE7, lng, out);
  }

  /**
   * The same, and moves the region to the point: as long as it {@link SafeRegion#holds}, the answer
   * is the same. A region that was moved here before saves looking up the cell.
   */
  public void containing(int latE7, int lngE7, FenceIds out, SafeRegion region) {
    if (resolutions == 0) {
      out.clear();
      region.clear();
      return;
    }
    int lng = lngE7 >= E7.MAX_LNG || lngE7 < E7.MIN_LNG ? E7.normalizeLngE7(lngE7) : lngE7;
    long cell = region.moveTo(this, latE7, lng);
    if (cell == 0) {
      cell = H3Grid.cell(latE7, lng, finest, region);
    }
    CellView view = views.get(cell);
    view.containing(latE7, lng, out);
    view.limit(latE7, lng, region);
    region.finish();
  }

  /** Like the other one, of all fences. */
  public List<Nearby> near(int latE7, int lngE7, double withinMeters, int limit) {
    return near(latE7, lngE7, withinMeters, limit, fence -> true);
  }

  /**
   * Fences that count and whose edge or inside is within the distance, nearest first (of those that
   * contain the point, the one whose edge is nearest), at most {@code limit}. Measures every fence
   * that counts within the distance, so keep it to what is near.
   *
   * @param counts which fences to look at; the others don't use up the limit
   */
  public List<Nearby> near(
      int latE7, int lngE7, double withinMeters, int limit, Predicate<Fence> counts) {
    List<Nearby> found = new ArrayList<>();
    int lng = E7.normalizeLngE7(lngE7);
    for (Fence fence : boxes.meeting(CellBox.around(latE7, lng, withinMeters), coverings)) {
      if (!counts.test(fence)) {
        continue;
      }
      double distance = fence.shape().signedDistanceMeters(latE7, lng);
      if (distance <= withinMeters) {
        found.add(new Nearby(fence, distance));
      }
    }
    found.sort(NEAREST_FIRST);
    return List.copyOf(found.size() > limit ? found.subList(0, limit) : found);
  }

  /**
   * The handles of all fences that the straight way from a to b touches, ends included; {@code out}
   * is overwritten. Empty if the way is longer than {@link #MAX_CROSSING_METERS}, or so near a pole
   * that it spans more than ten degrees of longitude.
   */
  public void crossedBy(int latE7a, int lngE7a, int latE7b, int lngE7b, FenceIds out) {
    out.clear();
    int lngA = E7.normalizeLngE7(lngE7a);
    int lngB = E7.normalizeLngE7(lngE7b);
    long turn = E7.shortestTurn(lngA, lngB);
    if (Math.abs(turn) > MAX_CROSSING_TURN
        || E7.distanceMeters(latE7a, lngA, latE7b, lngB) > MAX_CROSSING_METERS) {
      return;
    }
    CellBox way =
        new CellBox(
            Math.min(latE7a, latE7b),
            Math.max(latE7a, latE7b),
            turn >= 0 ? lngA : lngB,
            Math.abs(turn));
    for (Fence fence : boxes.meeting(way, coverings)) {
      if (touches(fence.shape(), latE7a, lngA, latE7b, lngB)) {
        out.add(fence.handle());
      }
    }
  }

  /**
   * The same for a way of a few hundred metres that a device has just gone, without allocating; a
   * polygon that holds all of it may be missing.
   *
   * @param leftOut fences that are not asked
   * @param scratch is overwritten
   */
  public void crossedBy(
      int latE7a,
      int lngE7a,
      int latE7b,
      int lngE7b,
      FenceIds leftOut,
      FenceIds scratch,
      FenceIds out) {
    out.clear();
    scratch.clear();
    if (Math.abs((long) lngE7a - lngE7b) > MAX_CROSSING_TURN
        || Math.abs((long) lngE7a) > E7.MAX_LNG - MAX_CROSSING_TURN) {
      crossedBy(latE7a, lngE7a, latE7b, lngE7b, scratch);
      for (int i = 0; i < scratch.size(); i++) {
        if (!leftOut.contains(scratch.get(i))) {
          out.add(scratch.get(i));
        }
      }
      return;
    }
    boxes.collect(
        Math.min(latE7a, latE7b),
        Math.max(latE7a, latE7b),
        Math.min(lngE7a, lngE7b),
        Math.max(lngE7a, lngE7b),
        out,
        scratch);
    out.clear();
    for (int i = 0; i < scratch.size(); i++) {
      int handle = scratch.get(i);
      Covering covering = leftOut.contains(handle) ? null : coverings.get(handle);
      if (covering != null && crosses(covering.fence.shape(), latE7a, lngE7a, latE7b, lngE7b)) {
        out.add(handle);
      }
    }
  }

  private static boolean crosses(Shape shape, int latA, int lngA, int latB, int lngB) {
    return shape instanceof Polygon polygon
        ? polygon.edgeMeetsSegment(latA, lngA, latB, lngB)
        : touches(shape, latA, lngA, latB, lngB);
  }

  private static boolean touches(Shape shape, int latA, int lngA, int latB, int lngB) {
    if (shape instanceof Polygon polygon) {
      return polygon.touchesSegment(latA, lngA, latB, lngB);
    }
    if (shape instanceof Corridor corridor) {
      return corridor.touchesSegment(latA, lngA, latB, lngB);
    }
    return ((Circle) shape).touchesSegment(latA, lngA, latB, lngB);
  }
}
