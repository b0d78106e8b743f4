package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.ShapeEdit;
import io.hexbeat.geofence.trust.PunchKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Every attack, each by somebody who knows the trade: the mock flag erased but where leaving it is
 * the attack, jitter of three to five metres, plausible accuracy, counters and uptime kept in line
 * where a program can. One thread; the same seed forges the same.
 */
final class Attacks {
  private static final long MINUTE_MS = 60_000;

  private final SimCity city;

  /** What is to be forged, and what a cheat may use for it. */
  record Victim(
      HonestPerson person,
      PersonDay day,
      @Nullable PersonDay earlierOwn,
      PersonDay colleague,
      @Nullable PersonDay earlierOfColleague) {}

  /** The forged day, that of an accomplice if it changed as well, and the fence that was edited. */
  record Forged(PersonDay day, @Nullable PersonDay accomplice, @Nullable Fence edited) {
    static Forged of(PersonDay day) {
      return new Forged(day, null, null);
    }
  }

  Attacks(SimCity city) {
    this.city = city;
  }

  /** Null where the day doesn't lend itself to it. */
  @Nullable Forged forge(AttackKind kind, Victim victim, Random random) {
    List<SimPunch> visits = visits(victim.day());
    if (visits.size() < 6 || victim.day().hardships().contains(Hardship.FLIGHT)) {
      return null;
    }
    return switch (kind) {
      case MOCK_FLAGGED -> Forged.of(mockFlagged(victim));
      case FIXED_PIN -> Forged.of(pinned(victim, kind, 0, random));
      case SPOOF_ON_OFF -> Forged.of(pinned(victim, kind, 3 * MINUTE_MS, random));
      case JOYSTICK -> Forged.of(joystick(victim, random));
      case REPLAY_OWN -> replayed(victim, victim.earlierOwn(), kind, random);
      case REPLAY_OTHER -> replayed(victim, victim.earlierOfColleague(), kind, random);
      case REQUEST_REPLAY -> Forged.of(requestsAgain(victim, random));
      case CLOCK_EDIT -> Forged.of(clockBack(victim, random));
      case OFFLINE_EDIT -> Forged.of(offlineEdited(victim, random));
      case PUNCH_SCRIPT -> Forged.of(script(victim, random));
      case BUDDY_PUNCH -> buddy(victim, random);
      case TANDEM -> Forged.of(tandem(victim, random));
      case PUNCH_AND_LEAVE -> Forged.of(leaving(victim, random));
      case EDGE_HABIT -> Forged.of(atEdges(victim, random));
      case PIN_MOVED -> pinMoved(victim, random);
      case GPS_OFF -> gpsOff(victim, random);
    };
  }

  private static List<SimPunch> visits(PersonDay day) {
    return day.punches().stream()
        .filter(punch -> punch.kind() == PunchKind.VISIT_IN && punch.siteHandle() > 0)
        .toList();
  }

  private PersonDay mockFlagged(Victim victim) {
    List<SimRecord> forged = new ArrayList<>();
    for (SimRecord record : victim.day().records()) {
      if (record instanceof SimPing ping) {
        SimPing.Draft draft = ping.edit();
        draft.mock = true;
        forged.add(draft.build());
      } else {
        SimPunch.Draft draft = ((SimPunch) record).edit();
        draft.mock = true;
        forged.add(draft.build());
      }
    }
    return victim.day().forged(AttackKind.MOCK_FLAGGED, forged);
  }

