package io.hexbeat.geofence.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.SampleFix;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One person with two phones beside people who share a car, an office or a van. */
class TandemFinderTest {
  private static final long T = 1_790_000_000_000L / 60_000 * 60_000;
  private static final long MIN = 60_000;

  private final TandemFinder finder = new TandemFinder(TrustPolicy.DEFAULT);
  private final Random random = new Random(5);
  private final List<TandemFinder.Tandem> found = new ArrayList<>();

  /** Where the round is at a minute: ten minutes at a customer, ten on the way. */
  private static double east(int minute) {
    int round = minute / 20;
    int within = minute % 20;
    return round * 4_000 + Math.max(0, within - 10) * 400;
  }

  private void fix(int member, int minute, double aside) {
    finder.fix(
        member,
        T + minute * MIN + random.nextInt(20_000),
        SampleFix.latE7(aside + random.nextGaussian() * 4),
        SampleFix.lngE7(east(minute) + random.nextGaussian() * 4),
        800);
  }

  private void punches(int member, int minute, long laterMs) {
    if (minute % 20 == 1) {
      finder.punch(member, T + minute * MIN + laterMs, PunchKind.VISIT_IN);
    }
  }

  private void day(int minutes, int members, double asideAtCustomers, int apartFrom) {
    for (int minute = 0; minute < minutes; minute++) {
      for (int member = 1; member <= members; member++) {
        boolean atCustomer = minute % 20 < 10;
        double aside = atCustomer ? (member - 1) * asideAtCustomers : 0;
        fix(member, minute, minute >= apartFrom ? member * 700 : aside);
        punches(member, minute, member * 15_000L);
      }
      found.addAll(finder.drain());
    }
  }

  @Test
  void shouldFindOnePersonWithTwoPhones() {
    day(300, 2, 0, Integer.MAX_VALUE);
    assertEquals(2, found.size(), "one for each of both");
    Finding finding = found.get(0).finding();
    assertEquals(TrustSignal.TANDEM, finding.signal());
    assertTrue((long) finding.figures().get("share_pct") >= 88, finding::toString);
    assertTrue((int) finding.figures().get("punches_together") >= 3, finding::toString);
  }

  @Test
  void shouldFindOnePersonOfWhomOnePhoneIsDarkForAnHour() {
    for (int minute = 0; minute < 300; minute++) {
      fix(1, minute, 0);
      punches(1, minute, 15_000);
      if (minute < 100 || minute >= 160) {
        fix(2, minute, 0);
        punches(2, minute, 30_000);
      }
      found.addAll(finder.drain());
    }
    assertEquals(2, found.size(), "one for each of both");
  }

  @Test
  void shouldLetAPhoneBeTrackedOnlyOnTheSharedRoad() {
    for (int minute = 0; minute < 400; minute++) {
      fix(1, minute, 0);
      punches(1, minute, 15_000);
      if (minute >= 100 && minute < 340) {
        fix(2, minute, 0);
        punches(2, minute, 30_000);
      }
      found.addAll(finder.drain());
    }
    assertEquals(List.of(), found);
  }

  @Test
  void shouldLetTwoShareACarForHours() {
    day(300, 2, 45, Integer.MAX_VALUE);
    assertEquals(List.of(), found);
  }

  @Test
  void shouldLetColleaguesPartForLunch() {
    day(140, 2, 0, 120);
    assertEquals(List.of(), found);
  }

  @Test
  void shouldLetACrewBeACrew() {
    day(400, 3, 0, Integer.MAX_VALUE);
    assertEquals(List.of(), found);
  }
}
