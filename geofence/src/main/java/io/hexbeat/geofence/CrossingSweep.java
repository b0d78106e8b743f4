package io.hexbeat.geofence;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds two edges of a set of rings that cross, by a sweep from west to east over the edges that
 * are neighbours on the way (Shamos and Hoey, 1976): n log n. One thread, one search. Rings may
 * touch themselves and each other in points and along edges, because even-odd containment has one
 * answer there; only where one line passes from one side of another to the other do they cross. A
 * passage through a vertex common to both is not looked for.
 */
final class CrossingSweep {
  private final TreeSet<Edge> active = new TreeSet<>(CrossingSweep::southToNorth);

  /** An edge from its western to its eastern end, of two with one longitude the southern first. */
  static final class Edge {
    final int ringIndex;
    final int from;
    final Ring ring;
    final int id;
    final int latW;
    final int lngW;
    final int latE;
    final int lngE;

    Edge(int ringIndex, Ring ring, int from, int id) {
      this.ringIndex = ringIndex;
      this.ring = ring;
      this.from = from;
      this.id = id;
      int to = from + 1 == ring.size() ? 0 : from + 1;
      boolean forward =
          ring.lng(from) < ring.lng(to)
              || (ring.lng(from) == ring.lng(to) && ring.lat(from) < ring.lat(to));
      int west = forward ? from : to;
      int east = forward ? to : from;
      latW = ring.lat(west);
      lngW = ring.lng(west);
      latE = ring.lat(east);
      lngE = ring.lng(east);
    }

    int side(int lat, int lng) {
      return Orientation.sign(latW, lngW, latE, lngE, lat, lng);
    }

    /** Whether a point on the line of the edge lies between its ends. */
    boolean holdsWithin(int lat, int lng) {
      return comparePoints(latW, lngW, lat, lng) < 0 && comparePoints(lat, lng, latE, lngE) < 0;
    }
  }

  /** Two edges that cross. */
  record Crossing(Edge first, Edge second) {}

  private CrossingSweep() {}

  /** All rings in one frame. */
  static @Nullable Crossing find(List<Ring> rings) {
    int n = rings.stream().mapToInt(Ring::size).sum();
    Edge[] edges = new Edge[n];
    int id = 0;
    for (int r = 0; r < rings.size(); r++) {
      Ring ring = rings.get(r);
      for (int i = 0; i < ring.size(); i++) {
        edges[id] = new Edge(r, ring, i, id);
        id++;
      }
    }
    return new CrossingSweep().sweep(edges);
  }

  private @Nullable Crossing sweep(Edge[] edges) {
    Edge[] starts = edges.clone();
    Arrays.sort(starts, (a, b) -> comparePoints(a.latW, a.lngW, b.latW, b.lngW));
    Edge[] ends = edges.clone();
    Arrays.sort(ends, (a, b) -> comparePoints(a.latE, a.lngE, b.latE, b.lngE));
    int end = 0;
    for (Edge next : starts) {
      while (comparePoints(ends[end].latE, ends[end].lngE, next.latW, next.lngW) <= 0) {
        Crossing closed = finish(ends[end++], starts);
        if (closed != null) {
          return closed;
        }
      }
      Edge below = active.lower(next);
      if (below != null && cross(below, next)) {
        return new Crossing(below, next);
      }
      Edge above = active.higher(next);
      if (above != null && cross(next, above)) {
        return new Crossing(next, above);
      }
      active.add(next);
    }
    while (end < ends.length) {
      Crossing closed = finish(ends[end++], starts);
      if (closed != null) {
        return closed;
      }
    }
    return null;
  }

  /** The sweep leaves an edge: those below and above it become neighbours. */
  private @Nullable Crossing finish(Edge done, Edge[] all) {
    Edge below = active.lower(done);
    Edge above = active.higher(done);
    if (below != null && above != null && cross(below, above)) {
      return new Crossing(below, above);
    }
    // not found where it should be: edges have crossed that were never neighbours
    return active.remove(done) ? null : exhaustive(all);
  }

  /** Order of two edges on a meridian that both reach; holds as long as they don't cross. */
  private static int southToNorth(Edge a, Edge b) {
    if (a == b) {
      return 0;
    }
    if (comparePoints(a.latW, a.lngW, b.latW, b.lngW) <= 0) {
      int side = a.side(b.latW, b.lngW);
      side = side != 0 ? side : a.side(b.latE, b.lngE);
      return side != 0 ? -side : Integer.compare(a.id, b.id);
    }
    int side = b.side(a.latW, a.lngW);
    side = side != 0 ? side : b.side(a.latE, a.lngE);
    return side != 0 ? side : Integer.compare(a.id, b.id);
  }

  private static @Nullable Crossing exhaustive(Edge[] byStart) {
    for (int i = 0; i < byStart.length; i++) {
      for (int j = i + 1; j < byStart.length && byStart[j].lngW <= byStart[i].lngE; j++) {
        if (cross(byStart[i], byStart[j])) {
          return new Crossing(byStart[i], byStart[j]);
        }
      }
    }
    return null;
  }

  private static boolean cross(Edge a, Edge b) {
    int bWest = a.side(b.latW, b.lngW);
    int bEast = a.side(b.latE, b.lngE);
    int aWest = b.side(a.latW, a.lngW);
    int aEast = b.side(a.latE, a.lngE);
    if (bWest * bEast < 0 && aWest * aEast < 0) {
      return true;
    }
    return (bWest == 0 && passesThrough(a, b, b.latW, b.lngW))
        || (bEast == 0 && passesThrough(a, b, b.latE, b.lngE))
        || (aWest == 0 && passesThrough(b, a, a.latW, a.lngW))
        || (aEast == 0 && passesThrough(b, a, a.latE, a.lngE));
  }

  /**
   * Whether the ring of {@code other} changes the side of {@code edge} at its vertex (lat, lng),
   * which lies on the line of the edge.
   */
  private static boolean passesThrough(Edge edge, Edge other, int lat, int lng) {
    if (!edge.holdsWithin(lat, lng)) {
      return false;
    }
    Ring ring = other.ring;
    int vertex = other.from;
    if (ring.lat(vertex) != lat || ring.lng(vertex) != lng) {
      vertex = vertex + 1 == ring.size() ? 0 : vertex + 1;
    }
    int before = vertex == 0 ? ring.size() - 1 : vertex - 1;
    int after = vertex + 1 == ring.size() ? 0 : vertex + 1;
    return edge.side(ring.lat(before), ring.lng(before))
            * edge.side(ring.lat(after), ring.lng(after))
        < 0;
  }

  /** West to east, then south to north. */
  private static int comparePoints(int latA, int lngA, int latB, int lngB) {
    int byLng = Integer.compare(lngA, lngB);
    return byLng != 0 ? byLng : Integer.compare(latA, latB);
  }
}
