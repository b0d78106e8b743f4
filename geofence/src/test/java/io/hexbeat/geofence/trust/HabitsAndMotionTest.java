package io.hexbeat.geofence.trust;

import static io.hexbeat.geofence.SampleFix.at;
import static io.hexbeat.geofence.trust.Phone.kinds;
import static io.hexbeat.geofence.trust.Phone.reason;
import static io.hexbeat.geofence.trust.TrustSignal.BACKDATED;
import static io.hexbeat.geofence.trust.TrustSignal.DARK;
import static io.hexbeat.geofence.trust.TrustSignal.EDGE_PUNCH;
import static io.hexbeat.geofence.trust.TrustSignal.PIN_MOVED;
import static io.hexbeat.geofence.trust.TrustSignal.PUNCH_AND_LEAVE;
import static io.hexbeat.geofence.trust.TrustSignal.ROBOT_MOTION;
import static io.hexbeat.geofence.trust.TrustSignal.TELEPORT;
import static io.hexbeat.geofence.trust.TrustSignal.WIFI_MISMATCH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.SampleFix;
import io.hexbeat.geofence.ShapeEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signals that need a habit, a day or a drift: each attack beside its honest look-alike. */
class HabitsAndMotionTest {
  private static final long T = 1_790_000_000_000L;
  private static final long SEC = 1_000;
  private static final long MIN = 60 * SEC;
  private static final int SITES = 8;
  private static final double APART = 3_000;

  private final Phone phone = new Phone();

  HabitsAndMotionTest() {
    List<Fence> sites = new ArrayList<>();
    for (int i = 0; i < SITES; i++) {
      sites.add(Fence.of(i + 1, "site-" + (i + 1), SampleFix.circle(i * APART, 0, 100)));
    }
    phone.index = FenceIndex.of(1, sites);
  }

  @AfterEach
  void shouldRebuildTheSameStateFromRecordedRecords() {
    assertEquals(phone.state.toString(), phone.replayed.toString());
  }

  /** At a site of the row, with fixes each 20 seconds, then on the way to the next one. */
  private long visit(int site, long fromMs, long stayMs, boolean out) {
    double east = site * APART;
    phone.claim(fromMs, east, 0).id("in-" + fromMs).site(site + 1).punch();
    long now = fromMs;
    for (; now < fromMs + stayMs; now += 20 * SEC) {
      phone.ping(at(now + SEC, east + now / 20_000 % 7, 0));
    }
    if (out) {
      phone.claim(now, east, 0).id("out-" + now).kind(PunchKind.VISIT_OUT).site(site + 1).punch();
    }
    for (int i = 1; i < 15; i++) {
      phone.ping(at(now + i * 15L * SEC, east + i * 200, 0));
    }
    return now + 15 * 15 * SEC;
  }

  // PUNCH_AND_LEAVE

  @Test
  void shouldFindPunchAndLeaveAtTheThirdShortVisit() {
    long now = T;
    for (int i = 0; i < 3; i++) {
      now = visit(i, now, MIN, false);
    }
    assertEquals(List.of(PUNCH_AND_LEAVE), phone.alertKinds());
    assertEquals(3, phone.alerts.get(0).figures().get("short_visits"));
  }

