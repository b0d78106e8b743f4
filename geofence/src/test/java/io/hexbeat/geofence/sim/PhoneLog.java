package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.trust.PunchKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What a person's phones measure and send of a day, with the hardships of it. One thread; days in
 * order: battery starts anew each morning, boot, counter and enrolment go on.
 */
final class PhoneLog {
  private static final long MINUTE_MS = 60_000;
  private static final double GROUND_METERS = 180;

  /** Punches are for visits that are worth a button. */
  private static final long PUNCHED_MS = 3 * MINUTE_MS;

  private final SimCity city;
  private final int member;
  private final PhoneHabits habits;
  private int phones = 1;
  private long seq;
  private long punchSeq;
  private long bootMs = Long.MIN_VALUE;

  /** Of the day being made. */
  private final List<SimRecord> made = new ArrayList<>();

  private Noise noise;
  private double wifiEast;
  private double wifiNorth;
  private long wifiUntilMs;

  /** Somebody presses a button. */
  private record Button(long atMs, PunchKind kind, int site) {}

  PhoneLog(SimCity city, int member, PhoneHabits habits) {
    this.city = city;
    this.member = member;
    this.habits = habits;
    this.noise = new Noise(habits.noiseMeters(), new Random(member));
  }

  SimPhone phone() {
    return new SimPhone(member * 10 + phones, "phone-" + member + "-" + phones);
  }

  List<SimRecord> day(DayPlan plan, Set<Hardship> hardships, Random random) {
    made.clear();
    noise = new Noise(habits.noiseMeters(), random);
    TrueTrack track = plan.track();
    if (bootMs == Long.MIN_VALUE) {
      bootMs = track.fromMs() - random.nextInt(1_000_000_000);
    }
    long noonMs = track.fromMs() + 5 * 60 * MINUTE_MS + random.nextInt(3_600_000);
    List<Button> buttons = buttons(plan, random);
    DayPlan.Span killed = killed(hardships, buttons, track, random);
    int next = 0;
    long t = track.fromMs() + random.nextInt(60_000);
    boolean swapped = false;
    while (t < track.toMs()) {
      long atMs = next < buttons.size() ? Math.min(t, buttons.get(next).atMs()) : t;
      if (!swapped && hardships.contains(Hardship.PHONE_SWAP) && atMs > noonMs) {
        swapped = true;
        swap(atMs);
      }
      boolean off = killed.has(atMs) || plan.off.stream().anyMatch(span -> span.has(atMs));
      boolean blind = plan.noFixes.stream().anyMatch(span -> span.has(atMs));
      boolean visiting =
          plan.stops.stream().anyMatch(s -> atMs > s.arriveMs() && atMs < s.leaveMs());
      boolean moving = track.metersPerSecond(atMs) > 0.5;
      boolean lost = visiting && hardships.contains(Hardship.INDOOR) && random.nextInt(10) < 6;
      double wider = wider(hardships, visiting, moving);
      noise.to(atMs, moving, wider, hardships.contains(Hardship.URBAN_CANYON));
      if (atMs < t) {
        Button button = buttons.get(next++);
        if (!off) {
          punch(button, track, wider, random);
        }
        continue;
      }
      if (!off && !blind && !lost) {
        ping(track, atMs, wider, visiting && hardships.contains(Hardship.INDOOR), random);
      }
      long every = moving ? habits.movingEveryMs() : habits.stillEveryMs();
      t += Math.min(every, habits.movingEveryMs() + stillLeftMs(track, t, every));
    }
    return deadZone(hardships, track, random);
  }

  /** Motion is noticed soon after it begins, whatever the rhythm at rest. */
  private long stillLeftMs(TrueTrack track, long fromMs, long mostMs) {
    long leftMs = 0;
    while (leftMs < mostMs && track.metersPerSecond(fromMs + leftMs) <= 0.5) {
      leftMs += 5_000;
    }
    return leftMs;
  }

  private static double wider(Set<Hardship> hardships, boolean visiting, boolean moving) {
    if (visiting && hardships.contains(Hardship.INDOOR)) {
      return 1.6;
    }
    return !moving && hardships.contains(Hardship.JITTER) ? 2 : 1;
  }

  private void swap(long atMs) {
    phones++;
    seq = 0;
    punchSeq = 0;
    bootMs = atMs - 10 * MINUTE_MS;
  }

  private List<Button> buttons(DayPlan plan, Random random) {
    List<Button> buttons = new ArrayList<>();
    for (int i = 0; i < plan.stops.size(); i++) {
      DayPlan.Stop stop = plan.stops.get(i);
      long inMs = stop.arriveMs() + 20_000 + random.nextInt(70_000);
      long outMs = stop.leaveMs() - 15_000 - random.nextInt(40_000);
      int site = random.nextInt(5) > 0 ? stop.site() : 0;
      if (i == 0) {
        buttons.add(new Button(inMs, PunchKind.CLOCK_IN, site));
      } else if (i == plan.stops.size() - 1) {
        buttons.add(new Button(outMs, PunchKind.CLOCK_OUT, site));
      } else if (stop.leaveMs() - stop.arriveMs() >= PUNCHED_MS) {
        buttons.add(new Button(inMs, PunchKind.VISIT_IN, site));
        buttons.add(new Button(outMs, PunchKind.VISIT_OUT, site));
      }
    }
    buttons.sort(Comparator.comparingLong(Button::atMs));
    return buttons;
  }