  /**
   * Pins at the customers' of the plan, from home: for the whole visit, or for some minutes around
   * each punch.
   */
  private PersonDay pinned(Victim victim, AttackKind kind, long aroundMs, Random random) {
    double jitter = 3 + random.nextDouble() * 2;
    Recorder phone = new Recorder(city, victim.person(), victim.day(), jitter, random);
    Recorder own = new Recorder(city, victim.person(), victim.day(), 0, random);
    double[] home = victim.person().home();
    long fromMs = victim.day().track().fromMs();
    TrueTrack atHome = new TrueTrack.Builder(fromMs, home[0], home[1]).stay(1_000).build();
    long nowMs = fromMs;
    List<SimPunch> punches = victim.day().punches();
    for (SimPunch punch : punches) {
      if (punch.siteHandle() == 0 && aroundMs > 0) {
        continue;
      }
      int handle = punch.siteHandle() > 0 ? punch.siteHandle() : 1;
      SimSite site = city.site(handle);
      double[] place = site.place(random);
      TrueTrack there = new TrueTrack.Builder(punch.atMs(), place[0], place[1]).stay(1_000).build();
      long beginMs = Math.max(nowMs, punch.atMs() - (aroundMs > 0 ? aroundMs : 2 * MINUTE_MS));
      if (punch.kind() == PunchKind.VISIT_OUT && aroundMs == 0) {
        phone.pings(there, nowMs, punch.atMs());
      } else {
        own.pings(atHome, nowMs, beginMs);
        phone.pings(there, beginMs, punch.atMs());
      }
      phone.punch(punch.kind(), handle, place[0], place[1], punch.atMs());
      nowMs = punch.atMs() + (aroundMs > 0 ? aroundMs : MINUTE_MS);
      phone.pings(there, punch.atMs() + 1_000, nowMs);
    }
    own.pings(atHome, nowMs, victim.day().track().toMs());
    List<SimRecord> all = new ArrayList<>(phone.made());
    all.addAll(own.made());
    return counted(victim.day(), kind, all);
  }

  private PersonDay joystick(Victim victim, Random random) {
    double speed = 8 + random.nextDouble() * 6;
    Recorder phone =
        new Recorder(city, victim.person(), victim.day(), 2.2 + random.nextDouble() * 1.3, random);
    double[] home = victim.person().home();
    TrueTrack.Builder way =
        new TrueTrack.Builder(victim.day().track().fromMs() + 30 * MINUTE_MS, home[0], home[1]);
    way.stay(2 * MINUTE_MS);
    record Press(PunchKind kind, int site, double east, double north, long atMs) {}
    List<Press> presses = new ArrayList<>();
    List<SimPunch> planned =
        victim.day().punches().stream()
            .filter(p -> p.kind() == PunchKind.VISIT_IN || p.kind() == PunchKind.CLOCK_IN)
            .toList();
    for (SimPunch punch : planned) {
      int handle = punch.siteHandle() > 0 ? punch.siteHandle() : 1;
      double[] place = city.site(handle).place(random);
      if (random.nextBoolean()) {
        way.go(place[0], way.north(), speed).go(place[0], place[1], speed);
      } else {
        way.go(way.east(), place[1], speed).go(place[0], place[1], speed);
      }
      way.stay(MINUTE_MS);
      presses.add(new Press(punch.kind(), handle, place[0], place[1], way.nowMs()));
      way.stay((6 + random.nextInt(15)) * MINUTE_MS);
      if (punch.kind() == PunchKind.VISIT_IN) {
        presses.add(new Press(PunchKind.VISIT_OUT, handle, place[0], place[1], way.nowMs()));
      }
      way.stay(MINUTE_MS);
    }
    TrueTrack track = way.build();
    phone.pings(track, track.fromMs(), track.toMs());
    for (Press press : presses) {
      phone.punch(press.kind(), press.site(), press.east(), press.north(), press.atMs());
    }
    return counted(victim.day(), AttackKind.JOYSTICK, phone.made());
  }

