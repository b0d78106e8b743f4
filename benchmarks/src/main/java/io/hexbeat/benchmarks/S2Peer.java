package io.hexbeat.benchmarks;

import com.google.common.geometry.S1Angle;
import com.google.common.geometry.S1ChordAngle;
import com.google.common.geometry.S2Cap;
import com.google.common.geometry.S2ContainsPointQuery;
import com.google.common.geometry.S2LatLng;
import com.google.common.geometry.S2Loop;
import com.google.common.geometry.S2Point;
import com.google.common.geometry.S2Polygon;
import com.google.common.geometry.S2Shape;
import com.google.common.geometry.S2ShapeIndex;
import io.hexbeat.geofence.E7;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * S2: {@link S2ContainsPointQuery} over one {@link S2ShapeIndex} of all fences, semi-open. A circle
 * is in the index as the polygon of {@link #CIRCLE_VERTICES} around it, and its {@link S2Cap}
 * decides. Edges are great circles here and straight lines of degrees in Hexbeat: centimetres apart
 * on the longest edge of a neighbourhood.
 */
final class S2Peer implements Peer {
  private static final int CIRCLE_VERTICES = 32;

  /** What users keep beside a shape, which itself knows nothing of fences. */
  private record Entry(int handle, @Nullable S2Cap cap) {}

  private final IdentityHashMap<S2Shape, Entry> entries;
  private final S2ContainsPointQuery query;

  private S2Peer(S2ShapeIndex index, IdentityHashMap<S2Shape, Entry> entries) {
    this.entries = entries;
    // a query sees the shapes that are there when it is made; the index is built then
    this.query = new S2ContainsPointQuery(index, S2ContainsPointQuery.Options.SEMI_OPEN);
  }

  static S2Peer of(List<Outline> outlines) {
    S2ShapeIndex index = new S2ShapeIndex();
    IdentityHashMap<S2Shape, Entry> entries = new IdentityHashMap<>();
    for (int i = 0; i < outlines.size(); i++) {
      add(i + 1, outlines.get(i), index, entries);
    }
    return new S2Peer(index, entries);
  }

  private static void add(
      int handle, Outline outline, S2ShapeIndex index, IdentityHashMap<S2Shape, Entry> entries) {
    List<S2Loop> loops = new ArrayList<>();
    S2Cap cap = null;
    if (outline instanceof Outline.Disc disc) {
      S2Point centre = point(disc.latE7(), disc.lngE7());
      S1Angle radius = S1Angle.radians(disc.radiusMeters() / E7.EARTH_RADIUS_METERS);
      double around = radius.radians() / Math.cos(Math.PI / CIRCLE_VERTICES) * 1.001;
      loops.add(S2Loop.makeRegularLoop(centre, S1Angle.radians(around), CIRCLE_VERTICES));
      cap = S2Cap.fromAxisChord(centre, S1ChordAngle.fromS1Angle(radius));
    } else {
      for (int[][] part : ((Outline.Area) outline).parts()) {
        for (int[] ring : part) {
          loops.add(loop(ring));
        }
      }
    }
    S2Shape shape = new S2Polygon(loops).shape();
    index.add(shape);
    entries.put(shape, new Entry(handle, cap));
  }

  private static S2Loop loop(int[] ring) {
    List<S2Point> vertices = new ArrayList<>(ring.length / 2);
    for (int i = 0; i < ring.length; i += 2) {
      vertices.add(point(ring[i], ring[i + 1]));
    }
    S2Loop loop = new S2Loop(vertices);
    loop.normalize();
    return loop;
  }

  private static S2Point point(int latE7, int lngE7) {
    return S2LatLng.fromE7(latE7, lngE7).toPoint();
  }

  @Override
  public void containing(int latE7, int lngE7, Hits out) {
    out.clear();
    S2Point point = point(latE7, lngE7);
    for (S2Shape shape : query.getContainingShapes(point)) {
      Entry entry = entries.get(shape);
      if (entry.cap == null || entry.cap.contains(point)) {
        out.add(entry.handle);
      }
    }
  }
}