  /** Until somebody opens the app to press a button. */
  private static DayPlan.Span killed(
      Set<Hardship> hardships, List<Button> buttons, TrueTrack track, Random random) {
    if (!hardships.contains(Hardship.APP_KILLED)) {
      return new DayPlan.Span(0, 0);
    }
    long fromMs = track.fromMs() + (3 * 60 + random.nextInt(300)) * MINUTE_MS;
    long toMs = fromMs + (20 + random.nextInt(100)) * MINUTE_MS;
    for (Button button : buttons) {
      if (button.atMs() >= fromMs && button.atMs() < toMs) {
        toMs = button.atMs();
      }
    }
    return new DayPlan.Span(fromMs, toMs);
  }

  private void ping(TrueTrack track, long atMs, double wider, boolean indoors, Random random) {
    SimPing.Draft ping = new SimPing.Draft(phone());
    place(ping, track, atMs, wider, indoors, random);
    ping.fixTimeMs = atMs;
    ping.receivedTimeMs = atMs + 200 + random.nextInt(2_500);
    ping.seq = ++seq;
    ping.uptimeMs = atMs - bootMs;
    ping.batteryPct = (int) Math.max(5, 100 - (atMs - track.fromMs()) * 80 / 52_000_000);
    made.add(ping.build());
  }

  private void place(
      SimPing.Draft ping,
      TrueTrack track,
      long atMs,
      double wider,
      boolean indoors,
      Random random) {
    double east = track.eastMeters(atMs);
    double north = track.northMeters(atMs);
    if (indoors && atMs > wifiUntilMs && random.nextInt(3) == 0) {
      wifiEast = east + random.nextGaussian() * 20;
      wifiNorth = north + random.nextGaussian() * 20;
      wifiUntilMs = atMs + 2 * MINUTE_MS;
    }
    boolean wifi = indoors && atMs <= wifiUntilMs;
    SimPlane plane = city.plane();
    ping.latE7 = plane.latE7(wifi ? wifiNorth : north + noise.northMeters());
    ping.lngE7 = plane.lngE7(wifi ? wifiEast : east + noise.eastMeters());
    double accuracy = wifi ? 20 + random.nextInt(20) : noise.accuracyMeters(wider);
    if (habits.tellsAccuracy()) {
      ping.accuracyCm = (int) Math.round(accuracy * 100);
    }
    if (wifi) {
      return;
    }
    ping.altitudeCm = (int) Math.round((GROUND_METERS + noise.heightMeters()) * 100);
    double speed = track.metersPerSecond(atMs);
    if (habits.tellsMotion()) {
      double told = speed > 0.5 ? Math.max(0, speed + random.nextGaussian() * 0.4) : 0;
      ping.speedCmps = (int) Math.round(told * 100);
      if (speed > 0.5) {
        double bearing = track.bearingDegrees(atMs) + random.nextGaussian() * 8;
        ping.bearingCdeg = Math.floorMod((int) Math.round(bearing * 100), 36_000);
      }
    }
  }

  private void punch(Button button, TrueTrack track, double wider, Random random) {
    SimPing.Draft there = new SimPing.Draft(phone());
    place(there, track, button.atMs(), wider, false, random);
    String id = "punch-" + member + "-" + button.atMs();
    SimPunch.Draft punch = new SimPunch.Draft(phone(), id, button.kind());
    punch.atMs = button.atMs();
    punch.latE7 = there.latE7;
    punch.lngE7 = there.lngE7;
    punch.accuracyCm = habits.tellsAccuracy() ? there.accuracyCm : Fix.UNKNOWN;
    punch.fixTimeMs = button.atMs() - random.nextInt(4_000);
    punch.siteHandle = button.site();
    punch.uptimeMs = button.atMs() - bootMs;
    punch.seq = ++punchSeq;
    punch.receivedTimeMs = button.atMs() + 200 + random.nextInt(1_500);
    made.add(punch.build());
  }

  /** Holds back what was made without network. */
  private List<SimRecord> deadZone(Set<Hardship> hardships, TrueTrack track, Random random) {
    boolean newestFirst = hardships.contains(Hardship.DEAD_ZONE_NEWEST_FIRST);
    if (!newestFirst && !hardships.contains(Hardship.DEAD_ZONE)) {
      return List.copyOf(made);
    }
    long fromMs = track.fromMs() + (3 * 60 + random.nextInt(300)) * MINUTE_MS;
    long toMs = fromMs + (20 + random.nextInt(70)) * MINUTE_MS;
    List<SimRecord> held = new ArrayList<>();
    List<SimRecord> sent = new ArrayList<>();
    for (SimRecord record : made) {
      boolean dead = record.madeMs() >= fromMs && record.madeMs() < toMs;
      (dead ? held : sent).add(record);
    }
    if (newestFirst) {
      Collections.reverse(held);
    }
    for (int i = 0; i < held.size(); i++) {
      long receivedMs = toMs + i * 40L;
      sent.add(
          held.get(i) instanceof SimPing ping
              ? receivedAt(ping, receivedMs)
              : receivedAt((SimPunch) held.get(i), receivedMs));
    }
    return sent;
  }

  private static SimRecord receivedAt(SimPing ping, long receivedMs) {
    SimPing.Draft late = ping.edit();
    late.receivedTimeMs = receivedMs;
    return late.build();
  }

  private static SimRecord receivedAt(SimPunch punch, long receivedMs) {
    SimPunch.Draft late = punch.edit();
    late.receivedTimeMs = receivedMs;
    return late.build();
  }
}