  private @Nullable Forged replayed(
      Victim victim, @Nullable PersonDay source, AttackKind kind, Random random) {
    if (source == null || source.pings().size() < 200 || !source.honest()) {
      return null;
    }
    PersonDay day = victim.day();
    long shiftMs = day.track().fromMs() - source.track().fromMs() + random.nextInt(600_000);
    double jitter = 2 + random.nextDouble() * 2;
    List<SimRecord> forged = new ArrayList<>();
    for (SimPing ping : source.pings()) {
      if (ping.receivedTimeMs() - ping.fixTimeMs() > 60_000) {
        continue;
      }
      SimPing.Draft draft = ping.edit();
      draft.phone = day.phone();
      draft.fixTimeMs = ping.fixTimeMs() + shiftMs;
      draft.receivedTimeMs = draft.fixTimeMs + 200 + random.nextInt(2_500);
      draft.latE7 += (int) (random.nextGaussian() * jitter * 90);
      draft.lngE7 += (int) (random.nextGaussian() * jitter * 120);
      draft.uptimeMs = uptime(day, draft.fixTimeMs);
      forged.add(draft.build());
    }
    for (SimPunch punch : source.punches()) {
      SimPunch.Draft draft = punch.edit();
      draft.phone = day.phone();
      draft.punchId = "replayed-" + day.member() + "-" + punch.atMs();
      draft.atMs = punch.atMs() + shiftMs;
      draft.fixTimeMs = punch.fixTimeMs() + shiftMs;
      draft.receivedTimeMs = draft.atMs + 200 + random.nextInt(1_500);
      draft.uptimeMs = uptime(day, draft.atMs);
      forged.add(draft.build());
    }
    return Forged.of(counted(day, kind, forged));
  }

  private static PersonDay requestsAgain(Victim victim, Random random) {
    PersonDay day = victim.day();
    List<SimRecord> forged = new ArrayList<>();
    long leftMs = day.track().fromMs() + (5 * 60 + random.nextInt(120)) * MINUTE_MS;
    List<SimPunch> captured = new ArrayList<>();
    for (SimRecord record : day.records()) {
      if (record.madeMs() < leftMs) {
        forged.add(record);
        if (record instanceof SimPunch punch) {
          captured.add(punch);
        }
      }
    }
    long atMs = leftMs;
    for (int i = 0; i < captured.size() && i < 6; i++) {
      SimPunch.Draft draft = captured.get(i).edit();
      atMs += (15 + random.nextInt(20)) * MINUTE_MS;
      draft.punchId = draft.punchId + "-again";
      draft.atMs = atMs;
      draft.fixTimeMs = atMs - 1_000;
      draft.receivedTimeMs = atMs + 400;
      forged.add(draft.build());
    }
    return day.forged(AttackKind.REQUEST_REPLAY, forged);
  }

  private static PersonDay clockBack(Victim victim, Random random) {
    PersonDay day = victim.day();
    long backMs = (20 + random.nextInt(70)) * MINUTE_MS;
    long untilMs = day.track().fromMs() + (4 * 60 + random.nextInt(60)) * MINUTE_MS;
    long sinceMs = untilMs - 3 * 60 * MINUTE_MS;
    List<SimRecord> forged = new ArrayList<>();
    for (SimRecord record : day.records()) {
      boolean back = record.madeMs() >= sinceMs && record.madeMs() < untilMs;
      if (!back) {
        forged.add(record);
      } else if (record instanceof SimPing ping) {
        SimPing.Draft draft = ping.edit();
        draft.fixTimeMs -= backMs;
        forged.add(draft.build());
      } else {
        SimPunch.Draft draft = ((SimPunch) record).edit();
        draft.atMs -= backMs;
        draft.fixTimeMs -= backMs;
        forged.add(draft.build());
      }
    }
    return day.forged(AttackKind.CLOCK_EDIT, forged);
  }

