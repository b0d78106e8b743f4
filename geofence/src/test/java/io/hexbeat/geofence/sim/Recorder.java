package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.trust.PunchKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes what a phone on a track would send: a receiver's drifting error, or the jitter that a
 * program draws. One thread; times go forward.
 */
final class Recorder {
  private final SimCity city;
  private final HonestPerson person;
  private final PersonDay day;
  private final Random random;
  private final List<SimRecord> made = new ArrayList<>();
  private final long bootMs;
  private final Noise noise;

  /** Of each axis; 0 for a receiver's own error. */
  private final double jitterMeters;

  Recorder(SimCity city, HonestPerson person, PersonDay day, double jitterMeters, Random random) {
    this.city = city;
    this.person = person;
    this.day = day;
    this.random = random;
    this.jitterMeters = jitterMeters;
    this.noise = new Noise(person.habits().noiseMeters(), random);
    this.bootMs =
        day.pings().isEmpty() ? 0 : day.pings().get(0).fixTimeMs() - day.pings().get(0).uptimeMs();
  }

  List<SimRecord> made() {
    return made;
  }

  /** Fixes of the phone's rhythm on the track from a time to a time. */
  void pings(TrueTrack track, long fromMs, long toMs) {
    long at = fromMs + random.nextInt(5_000);
    while (at < toMs) {
      made.add(ping(track.eastMeters(at), track.northMeters(at), track.metersPerSecond(at), at));
      boolean moving = track.metersPerSecond(at) > 0.5;
      long every = moving ? person.habits().movingEveryMs() : person.habits().stillEveryMs();
      long step = Math.min(5_000, every);
      long next = at + step;
      while (next < at + every && (moving || track.metersPerSecond(next) <= 0.5)) {
        next += step;
      }
      at = next;
    }
  }

  SimPing ping(double east, double north, double speed, long atMs) {
    double[] place = blurred(east, north, speed > 0.5, atMs);
    SimPing.Draft ping = new SimPing.Draft(day.phone());
    ping.latE7 = city.plane().latE7(place[1]);
    ping.lngE7 = city.plane().lngE7(place[0]);
    ping.fixTimeMs = atMs;
    ping.receivedTimeMs = atMs + 200 + random.nextInt(2_500);
    ping.accuracyCm = (int) (place[2] * 100);
    ping.altitudeCm = (int) (18_000 + random.nextGaussian() * 300);
    ping.speedCmps = (int) Math.round(100 * Math.max(0, speed));
    ping.bearingCdeg = speed > 0.5 ? random.nextInt(36_000) : Fix.UNKNOWN;
    ping.batteryPct = 70;
    ping.uptimeMs = bootMs == 0 ? Fix.UNKNOWN : atMs - bootMs;
    return ping.build();
  }

  void punch(PunchKind kind, int site, double east, double north, long atMs) {
    double[] place = blurred(east, north, false, atMs);
    SimPunch.Draft punch =
        new SimPunch.Draft(day.phone(), "forged-" + day.member() + "-" + atMs, kind);
    punch.atMs = atMs;
    punch.latE7 = city.plane().latE7(place[1]);
    punch.lngE7 = city.plane().lngE7(place[0]);
    punch.accuracyCm = (int) (place[2] * 100);
    punch.fixTimeMs = atMs - random.nextInt(4_000);
    punch.siteHandle = site;
    punch.uptimeMs = bootMs == 0 ? Fix.UNKNOWN : atMs - bootMs;
    punch.receivedTimeMs = atMs + 200 + random.nextInt(1_500);
    made.add(punch.build());
  }

  /** East, north, and the accuracy that the phone tells. */
  private double[] blurred(double east, double north, boolean moving, long atMs) {
    if (jitterMeters > 0) {
      return new double[] {
        east + random.nextGaussian() * jitterMeters,
        north + random.nextGaussian() * jitterMeters,
        5 + random.nextDouble() * 8
      };
    }
    noise.to(atMs, moving, 1, false);
    return new double[] {
      east + noise.eastMeters(), north + noise.northMeters(), noise.accuracyMeters(1)
    };
  }
}
