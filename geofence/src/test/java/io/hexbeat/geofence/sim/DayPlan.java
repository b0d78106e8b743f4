package io.hexbeat.geofence.sim;

import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A working day in town: from home to the depot, to customers until five, back to the depot, home.
 * Made by {@link #of}; afterwards immutable. Drives go round corners, stop at lights and end at the
 * kerb some metres from the door. Of two people in one car the legs between depot and depot are the
 * driver's: {@code shared} makes them, {@code own} the rest.
 */
final class DayPlan {
  /** A stay at a customer or the depot, as planned; the truth is in the track. */
  record Stop(int site, long arriveMs, long leaveMs) {}

  /** From a time to a time. */
  record Span(long fromMs, long toMs) {
    boolean has(long atMs) {
      return atMs >= fromMs && atMs < toMs;
    }
  }

  private static final long MINUTE_MS = 60_000;
  private static final double WALL_METERS = 10;
  private static final double WALK_MPS = 1.3;
  private static final double FLIGHT_METERS = 450_000;
  private static final double FLIGHT_MPS = 230;
  private static final double FERRY_METERS = 9_000;
  private static final double FERRY_MPS = 8;

  final List<Stop> stops = new ArrayList<>();

  /** No receiver works: in a tunnel. */
  final List<Span> noFixes = new ArrayList<>();

  /** The phone is off: in the air. */
  final List<Span> off = new ArrayList<>();

  private final SimCity city;
  private final Set<Hardship> hardships;
  private final TrueTrack.Builder track;
  private TrueTrack built;

  private DayPlan(SimCity city, Set<Hardship> hardships, TrueTrack.Builder track) {
    this.city = city;
    this.hardships = hardships;
    this.track = track;
    this.built = track.build();
  }

  static DayPlan of(
      SimCity city,
      double[] home,
      List<SimSite> territory,
      LocalDate day,
      Set<Hardship> hardships,
      Random own,
      Random shared) {
    long fromMs = atMs(city, day, LocalTime.of(6, 30));
    DayPlan plan = new DayPlan(city, hardships, new TrueTrack.Builder(fromMs, home[0], home[1]));
    plan.work(territory, day, home, own, shared);
    plan.built = plan.track.build();
    return plan;
  }

  TrueTrack track() {
    return built;
  }

  private static long atMs(SimCity city, LocalDate day, LocalTime time) {
    return day.atTime(time).atZone(city.zone()).toInstant().toEpochMilli();
  }

  private void work(
      List<SimSite> territory, LocalDate day, double[] home, Random own, Random shared) {
    long departMs = atMs(city, day, LocalTime.of(7, 0)) + own.nextInt(15) * MINUTE_MS;
    track.stay(departMs - track.nowMs());
    double[] desk = {city.depot().eastMeters(), city.depot().northMeters()};
    arrive(own, desk);
    long beginMs = Math.max(track.nowMs() + MINUTE_MS, atMs(city, day, LocalTime.of(8, 15)));
    stops.add(new Stop(1, track.nowMs(), beginMs));
    track.stay(beginMs - track.nowMs());
    long lunchMs = atMs(city, day, LocalTime.of(12, 0));
    long endMs = atMs(city, day, LocalTime.of(17, 0));
    boolean eaten = false;
    while (track.nowMs() < endMs) {
      if (!eaten && track.nowMs() > lunchMs) {
        eaten = true;
        midday(shared);
      } else {
        visit(territory.get(shared.nextInt(territory.size())), shared);
      }
    }
    arrive(shared, desk);
    long leaveMs = track.nowMs() + (10 + own.nextInt(20)) * MINUTE_MS;
    stops.add(new Stop(1, track.nowMs(), leaveMs));
    track.stay(leaveMs - track.nowMs());
    drive(home[0], home[1], own);
    track.stay(Math.max(MINUTE_MS, atMs(city, day, LocalTime.of(21, 0)) - track.nowMs()));
  }

  private void midday(Random random) {
    if (hardships.contains(Hardship.FLIGHT)) {
      fly(random);
    } else if (hardships.contains(Hardship.FERRY)) {
      sail(random);
    }
    double[] table = somewhere(city, random);
    drive(table[0], table[1], random);
    track.stay((20 + random.nextInt(30)) * MINUTE_MS);
  }

  /** A point in town that is nobody's site. */
  static double[] somewhere(SimCity city, Random random) {
    double reach = city.reachMeters();
    while (true) {
      double east = (random.nextDouble() * 2 - 1) * reach;
      double north = (random.nextDouble() * 2 - 1) * reach;
      if (city.sites().stream().allMatch(site -> site.signedMeters(east, north) > 10)) {
        return new double[] {east, north};
      }
    }
  }

  private void visit(SimSite site, Random random) {
    arrive(random, place(site, random));
    long arriveMs = track.nowMs();
    double minutes =
        switch (random.nextInt(20)) {
          case 0, 1, 2 -> 2 + random.nextDouble() * 3;
          case 3, 4, 5, 6 -> 30 + random.nextDouble() * 45;
          default -> 5 + random.nextDouble() * 25;
        };
    long leaveMs = arriveMs + (long) (minutes * MINUTE_MS);
    while (leaveMs - track.nowMs() > 12 * MINUTE_MS) {
      track.stay((5 + random.nextInt(5)) * MINUTE_MS);
      double[] place = place(site, random);
      track.go(place[0], place[1], WALK_MPS);
    }
    track.stay(leaveMs - track.nowMs());
    stops.add(new Stop(site.fence().handle(), arriveMs, track.nowMs()));
  }

  /** In the site, and not in the wall of another one. */
  private double[] place(SimSite site, Random random) {
    double[] place = site.place(random);
    for (int i = 0; i < 50 && inAWall(place); i++) {
      place = site.place(random);
    }
    return place;
  }

  private boolean inAWall(double[] place) {
    return city.sites().stream()
        .filter(site -> site.metersTo(place[0], place[1]) < 2 * site.widthMeters())
        .anyMatch(
            site ->
                Math.abs(site.signedMeters(place[0], place[1]))
                    < Math.min(WALL_METERS, site.wall().meters()));
  }

  private void arrive(Random random, double[] place) {
    double angle = random.nextDouble() * 2 * Math.PI;
    double away = 5 + random.nextDouble() * 40;
    drive(place[0] + Math.sin(angle) * away, place[1] + Math.cos(angle) * away, random);
    track.stay(20_000L + random.nextInt(40_000));
    track.go(place[0], place[1], WALK_MPS);
  }

  /** Round one corner, in pieces, with lights. */
  private void drive(double east, double north, Random random) {
    long departMs = track.nowMs();
    boolean eastFirst = random.nextBoolean();
    double cornerEast = eastFirst ? east : track.east();
    double cornerNorth = eastFirst ? track.north() : north;
    driveStraight(cornerEast, cornerNorth, random);
    driveStraight(east, north, random);
    boolean tunnel = random.nextInt(3) == 0;
    if (tunnel && hardships.contains(Hardship.TUNNEL) && track.nowMs() - departMs > 4 * MINUTE_MS) {
      long fromMs = departMs + MINUTE_MS;
      noFixes.add(new Span(fromMs, fromMs + MINUTE_MS + random.nextInt(120_000)));
    }
  }

  private void driveStraight(double east, double north, Random random) {
    double meters = Math.hypot(east - track.east(), north - track.north());
    int pieces = Math.max(1, (int) (meters / 250));
    double fromEast = track.east();
    double fromNorth = track.north();
    for (int i = 1; i <= pieces && meters > 1; i++) {
      double part = (double) i / pieces;
      track.go(
          fromEast + (east - fromEast) * part,
          fromNorth + (north - fromNorth) * part,
          5 + random.nextDouble() * 11);
      if (random.nextInt(4) == 0) {
        track.stay(8_000L + random.nextInt(50_000));
      }
    }
  }

  private void fly(Random random) {
    double reach = city.reachMeters() + 2_000;
    drive(reach, 0, random);
    track.stay(40 * MINUTE_MS);
    air(reach + FLIGHT_METERS, 0);
    track.stay((60 + random.nextInt(60)) * MINUTE_MS);
    air(reach, 0);
    track.stay(15 * MINUTE_MS);
  }

  private void air(double east, double north) {
    long fromMs = track.nowMs();
    track.go(east, north, FLIGHT_MPS);
    off.add(new Span(fromMs - 5 * MINUTE_MS, track.nowMs() + 3 * MINUTE_MS));
  }

  private void sail(Random random) {
    double reach = city.reachMeters() + 500;
    drive(track.east(), reach, random);
    track.stay(10 * MINUTE_MS);
    track.go(track.east(), reach + FERRY_METERS, FERRY_MPS);
    track.stay(10 * MINUTE_MS);
    track.go(track.east(), reach, FERRY_MPS);
  }
}