  /** Late at the customer's, and punched as if it had been on time. */
  private static PersonDay offlineEdited(Victim victim, Random random) {
    PersonDay day = victim.day();
    List<SimRecord> forged = new ArrayList<>();
    int edited = 0;
    for (SimRecord record : day.records()) {
      if (record instanceof SimPunch punch
          && punch.kind() != PunchKind.VISIT_OUT
          && punch.kind() != PunchKind.CLOCK_OUT
          && edited < 4
          && (edited == 0 || random.nextInt(3) == 0)) {
        edited++;
        long earlierMs = (25 + random.nextInt(50)) * MINUTE_MS;
        SimPunch.Draft draft = punch.edit();
        draft.atMs -= earlierMs;
        draft.fixTimeMs -= earlierMs;
        draft.uptimeMs = punch.uptimeMs() - earlierMs;
        forged.add(draft.build());
      } else {
        forged.add(record);
      }
    }
    return day.forged(AttackKind.OFFLINE_EDIT, forged);
  }

  private static PersonDay script(Victim victim, Random random) {
    PersonDay day = victim.day();
    long stopMs = day.track().fromMs() + (90 + random.nextInt(120)) * MINUTE_MS;
    List<SimRecord> forged = new ArrayList<>();
    for (SimRecord record : day.records()) {
      if (record instanceof SimPunch || record.madeMs() < stopMs) {
        forged.add(record);
      }
    }
    return day.forged(AttackKind.PUNCH_SCRIPT, forged);
  }

  /** The absent one sends nothing; the colleague's phone sends punches for both. */
  private static Forged buddy(Victim victim, Random random) {
    PersonDay day = victim.day();
    PersonDay colleague = victim.colleague();
    List<SimRecord> forged = new ArrayList<>();
    for (SimPunch punch : colleague.punches()) {
      SimPunch.Draft draft = punch.edit();
      long laterMs = 20_000L + random.nextInt(60_000);
      draft.phone = new SimPhone(day.phone().deviceHandle(), colleague.phone().phoneId());
      draft.punchId = "buddy-" + day.member() + "-" + punch.atMs();
      draft.atMs += laterMs;
      draft.fixTimeMs += laterMs;
      draft.uptimeMs += laterMs;
      draft.receivedTimeMs = draft.atMs + 500;
      draft.seq = Fix.UNKNOWN;
      forged.add(draft.build());
    }
    PersonDay accomplice = colleague.forged(AttackKind.BUDDY_PUNCH, colleague.records());
    return new Forged(day.forged(AttackKind.BUDDY_PUNCH, forged), accomplice, null);
  }

  private PersonDay tandem(Victim victim, Random random) {
    PersonDay colleague = victim.colleague();
    Recorder phone = new Recorder(city, victim.person(), victim.day(), 0, random);
    TrueTrack track = colleague.track();
    phone.pings(track, track.fromMs(), track.toMs());
    for (SimPunch punch : colleague.punches()) {
      long atMs = punch.atMs() + 8_000 + random.nextInt(35_000);
      phone.punch(
          punch.kind(), punch.siteHandle(), track.eastMeters(atMs), track.northMeters(atMs), atMs);
    }
    return counted(victim.day(), AttackKind.TANDEM, phone.made());
  }

  private PersonDay leaving(Victim victim, Random random) {
    Recorder phone = new Recorder(city, victim.person(), victim.day(), 0, random);
    double[] home = victim.person().home();
    TrueTrack.Builder way =
        new TrueTrack.Builder(victim.day().track().fromMs() + 60 * MINUTE_MS, home[0], home[1]);
    record Press(int site, double east, double north, long atMs) {}
    List<Press> presses = new ArrayList<>();
    for (SimPunch punch : visits(victim.day()).subList(0, 6)) {
      double[] place = city.site(punch.siteHandle()).place(random);
      drive(way, place, random);
      way.stay(20_000 + random.nextInt(40_000));
      presses.add(new Press(punch.siteHandle(), place[0], place[1], way.nowMs()));
      way.stay(10_000 + random.nextInt(60_000));
      drive(way, DayPlan.somewhere(city, random), random);
      way.stay((15 + random.nextInt(40)) * MINUTE_MS);
    }
    TrueTrack track = way.build();
    phone.pings(track, track.fromMs(), track.toMs());
    for (Press press : presses) {
      phone.punch(PunchKind.VISIT_IN, press.site(), press.east(), press.north(), press.atMs());
    }
    return counted(victim.day(), AttackKind.PUNCH_AND_LEAVE, phone.made());
  }

