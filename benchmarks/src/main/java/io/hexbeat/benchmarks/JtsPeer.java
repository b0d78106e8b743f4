package io.hexbeat.benchmarks;

import io.hexbeat.geofence.E7;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Point;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.geom.prep.PreparedGeometry;
import org.locationtech.jts.geom.prep.PreparedGeometryFactory;
import org.locationtech.jts.index.strtree.STRtree;

/**
 * JTS: an STRtree of boxes, then {@link PreparedGeometry} decides. A circle is in the tree by its
 * box and is decided by its distance: cheaper and truer than the polygon that a buffer would be.
 */
final class JtsPeer implements Peer {
  /** What the tree holds: a prepared polygon or a circle. */
  private record Entry(int handle, @Nullable PreparedGeometry area, Outline.@Nullable Disc disc) {}

  private final GeometryFactory geometries = new GeometryFactory();
  private final STRtree tree = new STRtree();

  private JtsPeer() {}

  static JtsPeer of(List<Outline> outlines) {
    JtsPeer peer = new JtsPeer();
    for (int i = 0; i < outlines.size(); i++) {
      peer.insert(i + 1, outlines.get(i));
    }
    peer.tree.build();
    return peer;
  }

  private void insert(int handle, Outline outline) {
    if (outline instanceof Outline.Disc disc) {
      double height = Math.toDegrees(disc.radiusMeters() / E7.EARTH_RADIUS_METERS) * 1.001;
      double lat = E7.toDegrees(disc.latE7());
      Envelope box = new Envelope(new Coordinate(E7.toDegrees(disc.lngE7()), lat));
      box.expandBy(height / Math.cos(Math.toRadians(Math.abs(lat) + height)), height);
      tree.insert(box, new Entry(handle, null, disc));
      return;
    }
    int[][][] parts = ((Outline.Area) outline).parts();
    Polygon[] polygons = Arrays.stream(parts).map(this::polygon).toArray(Polygon[]::new);
    var geometry = polygons.length == 1 ? polygons[0] : geometries.createMultiPolygon(polygons);
    tree.insert(
        geometry.getEnvelopeInternal(),
        new Entry(handle, PreparedGeometryFactory.prepare(geometry), null));
  }

  private Polygon polygon(int[][] rings) {
    LinearRing[] read = new LinearRing[rings.length];
    for (int r = 0; r < rings.length; r++) {
      int[] ring = rings[r];
      Coordinate[] closed = new Coordinate[ring.length / 2 + 1];
      for (int i = 0; i < closed.length; i++) {
        int at = 2 * i % ring.length;
        closed[i] = new Coordinate(E7.toDegrees(ring[at + 1]), E7.toDegrees(ring[at]));
      }
      read[r] = geometries.createLinearRing(closed);
    }
    return geometries.createPolygon(read[0], Arrays.copyOfRange(read, 1, read.length));
  }

  @Override
  public void containing(int latE7, int lngE7, Hits out) {
    out.clear();
    Coordinate at = new Coordinate(E7.toDegrees(lngE7), E7.toDegrees(latE7));
    Point point = geometries.createPoint(at);
    for (Object candidate : tree.query(new Envelope(at))) {
      Entry entry = (Entry) candidate;
      Outline.Disc disc = entry.disc;
      PreparedGeometry area = entry.area;
      if (disc != null ? disc.contains(latE7, lngE7) : area != null && area.contains(point)) {
        out.add(entry.handle);
      }
    }
  }
}
