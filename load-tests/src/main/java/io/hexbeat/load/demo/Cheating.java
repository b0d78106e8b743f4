package io.hexbeat.load.demo;

import io.hexbeat.load.demo.Step.Ping;
import io.hexbeat.load.demo.Step.Punch;
import io.hexbeat.load.demo.Step.Trick;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Turns a few members of an honest fleet into cheats, one kind of fraud after another, so that
 * every kind of evidence appears within a demo. Runs once before the replay, on one thread; the
 * same generator gives the same cheats. A time at which nobody suitable is on the road is passed
 * over.
 */
final class Cheating {
  private static final long FIRST_AFTER_MS = 5 * 60_000L;
  private static final long EVERY_MS = 14 * 60_000L;
  private static final long FRESH_MS = 5 * 60_000L;
  private static final long TELEPORT_MS = 12_000;
  private static final int FROZEN_PINGS = 14;
  private static final long FROZEN_EVERY_MS = 60_000;
  private static final int COUNTED_PINGS = 8;
  private static final int SHARED_PINGS = 20;
  private static final double SURE_DEPTH_METERS = 25;

  /** Those that show at once come first. */
  private static final List<Trick> ROTA =
      List.of(
          Trick.ELSEWHERE,
          Trick.MOCK_APP,
          Trick.TELEPORT,
          Trick.CLOCK_AHEAD,
          Trick.FROZEN,
          Trick.REUSED_ID,
          Trick.BAD_ACCURACY,
          Trick.COUNTER_BACK,
          Trick.SHARED_PHONE,
          Trick.OLD_FIX);

  private final List<Shift> fleet;
  private final City city;
  private final RandomGenerator random;
  private final Set<Shift> caught = new HashSet<>();

  private Cheating(List<Shift> fleet, City city, RandomGenerator random) {
    this.fleet = fleet;
    this.city = city;
    this.random = random;
  }

  /** Changes the shifts from a time of day on; answers how many frauds there are. */
  static int sprinkle(List<Shift> fleet, City city, long fromDayMs, RandomGenerator random) {
    Cheating cheating = new Cheating(fleet, city, random);
    long lastMs = fleet.stream().mapToLong(shift -> lastMs(shift)).max().orElse(fromDayMs);
    int frauds = 0;
    for (long at = fromDayMs + FIRST_AFTER_MS; at < lastMs; at += EVERY_MS) {
      if (cheating.play(ROTA.get(frauds % ROTA.size()), at)) {
        frauds++;
      }
    }
    return frauds;
  }

  private static long lastMs(Shift shift) {
    return shift.steps().get(shift.steps().size() - 1).dayMs();
  }

  /** Finds somebody who can do it now. */
  private boolean play(Trick trick, long dayMs) {
    List<Shift> candidates = new ArrayList<>();
    for (Shift shift : fleet) {
      if (!caught.contains(shift) && shift.pingBefore(dayMs, FRESH_MS) != null) {
        candidates.add(shift);
      }
    }
    while (!candidates.isEmpty()) {
      Shift shift = candidates.remove(random.nextInt(candidates.size()));
      Ping last = shift.pingBefore(dayMs, FRESH_MS);
      if (last != null && play(trick, shift, last, dayMs)) {
        caught.add(shift);
        return true;
      }
    }
    return false;
  }