  private PersonDay atEdges(Victim victim, Random random) {
    Recorder phone = new Recorder(city, victim.person(), victim.day(), 0, random);
    double[] home = victim.person().home();
    TrueTrack.Builder way =
        new TrueTrack.Builder(victim.day().track().fromMs() + 60 * MINUTE_MS, home[0], home[1]);
    record Press(PunchKind kind, int site, double east, double north, long atMs) {}
    List<Press> presses = new ArrayList<>();
    for (SimPunch punch : visits(victim.day())) {
      double[] place = edge(city.site(punch.siteHandle()), way.east(), way.north(), random);
      drive(way, place, random);
      way.stay(60_000);
      presses.add(
          new Press(PunchKind.VISIT_IN, punch.siteHandle(), place[0], place[1], way.nowMs()));
      way.stay((6 + random.nextInt(12)) * MINUTE_MS);
      presses.add(
          new Press(PunchKind.VISIT_OUT, punch.siteHandle(), place[0], place[1], way.nowMs()));
      way.stay(30_000);
    }
    TrueTrack track = way.build();
    phone.pings(track, track.fromMs(), track.toMs());
    for (Press press : presses) {
      phone.punch(press.kind(), press.site(), press.east(), press.north(), press.atMs());
    }
    return counted(victim.day(), AttackKind.EDGE_HABIT, phone.made());
  }

  /** Just inside, on the side from which one comes. */
  private static double[] edge(SimSite site, double fromEast, double fromNorth, Random random) {
    double depth = 1 + random.nextDouble() * 5;
    double meters = Math.max(1, site.metersTo(fromEast, fromNorth));
    double toEast = (fromEast - site.eastMeters()) / meters;
    double toNorth = (fromNorth - site.northMeters()) / meters;
    double[] at = {site.eastMeters(), site.northMeters()};
    for (double away = 0; away < 400; away += 1) {
      double east = site.eastMeters() + toEast * away;
      double north = site.northMeters() + toNorth * away;
      if (site.signedMeters(east, north) > -depth) {
        break;
      }
      at = new double[] {east, north};
    }
    return at;
  }

  private @Nullable Forged pinMoved(Victim victim, Random random) {
    PersonDay day = victim.day();
    double[] home = victim.person().home();
    List<SimPunch> visits = visits(day);
    SimSite site = city.site(visits.get(visits.size() / 2).siteHandle());
    if (site.signedMeters(home[0], home[1]) < 300) {
      return null;
    }
    long editedMs = day.track().fromMs() - random.nextInt(8 * 60) * MINUTE_MS;
    Circle moved = new Circle(city.plane().latE7(home[1]), city.plane().lngE7(home[0]), 80);
    Fence edited =
        new Fence(
                site.fence().handle(),
                site.fence().id(),
                site.fence().name(),
                site.fence().kind(),
                moved,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                null)
            .editedFrom(new ShapeEdit(site.fence().shape(), editedMs));
    Recorder phone = new Recorder(city, victim.person(), day, 0, random);
    TrueTrack atHome =
        new TrueTrack.Builder(day.track().fromMs(), home[0], home[1]).stay(1_000).build();
    phone.pings(atHome, day.track().fromMs(), day.track().toMs());
    for (int i = 0; i < 3; i++) {
      long atMs = day.track().fromMs() + (3 + 2L * i) * 60 * MINUTE_MS + random.nextInt(600_000);
      phone.punch(PunchKind.VISIT_IN, site.fence().handle(), home[0], home[1], atMs);
      phone.punch(
          PunchKind.VISIT_OUT, site.fence().handle(), home[0], home[1], atMs + 20 * MINUTE_MS);
    }
    return new Forged(counted(day, AttackKind.PIN_MOVED, phone.made()), null, edited);
  }

