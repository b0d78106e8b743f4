package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Polygon;
import io.hexbeat.geofence.Shape;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Customers 60 to 300 m wide in a city of about six a square kilometre: circles, rectangles and
 * stars; some in pairs that share a wall, some inside or across another, and one depot in the
 * middle. Immutable; any thread. The same seed and number give the same city.
 */
public final class SimCity {
  /** Chicago, whose clocks change. */
  private static final SimPlane CENTRE = new SimPlane(418_781_000, -876_298_000);

  private static final ZoneId ZONE = ZoneId.of("America/Chicago");
  private static final double METERS_BETWEEN = 400;
  private static final double LEAST_WIDTH = 60;
  private static final double MOST_WIDTH = 300;

  private final long seed;
  private final SimPlane plane;
  private final ZoneId zone;
  private final List<SimSite> sites;
  private final FenceIndex index;

  private SimCity(long seed, SimPlane plane, ZoneId zone, List<SimSite> sites) {
    this.seed = seed;
    this.plane = plane;
    this.zone = zone;
    this.sites = List.copyOf(sites);
    this.index = FenceIndex.of(1, sites.stream().map(SimSite::fence).toList());
  }

  /** A city in the usual place. */
  public static SimCity of(long seed, int sites) {
    return of(seed, sites, CENTRE, ZONE);
  }

  /** A city anywhere; handles begin at 1, which is the depot. */
  public static SimCity of(long seed, int sites, SimPlane plane, ZoneId zone) {
    if (sites < 2) {
      throw new IllegalArgumentException("sites=" + sites + " must be 2 or more");
    }
    Builder builder = new Builder(plane, new Random(seed), Math.sqrt(sites) * METERS_BETWEEN);
    builder.depot();
    while (builder.sites.size() < sites) {
      builder.next();
    }
    return new SimCity(seed, plane, zone, builder.sites);
  }

  /** The same city, in which people stay nearer to edges, or farther from them. */
  public SimCity with(SimSite.Wall wall) {
    return new SimCity(
        seed,
        plane,
        zone,
        sites.stream()
            .map(
                site ->
                    new SimSite(
                        plane,
                        site.fence(),
                        site.eastMeters(),
                        site.northMeters(),
                        site.widthMeters(),
                        wall))
            .toList());
  }

  public long seed() {
    return seed;
  }

  public SimPlane plane() {
    return plane;
  }

  public ZoneId zone() {
    return zone;
  }

  /** By handle: the site of handle h is number h - 1. */
  public List<SimSite> sites() {
    return sites;
  }

  public SimSite depot() {
    return sites.get(0);
  }

  public SimSite site(int fenceHandle) {
    return sites.get(fenceHandle - 1);
  }

  public FenceIndex index() {
    return index;
  }

  /** From the middle to a side. */
  public double reachMeters() {
    return Math.sqrt(sites.size()) * METERS_BETWEEN / 2;
  }

  private static final class Builder {
    final List<SimSite> sites = new ArrayList<>();
    private final SimPlane plane;
    private final Random random;
    private final double side;

    Builder(SimPlane plane, Random random, double side) {
      this.plane = plane;
      this.random = random;
      this.side = side;
    }

    void depot() {
      add(0, 0, 160, rectangle(0, 0, 160, 200));
    }

    void next() {
      double east = (random.nextDouble() - 0.5) * side;
      double north = (random.nextDouble() - 0.5) * side;
      double width = LEAST_WIDTH + random.nextDouble() * (MOST_WIDTH - LEAST_WIDTH);
      switch (random.nextInt(10)) {
        case 0 -> nested(east, north, width);
        case 1 -> overlapping(east, north, width);
        case 2 -> neighbours(east, north, width);
        case 3, 4, 5 -> apart(east, north, width, rectangle(east, north, width, width * 1.4));
        case 6 -> apart(east, north, width, star(east, north, width));
        default -> apart(east, north, width, circle(east, north, width));
      }
    }

    private void apart(double east, double north, double width, Shape shape) {
      if (free(east, north, width)) {
        add(east, north, width, shape);
      }
    }

    private void nested(double east, double north, double width) {
      double outer = Math.max(200, width);
      if (free(east, north, outer * 1.4)) {
        add(east, north, outer, rectangle(east, north, outer, outer * 1.4));
        add(east + outer / 8, north, 80, circle(east + outer / 8, north, 80));
      }
    }

    private void overlapping(double east, double north, double width) {
      if (free(east, north, width * 2)) {
        add(east, north, width, circle(east, north, width));
        double aside = east + width * 0.7;
        add(aside, north, width, circle(aside, north, width));
      }
    }

    /** Two rectangles with a wall between them. */
    private void neighbours(double east, double north, double width) {
      if (free(east, north, width * 2)) {
        add(east, north, width, rectangle(east, north, width, width));
        double aside = east + width;
        add(aside, north, width, rectangle(aside, north, width, width));
      }
    }

    /** Whether a street's width is left to what there is, but where shapes meet by intent. */
    private boolean free(double east, double north, double width) {
      for (SimSite site : sites) {
        if (site.metersTo(east, north) < (site.widthMeters() + width) * 0.75 + 30) {
          return false;
        }
      }
      return true;
    }

    private void add(double east, double north, double width, Shape shape) {
      int handle = sites.size() + 1;
      Fence fence = Fence.of(handle, "customer-" + handle, shape);
      sites.add(new SimSite(plane, fence, east, north, width, SimSite.Wall.USUAL));
    }

    private Shape circle(double east, double north, double width) {
      return new Circle(plane.latE7(north), plane.lngE7(east), width / 2);
    }

    private Shape rectangle(double east, double north, double width, double height) {
      int south = plane.latE7(north - height / 2);
      int top = plane.latE7(north + height / 2);
      int west = plane.lngE7(east - width / 2);
      int right = plane.lngE7(east + width / 2);
      return Polygon.of(new int[][][] {{{south, west, south, right, top, right, top, west}}});
    }

    private Shape star(double east, double north, double width) {
      int corners = 5 + random.nextInt(8);
      int[] ring = new int[2 * corners];
      for (int i = 0; i < corners; i++) {
        double angle = 2 * Math.PI * i / corners;
        double meters = width / 2 * (0.8 + 0.4 * random.nextDouble());
        ring[2 * i] = plane.latE7(north + Math.sin(angle) * meters);
        ring[2 * i + 1] = plane.lngE7(east + Math.cos(angle) * meters);
      }
      return Polygon.of(new int[][][] {{ring}});
    }
  }

  @Override
  public String toString() {
    return "city seed=" + seed + " sites=" + sites.size() + " at " + E7.toDegrees(plane.latE7());
  }
}
