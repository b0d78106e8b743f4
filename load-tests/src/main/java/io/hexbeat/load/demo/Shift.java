package io.hexbeat.load.demo;

import io.hexbeat.load.demo.Step.Ping;
import io.hexbeat.load.demo.Step.Punch;
import io.hexbeat.load.demo.Step.Trick;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One member's working day: the pings of a vehicle's day and the punches that an honest member
 * would make on it. Built once, then {@link Cheating} may change it before the replay reads it; one
 * thread. What the recording lacks comes from the generator that is passed in, so that one seed is
 * one day. A day without fixes is an {@link IllegalArgumentException}.
 */
final class Shift {
  /** A vehicle that moved less than this between two fixes stood still. */
  private static final double STILL_METERS = 25;

  /** How deep inside a circle a punch lies that accuracy must not put in doubt. */
  private static final double SURE_DEPTH_METERS = 32;

  private static final long VISIT_EVERY_MS = 45 * 60_000L;
  private static final long CLOCK_IN_WITHIN_MS = 60 * 60_000L;
  private static final long LONGEST_GAP_MS = 10 * 60_000L;
  private static final double WANDER_METERS = 4;
  private static final double METERS_PER_DEGREE = 111_195;
  private static final double BATTERY_PCT_PER_HOUR = 4.5;
  private static final double LEAST_BATTERY_PCT = 4;

  private final String vehicle;
  private final List<Step> steps = new ArrayList<>();

  private Shift(String vehicle) {
    this.vehicle = vehicle;
  }

  /** An honest day. */
  static Shift of(VehicleDay day, City city, RandomGenerator random) {
    if (day.fixes().isEmpty()) {
      throw new IllegalArgumentException("vehicle=" + day.vehicle() + " has no fixes");
    }
    Shift shift = new Shift(day.vehicle());
    shift.addPings(day, random);
    shift.addPunches(city, random);
    shift.sort();
    return shift;
  }

  String vehicle() {
    return vehicle;
  }

  /** In time order. */
  List<Step> steps() {
    return steps;
  }

  /** The mean position, to tell in which part of the city this shift is. */
  TraceFix middle() {
    List<Ping> pings = pings();
    double lat = pings.stream().mapToDouble(ping -> ping.fix().latDegrees()).average().orElse(0);
    double lng = pings.stream().mapToDouble(ping -> ping.fix().lngDegrees()).average().orElse(0);
    return new TraceFix(0, lat, lng);
  }

  List<Ping> pings() {
    return steps.stream().filter(Ping.class::isInstance).map(Ping.class::cast).toList();
  }

  /** The last ping at or before a time, if it is younger than {@code youngerThanMs} then. */
  @Nullable Ping pingBefore(long dayMs, long youngerThanMs) {
    Ping found = null;
    for (Ping ping : pings()) {
      if (ping.dayMs() <= dayMs && dayMs - ping.dayMs() < youngerThanMs) {
        found = ping;
      }
    }
    return found;
  }

  void add(Step step) {
    steps.add(step);
    sort();
  }

  void replace(Step old, Step with) {
    steps.set(steps.indexOf(old), with);
    sort();
  }

  void removePings(long fromDayMs, long toDayMs) {
    steps.removeIf(
        step -> step instanceof Ping && step.dayMs() >= fromDayMs && step.dayMs() <= toDayMs);
  }

  private void sort() {
    steps.sort(Comparator.comparingLong(Step::dayMs));
  }

  private void addPings(VehicleDay day, RandomGenerator random) {
    double accuracy = random.nextDouble(8, 18);
    double battery = random.nextDouble(82, 100);
    long startMs = day.fixes().get(0).dayMs();
    TraceFix recordedBefore = null;
    TraceFix sentBefore = null;
    for (TraceFix recorded : day.fixes()) {
      boolean repeated = recordedBefore != null && recorded.metersTo(recordedBefore) == 0;
      TraceFix fix = repeated ? wander(recorded, random) : recorded;
      double speed = Double.NaN;
      double bearing = Double.NaN;
      if (sentBefore != null && fix.dayMs() - sentBefore.dayMs() <= LONGEST_GAP_MS) {
        speed = sentBefore.metersTo(fix) * 1000 / (fix.dayMs() - sentBefore.dayMs());
        bearing = sentBefore.bearingTo(fix);
      }
      accuracy = Math.max(8, Math.min(25, accuracy + random.nextGaussian() * 2.5));
      double used = (fix.dayMs() - startMs) / 3_600_000.0 * BATTERY_PCT_PER_HOUR;
      double left = Math.max(LEAST_BATTERY_PCT, battery - used);
      // a phone tells tenths of a metre, if that
      double told = Math.round(accuracy * 10) / 10.0;
      steps.add(new Ping(fix, told, speed, bearing, left, null, -1));
      recordedBefore = recorded;
      sentBefore = fix;
    }
  }

  private static TraceFix wander(TraceFix fix, RandomGenerator random) {
    double angle = random.nextDouble(2 * Math.PI);
    double meters = random.nextDouble(1, WANDER_METERS);
    double north = meters * Math.cos(angle) / METERS_PER_DEGREE;
    double east =
        meters * Math.sin(angle) / (METERS_PER_DEGREE * Math.cos(Math.toRadians(fix.latDegrees())));
    return new TraceFix(fix.dayMs(), fix.latDegrees() + north, fix.lngDegrees() + east);
  }

  /** Clock-in at the first customer reached, then a visit wherever the vehicle stands at one. */
  private void addPunches(City city, RandomGenerator random) {
    List<Ping> pings = pings();
    long startMs = pings.get(0).dayMs();
    boolean clockedIn = false;
    long nextVisitMs = startMs;
    for (int i = 0; i < pings.size(); i++) {
      Ping ping = pings.get(i);
      boolean mayClockIn = !clockedIn && ping.dayMs() - startMs < CLOCK_IN_WITHIN_MS;
      int last = lastOfStop(pings, i);
      boolean mayVisit = last > i && ping.dayMs() >= nextVisitMs;
      if (!mayClockIn && !mayVisit) {
        continue;
      }
      City.Site site = city.siteAround(ping.fix(), SURE_DEPTH_METERS);
      if (site == null) {
        continue;
      }
      if (mayClockIn) {
        steps.add(punch("clock_in", ping, site, random));
        clockedIn = true;
      }
      if (mayVisit) {
        Ping leaving = pings.get(last);
        steps.add(punch("visit_in", pings.get(i + 1), site, random));
        if (last > i + 1) {
          steps.add(punch("visit_out", leaving, site, random));
        }
        nextVisitMs = leaving.dayMs() + VISIT_EVERY_MS;
        i = last;
      }
    }
  }

  private static int lastOfStop(List<Ping> pings, int first) {
    int last = first;
    while (last + 1 < pings.size()
        && pings.get(last + 1).fix().metersTo(pings.get(first).fix()) < STILL_METERS
        && pings.get(last + 1).dayMs() - pings.get(last).dayMs() < LONGEST_GAP_MS) {
      last++;
    }
    return last;
  }

  private static Punch punch(String kind, Ping at, City.Site site, RandomGenerator random) {
    long tappedMs = at.dayMs() + random.nextLong(2_000, 9_000);
    return new Punch(tappedMs, kind, at.fix(), at.accuracyMeters(), site.fence(), Trick.NONE);
  }
}