  /** Away on business of their own, far enough that it matters. */
  private @Nullable Forged gpsOff(Victim victim, Random random) {
    PersonDay day = victim.day();
    TrueTrack track = day.track();
    for (int tries = 0; tries < 30; tries++) {
      long fromMs = track.fromMs() + (3 * 60 + random.nextInt(5 * 60)) * MINUTE_MS;
      long toMs = fromMs + (60 + random.nextInt(90)) * MINUTE_MS;
      double meters =
          Math.hypot(
              track.eastMeters(toMs) - track.eastMeters(fromMs),
              track.northMeters(toMs) - track.northMeters(fromMs));
      if (meters > 1_300) {
        List<SimRecord> forged = new ArrayList<>();
        for (SimRecord record : day.records()) {
          boolean off = record.madeMs() >= fromMs && record.madeMs() < toMs;
          if (off && record instanceof SimPing ping) {
            SimPing.Draft draft = ping.edit();
            draft.hasPosition = false;
            draft.accuracyCm = Fix.UNKNOWN;
            forged.add(draft.build());
          } else if (!off) {
            forged.add(record);
          }
        }
        return Forged.of(day.forged(AttackKind.GPS_OFF, forged));
      }
    }
    return null;
  }

  private static void drive(TrueTrack.Builder way, double[] to, Random random) {
    for (double[] corner : new double[][] {{to[0], way.north()}, to}) {
      double meters = Math.hypot(corner[0] - way.east(), corner[1] - way.north());
      double fromEast = way.east();
      double fromNorth = way.north();
      int pieces = Math.max(1, (int) (meters / 250));
      for (int i = 1; i <= pieces && meters > 1; i++) {
        way.go(
            fromEast + (corner[0] - fromEast) * i / pieces,
            fromNorth + (corner[1] - fromNorth) * i / pieces,
            5 + random.nextDouble() * 11);
        if (random.nextInt(4) == 0) {
          way.stay(8_000 + random.nextInt(40_000));
        }
      }
    }
  }

  private static long uptime(PersonDay day, long atMs) {
    for (SimPing ping : day.pings()) {
      if (ping.uptimeMs() >= 0) {
        return Math.max(0, atMs - (ping.fixTimeMs() - ping.uptimeMs()));
      }
    }
    return Fix.UNKNOWN;
  }

  /** With counters that go on from those of the day before, as a program would keep them. */
  private static PersonDay counted(PersonDay day, AttackKind kind, List<SimRecord> forged) {
    List<SimPing> honestPings = day.pings();
    List<SimPunch> honestPunches = day.punches();
    long pings = forged.stream().filter(SimPing.class::isInstance).count();
    long punches = forged.size() - pings;
    boolean swapped = day.hardships().contains(Hardship.PHONE_SWAP);
    long ping =
        pings <= honestPings.size() && !swapped ? honestPings.get(0).seq() - 1 : Long.MIN_VALUE;
    long punch =
        punches <= honestPunches.size() && !swapped
            ? honestPunches.get(0).seq() - 1
            : Long.MIN_VALUE;
    List<SimRecord> sorted = new ArrayList<>(forged);
    sorted.sort(SimRecord.ARRIVAL);
    List<SimRecord> counted = new ArrayList<>();
    for (SimRecord record : sorted) {
      if (record instanceof SimPing one) {
        SimPing.Draft draft = one.edit();
        draft.seq = ping == Long.MIN_VALUE ? Fix.UNKNOWN : ++ping;
        counted.add(draft.build());
      } else {
        SimPunch.Draft draft = ((SimPunch) record).edit();
        draft.seq = punch == Long.MIN_VALUE ? Fix.UNKNOWN : ++punch;
        counted.add(draft.build());
      }
    }
    return day.forged(kind, counted);
  }

  /** All there are. */
  static EnumSet<AttackKind> kinds() {
    return EnumSet.allOf(AttackKind.class);
  }
}