  private boolean play(Trick trick, Shift shift, Ping last, long dayMs) {
    TraceFix here = last.fix();
    switch (trick) {
      case ELSEWHERE ->
          shift.add(visit(dayMs, here, last, city.siteAtDistance(here, 2_000), trick));
      case MOCK_APP -> {
        City.Site site = city.siteAtDistance(here, 700);
        shift.add(visit(dayMs, centre(site, dayMs - 4_000), last, site, trick));
      }
      case TELEPORT -> {
        // at once after a real fix, so that no road explains the distance
        City.Site site = city.siteAtDistance(here, 9_000);
        long thereMs = last.dayMs() + TELEPORT_MS;
        shift.add(far(last, site, thereMs));
        shift.add(visit(thereMs + TELEPORT_MS, centre(site, thereMs), last, site, trick));
      }
      case CLOCK_AHEAD, BAD_ACCURACY, OLD_FIX -> {
        City.Site site = atSite(last);
        if (site == null) {
          return false;
        }
        shift.add(visit(dayMs, here, last, site, trick));
      }
      case FROZEN -> {
        City.Site site = atSite(last);
        if (site == null) {
          return false;
        }
        freeze(shift, last, dayMs);
        long tappedMs = dayMs + FROZEN_PINGS * FROZEN_EVERY_MS;
        TraceFix pinned = new TraceFix(tappedMs - 5_000, here.latDegrees(), here.lngDegrees());
        shift.add(visit(tappedMs, pinned, last, site, trick));
      }
      case REUSED_ID -> {
        return reuseId(shift, last, dayMs);
      }
      case COUNTER_BACK -> countBack(shift, dayMs);
      case SHARED_PHONE -> {
        return sharePhone(shift, dayMs);
      }
      case NONE -> throw new IllegalStateException("nothing to play");
    }
    return true;
  }

  private City.@Nullable Site atSite(Ping last) {
    return city.siteAround(last.fix(), SURE_DEPTH_METERS);
  }

  private static Punch visit(long dayMs, TraceFix fix, Ping last, City.Site site, Trick trick) {
    return new Punch(dayMs, "visit_in", fix, last.accuracyMeters(), site.fence(), trick);
  }

  private static TraceFix centre(City.Site site, long dayMs) {
    return new TraceFix(dayMs, site.latDegrees(), site.lngDegrees());
  }

  /** A ping from a place where the vehicle is not: its next real one jumps back. */
  private static Ping far(Ping last, City.Site site, long dayMs) {
    return new Ping(
        centre(site, dayMs),
        9,
        Double.NaN,
        Double.NaN,
        last.batteryPct(),
        last.phone(),
        last.seq());
  }

  private static void freeze(Shift shift, Ping last, long dayMs) {
    shift.removePings(dayMs, dayMs + FROZEN_PINGS * FROZEN_EVERY_MS);
    for (int i = 0; i < FROZEN_PINGS; i++) {
      TraceFix pinned =
          new TraceFix(
              dayMs + i * FROZEN_EVERY_MS, last.fix().latDegrees(), last.fix().lngDegrees());
      shift.add(new Ping(pinned, 5, Double.NaN, Double.NaN, last.batteryPct(), null, -1));
    }
  }

  /** The punch itself is as good as its twin: only its id was used before. */
  private boolean reuseId(Shift shift, Ping last, long dayMs) {
    boolean punched =
        shift.steps().stream().anyMatch(step -> step instanceof Punch && step.dayMs() < dayMs);
    if (!punched) {
      return false;
    }
    City.Site site = city.siteAtDistance(last.fix(), 0);
    shift.add(visit(dayMs, last.fix(), last, site, Trick.REUSED_ID));
    return true;
  }

  /** A script that counts its records starts again in the middle. */
  private static void countBack(Shift shift, long dayMs) {
    long counter = 4_000;
    int counted = 0;
    for (Ping ping : shift.pings()) {
      if (ping.dayMs() >= dayMs && counted < COUNTED_PINGS) {
        counted++;
        counter += counted == COUNTED_PINGS / 2 ? -120 : 1;
        shift.replace(ping, ping.withSeq(counter));
      }
    }
  }

  /** One phone says its own name under two members' tokens. */
  private boolean sharePhone(Shift shift, long dayMs) {
    for (Shift other : fleet) {
      if (other != shift && !caught.contains(other) && other.pingBefore(dayMs, FRESH_MS) != null) {
        String phone = "phone-" + shift.vehicle();
        carry(shift, phone, dayMs);
        carry(other, phone, dayMs);
        caught.add(other);
        return true;
      }
    }
    return false;
  }

  private static void carry(Shift shift, String phone, long dayMs) {
    int carried = 0;
    for (Ping ping : shift.pings()) {
      if (ping.dayMs() >= dayMs && carried++ < SHARED_PINGS) {
        shift.replace(ping, ping.withPhone(phone));
      }
    }
  }
}