  @Test
  void shouldForgiveAClosedShopAndWhoPunchesOut() {
    long now = visit(0, T, MIN, false);
    now = visit(1, now, 10 * MIN, false);
    now = visit(2, now, MIN, false);
    for (int i = 3; i < SITES; i++) {
      now = visit(i, now, MIN, true);
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  // EDGE_PUNCH

  @Test
  void shouldFindEdgePunchesAtManySites() {
    PunchVerdict last = null;
    for (int i = 0; i < SITES; i++) {
      last = phone.claim(T + i * 30L * MIN, i * APART - 96, 0).id("p" + i).site(i + 1).punch();
    }
    assertTrue(kinds(last).contains(EDGE_PUNCH), () -> "reasons");
    assertEquals(8, reason(last, EDGE_PUNCH).figures().get("edge_punches"));
  }

  @Test
  void shouldLetAGuardPunchAtTheSameGateForEver() {
    for (int i = 0; i < 20; i++) {
      PunchVerdict verdict = phone.claim(T + i * 30L * MIN, -96, 0).id("p" + i).site(1).punch();
      assertFalse(kinds(verdict).contains(EDGE_PUNCH));
    }
  }

  // BACKDATED

  @Test
  void shouldFindALatePunchOfAPhoneThatWasOnline() {
    phone.walk(T, 200, 20 * SEC, 0, 0);
    PunchVerdict verdict = phone.claim(T + 10 * MIN, 0, 0).site(1).received(T + 66 * MIN).punch();
    assertTrue(kinds(verdict).contains(BACKDATED));
    assertEquals("online", reason(verdict, BACKDATED).figures().get("by"));
  }

  @Test
  void shouldForgiveABacklogAfterADeadZone() {
    phone.walk(T, 30, 20 * SEC, 0, 0);
    for (int i = 0; i < 100; i++) {
      phone.ping(at(T + 10 * MIN + i * 20L * SEC, i % 9, 0).received(T + 50 * MIN + i));
    }
    PunchVerdict verdict = phone.claim(T + 20 * MIN, 0, 0).site(1).received(T + 51 * MIN).punch();
    assertFalse(kinds(verdict).contains(BACKDATED));
  }

  @Test
  void shouldFindAPunchThatWasCountedAfterALaterOne() {
    phone.claim(T + 60 * MIN, 0, 0).id("a").site(1).seq(10).punch();
    PunchVerdict verdict =
        phone.claim(T, 0, 0).id("b").site(1).seq(11).received(T + 61 * MIN).punch();
    assertEquals("order", reason(verdict, BACKDATED).figures().get("by"));
    PunchVerdict queued =
        phone.claim(T, 0, 0).id("c").site(1).seq(9).received(T + 62 * MIN).punch();
    assertFalse(kinds(queued).contains(BACKDATED));
  }

  // DARK

  private void onDuty() {
    phone.claim(T, 0, 0).id("in").kind(PunchKind.CLOCK_IN).site(1).punch();
    phone.walk(T + SEC, 30, 20 * SEC, 0, 0);
  }

  private void dark(long fromMs, int signs) {
    for (int i = 1; i <= signs; i++) {
      phone.ping(at(fromMs + i * 5L * MIN, 0, 0).heartbeat());
    }
  }

  @Test
  void shouldFindAPositionSwitchedOffOnDuty() {
    onDuty();
    dark(T + 10 * MIN, 10);
    phone.ping(at(T + 70 * MIN, 5_000, 0));
    assertEquals(List.of(DARK), phone.alertKinds());
    assertEquals(10, phone.alerts.get(0).figures().get("signs_of_life"));
  }

  @Test
  void shouldFindItOnAPhoneThatWasTakenInTheMiddleOfTheDay() {
    Phone morning = new Phone();
    morning.claim(T - 180 * MIN, 0, 0).id("in").kind(PunchKind.CLOCK_IN).site(1).punch();
    phone.member = morning.member;
    phone.replayedMember = morning.replayedMember;
    phone.phoneId = "phone-2";
    phone.walk(T, 30, 20 * SEC, 0, 0);
    phone.claim(T + 10 * MIN, 0, 0).id("visit").site(1).punch();
    dark(T + 10 * MIN, 10);
    phone.ping(at(T + 70 * MIN, 5_000, 0));
    assertEquals(List.of(DARK), phone.alertKinds());
  }

  @Test
  void shouldForgiveABasementAndASilentHour() {
    onDuty();
    dark(T + 10 * MIN, 10);
    phone.ping(at(T + 70 * MIN, 30, 0));
    phone.ping(at(T + 140 * MIN, 6_000, 0));
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldNotAskWhoIsOffDuty() {
    onDuty();
    phone.claim(T + 11 * MIN, 0, 0).id("out").kind(PunchKind.CLOCK_OUT).site(1).punch();
    dark(T + 11 * MIN, 10);
    phone.ping(at(T + 90 * MIN, 5_000, 0));
    assertEquals(List.of(), phone.alertKinds());
  }

  // ROBOT_MOTION

  /** Fixes about a place; the error keeps so much of itself from fix to fix. */
  private void stay(long fromMs, double east, double kept, Random random) {
    double x = 0;
    double y = 0;
    for (int i = 0; i < 80; i++) {
      double fresh = 4 * Math.sqrt(1 - kept * kept);
      x = x * kept + random.nextGaussian() * fresh;
      y = y * kept + random.nextGaussian() * fresh;
      phone.ping(at(fromMs + i * 20L * SEC, east + x, y));
    }
  }

  @Test
  void shouldFindJitterThatAProgramDrew() {
    Random random = new Random(1);
    stay(T, 0, 0, random);
    stay(T + 60 * MIN, 3_000, 0, random);
    assertEquals(List.of(ROBOT_MOTION), phone.alertKinds());
    assertEquals("noise", phone.alerts.get(0).figures().get("by"));
  }

  @Test
  void shouldLeaveAGuardAloneWhoReallyStandsStill() {
    Random random = new Random(2);
    for (int i = 0; i < 8; i++) {
      stay(T + i * 60L * MIN, i * 3_000, 0.7, random);
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  /** Blocks of a grid with a stop after each twenty steps; speeds differ by so much. */
  private void drive(double spread, Random random) {
    double east = 0;
    double north = 0;
    long now = T;
    for (int i = 0; i < 260; i++) {
      double meters = 100 * (1 + spread * (2 * random.nextDouble() - 1));
      boolean eastwards = i / 10 % 2 == 0;
      east += eastwards ? meters : 0;
      north += eastwards ? 0 : meters;
      now += 10 * SEC;
      fixNear(now, east, north, random);
      for (int rest = 0; i % 20 == 19 && rest < 4; rest++) {
        now += 30 * SEC;
        fixNear(now, east, north, random);
      }
    }
  }

  private void fixNear(long atMs, double east, double north, Random random) {
    phone.ping(at(atMs, east + random.nextGaussian() * 2, north + random.nextGaussian() * 2));
  }

  @Test
  void shouldFindTheSpeedOfAJoystick() {
    drive(0, new Random(3));
    assertEquals(List.of(ROBOT_MOTION), phone.alertKinds());
    assertEquals("speed", phone.alerts.get(0).figures().get("by"));
  }

  @Test
  void shouldLetACarDriveRoundTheBlock() {
    drive(0.5, new Random(4));
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldLetACarGatherSpeedFromEachLight() {
    Random random = new Random(5);
    double east = 0;
    double north = 0;
    long now = T;
    for (int i = 0; i < 300; i++) {
      double meters = 50 * Math.pow(1.25, i % 6);
      boolean eastwards = (i + 3) / 12 % 2 == 0;
      east += eastwards ? meters : 0;
      north += eastwards ? 0 : meters;
      now += 10 * SEC;
      fixNear(now, east, north, random);
      if (i % 6 == 5) {
        now += 30 * SEC;
        fixNear(now, east, north, random);
      }
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldLetAFerryHoldItsSpeed() {
    for (int i = 0; i < 200; i++) {
      phone.ping(at(T + i * 10L * SEC, i * 80, 0));
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  // TELEPORT by hops

  @Test
  void shouldFindAPositionThatIsSwitchedOutAndBack() {
    phone.walk(T, 20, MIN, 0, 0);
    phone.walk(T + 20 * MIN, 4, MIN, 2_000, 0);
    phone.walk(T + 24 * MIN, 4, MIN, 0, 0);
    assertEquals(List.of(TELEPORT), phone.alertKinds());
    assertEquals("hops", phone.alerts.get(0).figures().get("by"));
  }

  @Test
  void shouldForgiveATunnelAndATowerBlock() {
    for (int i = 0; i < 20; i++) {
      phone.ping(at(T + i * 10L * SEC, i * 120, 0));
    }
    for (int i = 0; i < 20; i++) {
      phone.ping(at(T + 320 * SEC + i * 10L * SEC, 4_000 + i * 120, 0));
    }
    phone.walk(T + 600 * SEC, 30, 30 * SEC, 6_300, 0);
    for (int i = 0; i < 6; i++) {
      phone.ping(at(T + 1_600 * SEC + i * 90L * SEC, 6_300 + i % 2 * 90, 0).accuracy(60));
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  // PIN_MOVED

  private PunchVerdict punchAtMovedPin(long editedMs, double beforeEast) {
    Fence moved =
        Fence.of(1, "site-1", SampleFix.circle(0, 0, 100))
            .editedFrom(new ShapeEdit(SampleFix.circle(beforeEast, 0, 100), editedMs));
    phone.index = FenceIndex.of(2, List.of(moved));
    return phone.claim(T, 0, 0).site(1).punch();
  }

  @Test
  void shouldFindAPunchThatFitsOnlySinceTheSiteWasMoved() {
    PunchVerdict verdict = punchAtMovedPin(T - 60 * MIN, 2_000);
    assertEquals(List.of(PIN_MOVED), kinds(verdict));
    assertEquals(60 * MIN, reason(verdict, PIN_MOVED).figures().get("ago_ms"));
  }

  @Test
  void shouldForgiveACorrectionOfSomeMetresAndAnOldOne() {
    assertEquals(List.of(), kinds(punchAtMovedPin(T - 60 * MIN, 40)));
    assertEquals(List.of(), kinds(punchAtMovedPin(T - 30 * 60 * MIN, 2_000)));
  }

  @Test
  void shouldMeasureFromWhereTheSiteWasOfWhoGoesThere() {
    Fence moved =
        Fence.of(1, "site-1", SampleFix.circle(4_000, 0, 100))
            .editedFrom(new ShapeEdit(SampleFix.circle(0, 0, 100), T - 60 * MIN));
    phone.index = FenceIndex.of(2, List.of(moved));
    PunchVerdict reflected = phone.claim(T, 160, 0).site(1).punch();
    assertEquals(List.of(TrustSignal.OUTSIDE_SITE), kinds(reflected));
    assertEquals(Severity.INFO, reflected.severity());
    assertEquals(
        60, (double) reason(reflected, TrustSignal.OUTSIDE_SITE).figures().get("distance_m"), 1);
    PunchVerdict anywhere = phone.claim(T + 60 * MIN, 165, 0).id("p2").punch();
    assertEquals(Severity.INFO, anywhere.severity());
    PunchVerdict elsewhere = phone.claim(T + 120 * MIN, 2_000, 0).id("p3").site(1).punch();
    assertEquals(Severity.CRITICAL, elsewhere.severity());
  }

  // WIFI_MISMATCH

  private PunchVerdict punchWithWifi(String id, double east, List<String> networks) {
    return phone.claim(T, east, 0).id(id).wifi(networks).punch();
  }

  @Test
  void shouldFindTheSameNetworksFarApart() {
    List<String> home = List.of("aa:bb:cc:00:00:01", "aa:bb:cc:00:00:02", "aa:bb:cc:00:00:03");
    punchWithWifi("a", 0, home);
    PunchVerdict verdict = punchWithWifi("b", APART, home);
    assertTrue(kinds(verdict).contains(WIFI_MISMATCH));
    assertEquals(3_000, (double) reason(verdict, WIFI_MISMATCH).figures().get("apart_m"), 20);
  }

  @Test
  void shouldLetACarCarryItsOwnNetwork() {
    List<String> car = List.of("aa:bb:cc:00:00:01", "aa:bb:cc:00:00:02");
    punchWithWifi("a", 0, car);
    assertFalse(kinds(punchWithWifi("b", APART, car)).contains(WIFI_MISMATCH));
  }

  // policy

  @Test
  void shouldBeSilentAtWeightZeroAndScaleOthers() {
    TrustPolicy policy =
        new TrustPolicy(7, Map.of(), Map.of(PIN_MOVED, 0, TrustSignal.OUTSIDE_SITE, 60));
    TrustEngine engine = new TrustEngine(policy);
    Fence moved =
        Fence.of(1, "site-1", SampleFix.circle(0, 0, 100))
            .editedFrom(new ShapeEdit(SampleFix.circle(2_000, 0, 100), T - MIN));
    FenceIndex index = FenceIndex.of(2, List.of(moved));
    PunchVerdict verdict =
        engine.decidePunch(
            index,
            phone.state,
            phone.member,
            phone.phones,
            phone.zone,
            phone.claim(T, 0, 0).site(1).build());
    assertEquals(List.of(), kinds(verdict));
    assertEquals(7, verdict.policyVersion());
    PunchVerdict outside =
        engine.decidePunch(
            index,
            phone.state,
            phone.member,
            phone.phones,
            phone.zone,
            phone.claim(T, 3_000, 0).site(1).build());
    assertEquals(60, outside.reasons().get(0).weight());
  }
}
