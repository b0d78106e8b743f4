package io.hexbeat.geofence.trust;

import static io.hexbeat.geofence.SampleFix.at;
import static io.hexbeat.geofence.trust.Phone.kinds;
import static io.hexbeat.geofence.trust.Phone.reason;
import static io.hexbeat.geofence.trust.TrustSignal.CLOCK_JUMP;
import static io.hexbeat.geofence.trust.TrustSignal.CLOCK_SKEW;
import static io.hexbeat.geofence.trust.TrustSignal.COUNTER;
import static io.hexbeat.geofence.trust.TrustSignal.DEVICE_CHANGED;
import static io.hexbeat.geofence.trust.TrustSignal.DEVICE_SHARED;
import static io.hexbeat.geofence.trust.TrustSignal.DUPLICATE_REQUEST;
import static io.hexbeat.geofence.trust.TrustSignal.FROZEN;
import static io.hexbeat.geofence.trust.TrustSignal.MOCK_FLAG;
import static io.hexbeat.geofence.trust.TrustSignal.NO_TRACK;
import static io.hexbeat.geofence.trust.TrustSignal.TELEPORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.SampleFix;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.trust.PunchVerdict.Verdict;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each attack beside its honest look-alike; after each, a restart must know what the line knew. */
class TrustSignalsTest {
  private static final long T = 1_790_000_000_000L;
  private static final long SEC = 1_000;
  private static final long MIN = 60 * SEC;
  private static final long HOUR = 60 * MIN;
  private static final long DAY = 24 * HOUR;

  private static final long CONTENT_HASH = -6_129_853_411_119_038_637L;

  private final Phone phone = new Phone();

  @AfterEach
  void shouldRebuildTheSameStateFromRecordedRecords() {
    assertEquals(phone.state.toString(), phone.replayed.toString());
  }

  // MOCK_FLAG

  @Test
  void shouldFindMockFlagOnceAnEpisodeAndCarryItIntoAPunch() {
    for (int i = 0; i < 120; i++) {
      phone.ping(at(T + i * MIN, i, 0).mocked());
    }
    assertEquals(List.of(MOCK_FLAG), phone.alertKinds());
    PunchVerdict soon = phone.claim(T + 120 * MIN, 0, 0).site(1).punch();
    assertEquals(Verdict.INVALID, soon.verdict());
    assertEquals(MIN, reason(soon, MOCK_FLAG).figures().get("age_ms"));
    assertFalse(soon.opensAlert(), "the pings told it already");
    PunchVerdict later = phone.claim(T + 240 * MIN, 0, 0).site(1).punch();
    assertEquals(Verdict.UNVERIFIED, later.verdict());
    PunchVerdict nextDay =
        phone.claim(T + 30 * HOUR, 0, 0).kind(PunchKind.CLOCK_IN).site(1).punch();
    assertEquals(List.of(), kinds(nextDay));
  }

  @Test
  void shouldTellAMockEpisodeAgainAfterAQuietTimeAndOnceADay() {
    phone.ping(at(T, 0, 0).mocked());
    phone.ping(at(T + 31 * MIN, 1, 0).mocked());
    assertEquals(List.of(MOCK_FLAG, MOCK_FLAG), phone.alertKinds());
    for (int i = 1; i <= 30 * 6; i++) {
      phone.ping(at(T + 31 * MIN + 10 * MIN * i, i, 0).mocked());
    }
    assertEquals(List.of(MOCK_FLAG, MOCK_FLAG, MOCK_FLAG), phone.alertKinds());
  }

  @Test
  void shouldFindNothingOfAnOrdinaryDay() {
    phone.walk(T, 500, 5 * SEC, 0, 0);
    PunchVerdict verdict = phone.claim(T + 500 * 5 * SEC, 0, 0).site(1).punch();
    assertEquals(List.of(), phone.alertKinds());
    assertEquals(List.of(), kinds(verdict));
  }

  @Test
  void shouldAllocateNoListForAPingThatFindsNothing() {
    assertSame(List.of(), phone.ping(at(T, 0, 0)));
  }

  // TELEPORT

  @Test
  void shouldFindTeleportOnceASecondFixConfirmsTheNewPlace() {
    phone.walk(T, 20, 10 * SEC, 0, 0);
    assertEquals(List.of(), phone.ping(at(T + 200 * SEC, 50_000, 0)));
    List<Finding> found = phone.ping(at(T + 210 * SEC, 50_005, 0));
    assertEquals(TELEPORT, found.get(0).signal());
    assertEquals(true, found.get(0).figures().get("confirmed"));
    assertEquals(49_950, (double) found.get(0).figures().get("distance_m"), 300);
    assertEquals(110, found.get(0).figures().get("limit_mps"));
    phone.walk(T + 220 * SEC, 50, 10 * SEC, 50_000, 0);
    assertEquals(List.of(TELEPORT), phone.alertKinds());
  }

  @Test
  void shouldForgiveASingleGlitchThatReturns() {
    phone.walk(T, 20, 10 * SEC, 0, 0);
    phone.ping(at(T + 200 * SEC, 8_000, 0));
    phone.walk(T + 210 * SEC, 20, 10 * SEC, 0, 0);
    assertEquals(List.of(), phone.alertKinds());
    assertEquals(List.of(), kinds(phone.claim(T + 420 * SEC, 0, 0).site(1).punch()));
  }

  @Test
  void shouldNotBlameAPunchRightAfterAGlitch() {
    phone.walk(T, 20, 10 * SEC, 0, 0);
    phone.ping(at(T + 200 * SEC, 8_000, 0));
    assertEquals(List.of(), kinds(phone.claim(T + 205 * SEC, 0, 0).site(1).punch()));
  }

  @Test
  void shouldFlagAPunchThatLeapsFromThePingsAndAlertWhenTheyLeapBack() {
    phone.walk(T, 20, 10 * SEC, 0, 0);
    PunchVerdict verdict = phone.claim(T + 200 * SEC, 5_000, 0).id("fake").site(2).punch();
    assertEquals(List.of(TELEPORT), kinds(verdict));
    assertEquals(Verdict.UNVERIFIED, verdict.verdict());
    assertEquals(false, reason(verdict, TELEPORT).figures().get("confirmed"));
    List<Finding> found = phone.ping(at(T + 210 * SEC, 0, 0));
    assertEquals(List.of(TELEPORT), phone.alertKinds());
    assertEquals("fake", found.get(0).figures().get("punch"));
  }

  @Test
  void shouldAlertNamingThePunchWhenPingsJumpOutAndBackAroundIt() {
    phone.walk(T, 60, 10 * SEC, 0, 0);
    phone.walk(T + 10 * MIN, 30, 10 * SEC, 5_000, 0);
    assertEquals(List.of(TELEPORT), phone.alertKinds());
    PunchVerdict verdict = phone.claim(T + 15 * MIN, 5_000, 0).id("fake").site(2).punch();
    assertTrue(kinds(verdict).contains(TELEPORT));
    phone.walk(T + 15 * MIN + 10 * SEC, 30, 10 * SEC, 5_000, 0);
    phone.walk(T + 20 * MIN + 10 * SEC, 30, 10 * SEC, 0, 0);
    assertEquals(List.of(TELEPORT, TELEPORT), phone.alertKinds());
    assertEquals("fake", phone.alerts.get(1).figures().get("punch"));
  }

  @Test
  void shouldAllowAPlaneTrip() {
    phone.walk(T, 20, 10 * SEC, 0, 0);
    phone.walk(T + 3 * HOUR, 20, 10 * SEC, 1_900_000, 0);
    assertEquals(List.of(), phone.alertKinds());
    PunchVerdict verdict = phone.claim(T + 3 * HOUR + 4 * MIN, 1_900_000, 0).punch();
    assertEquals(List.of(TrustSignal.OUTSIDE_SITE), kinds(verdict));
  }

  @Test
  void shouldAllowAPlaneTripByTheWindow() {
    double east = 0;
    long timeMs = T;
    for (int mps : new int[] {60, 90, 130, 180, 240, 250, 250, 240, 180, 125, 90, 60, 10, 5}) {
      for (int i = 0; i < 10; i++) {
        east += mps * 30;
        timeMs += 30 * SEC;
        phone.ping(at(timeMs, east, 0));
      }
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldAllowATunnelAFastTrainAndABadFix() {
    phone.walk(T, 10, 10 * SEC, 0, 0);
    phone.walk(T + 10 * MIN, 10, 10 * SEC, 15_000, 0);
    for (int i = 0; i < 30; i++) {
      phone.ping(at(T + 20 * MIN + 15 * SEC * i, 15_000 + i * 1_275.0, 0));
    }
    phone.ping(at(T + 28 * MIN, 0, 0).accuracy(90_000));
    phone.walk(T + 28 * MIN + 5 * SEC, 10, 5 * SEC, 52_000, 0);
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldHoldALatePunchAgainstTheFixesAroundIt() {
    phone.walk(T, 12, 10 * SEC, 0, 0);
    PunchVerdict honest = phone.claim(T + 55 * SEC, 10, 0).received(T + 3 * MIN).site(1).punch();
    assertEquals(List.of(), kinds(honest));
    PunchVerdict fake = phone.claim(T + 56 * SEC, 5_000, 0).received(T + 3 * MIN).site(2).punch();
    assertEquals(List.of(TELEPORT), kinds(fake));
  }

  // FROZEN

  @Test
  void shouldFindFrozenOfPinnedCoordinates() {
    phone.ping(at(T - 20 * SEC, 900, 0));
    for (int i = 0; i < 60; i++) {
      phone.ping(at(T + 5 * SEC * i, 0, 0).bare());
    }
    assertEquals(List.of(FROZEN), phone.alertKinds());
    assertEquals(10, phone.alerts.get(0).figures().get("fixes"));
    assertEquals(45_000L, phone.alerts.get(0).figures().get("span_ms"));
    PunchVerdict verdict = phone.claim(T + 5 * MIN, 0, 0).site(1).punch();
    assertEquals(List.of(FROZEN), kinds(verdict));
    assertEquals(60, reason(verdict, FROZEN).figures().get("fixes"));
    assertEquals(Verdict.UNVERIFIED, verdict.verdict());
  }

  @Test
  void shouldNotFindFrozenOfAPhoneOnATable() {
    for (int i = 0; i < 60; i++) {
      phone.ping(at(T + 5 * SEC * i, i % 3, 0).bare());
    }
    for (int i = 0; i < 60; i++) {
      phone.ping(at(T + HOUR + 5 * SEC * i, 0, 0).bare().accuracy(8 + i % 4));
    }
    for (int i = 0; i < 60; i++) {
      phone.ping(at(T + 2 * HOUR + 5 * SEC * i, 0, 0).bare().altitude(15_000 + i));
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldFindFrozenLaterOfAnAppThatNeverTellsMoreThanThePlace() {
    for (int i = 0; i < 40; i++) {
      phone.ping(at(T + 5 * SEC * i, 900 * Math.min(i, 4), 0).bare());
    }
    assertEquals(List.of(FROZEN), phone.alertKinds());
    assertEquals(20, phone.alerts.get(0).figures().get("fixes"));
  }

  @Test
  void shouldNotFindFrozenOfABareTraceThatRestsForMinutes() {
    for (int i = 0; i < 140; i++) {
      phone.ping(at(T + 5 * SEC * i, 100 * (Math.min(i, 4) + Math.max(0, i - 104)), 0).bare());
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldNotFindFrozenOfAReceiverThatRepeatsAReadingForSeconds() {
    for (int i = 0; i < 40; i++) {
      phone.ping(at(T + i * SEC, 0, 0).bare());
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  /** Told by a network: the place and an accuracy, for so long every five seconds. */
  private void network(long fromMs, long forMs, double east) {
    for (long t = 0; t < forMs; t += 5 * SEC) {
      phone.ping(at(fromMs + t, east, 0).bare().accuracy(35));
    }
  }

  @Test
  void shouldNotFindFrozenOfANetworksPlaceThatIsRepeatedIndoors() {
    phone.walk(T - 12 * MIN, 10, 5 * SEC, 0, 0);
    network(T - 10 * MIN, 8 * MIN, 0);
    phone.walk(T, 10, 5 * SEC, 0, 0);
    network(T + MIN, 4 * MIN, 20);
    network(T + 5 * MIN, 8 * MIN, 45);
    phone.walk(T + 13 * MIN, 10, 5 * SEC, 30, 0);
    network(T + 40 * MIN, 6 * MIN, 9_000);
    assertEquals(List.of(), phone.alertKinds());
    assertFalse(kinds(phone.claim(T + 46 * MIN, 9_000, 0).punch()).contains(FROZEN));
  }

  @Test
  void shouldFindFrozenOfAPinSetWhereOneWas() {
    phone.walk(T, 10, 5 * SEC, 0, 0);
    network(T + MIN, 60 * MIN, 20);
    assertEquals(List.of(FROZEN), phone.alertKinds());
    assertEquals(10 * MIN, phone.alerts.get(0).figures().get("span_ms"));
    assertEquals(List.of(FROZEN), kinds(phone.claim(T + 61 * MIN, 20, 0).site(1).punch()));
  }

  @Test
  void shouldFindFrozenAtOnceOfAPinWhereOneCannotHaveCome() {
    phone.walk(T, 10, 5 * SEC, 0, 0);
    network(T + MIN, 3 * MIN, 900);
    assertEquals(List.of(FROZEN), phone.alertKinds());
    assertEquals(45 * SEC, phone.alerts.get(0).figures().get("span_ms"));
  }

  @Test
  void shouldFindFrozenAtOnceOfAPhoneThatWasNowhereElse() {
    network(T, 3 * MIN, 0);
    assertEquals(List.of(FROZEN), phone.alertKinds());
    assertEquals(45 * SEC, phone.alerts.get(0).figures().get("span_ms"));
  }

  // CLOCK_SKEW

  @Test
  void shouldFindClockSkewOfAPhoneAheadOfTheServer() {
    long ahead = 20 * MIN;
    for (int i = 0; i < 20; i++) {
      phone.ping(at(T + ahead + i * MIN, i, 0).received(T + i * MIN));
    }
    assertEquals(List.of(CLOCK_SKEW), phone.alertKinds());
    assertEquals(ahead, phone.alerts.get(0).figures().get("ahead_ms"));
    PunchVerdict verdict =
        phone.claim(T + 20 * MIN + ahead, 0, 0).received(T + 20 * MIN).site(1).punch();
    assertEquals(List.of(CLOCK_SKEW), kinds(verdict));
    assertEquals(Verdict.UNVERIFIED, verdict.verdict());
  }

  @Test
  void shouldNotFindClockSkewOfAClockThatIsMinutesOffOrABacklog() {
    phone.ping(at(T + 4 * MIN, 0, 0).received(T));
    phone.ping(at(T - 9 * HOUR, 0, 0).received(T + MIN));
    assertEquals(List.of(), phone.alertKinds());
    PunchVerdict offline = phone.claim(T - 2 * HOUR, 0, 0).received(T + 2 * MIN).site(1).punch();
    assertEquals(List.of(), kinds(offline));
  }

  @Test
  void shouldFindClockSkewOfAPunchFrom1970() {
    assertEquals(List.of(CLOCK_SKEW), kinds(phone.claim(5_000, 0, 0).received(T).site(1).punch()));
  }

  // CLOCK_JUMP

  @Test
  void shouldFindClockJumpWhenTheClockIsSetForwardUnderTheSkew() {
    for (int i = 0; i < 10; i++) {
      phone.ping(at(T + i * MIN, i, 0).uptime(HOUR + i * MIN));
    }
    long moved = T + 10 * MIN + 4 * MIN;
    phone.ping(at(moved, 0, 5).uptime(HOUR + 10 * MIN).received(T + 10 * MIN));
    assertEquals(List.of(CLOCK_JUMP), phone.alertKinds());
    assertEquals("uptime", phone.alerts.get(0).figures().get("by"));
    assertEquals(5 * MIN, phone.alerts.get(0).figures().get("clock_moved_ms"));
    assertEquals(MIN, phone.alerts.get(0).figures().get("uptime_moved_ms"));
  }

  @Test
  void shouldFindClockJumpOfAPunchSetBackInTime() {
    for (int i = 0; i < 10; i++) {
      phone.ping(at(T + i * MIN, i, 0).uptime(HOUR + i * MIN));
    }
    PunchVerdict verdict =
        phone
            .claim(T - 30 * MIN, 0, 0)
            .uptime(HOUR + 11 * MIN)
            .received(T + 11 * MIN)
            .site(1)
            .punch();
    assertEquals(List.of(CLOCK_JUMP), kinds(verdict));
    assertEquals(Verdict.UNVERIFIED, verdict.verdict());
  }

  @Test
  void shouldFindClockJumpByOffsetWhereThereIsNoUptime() {
    phone.walk(T, 10, MIN, 0, 0);
    phone.ping(at(T + 13 * MIN, 0, 0).received(T + 10 * MIN));
    assertEquals(List.of(CLOCK_JUMP), phone.alertKinds());
    assertEquals("offset", phone.alerts.get(0).figures().get("by"));
    assertEquals(3 * MIN, phone.alerts.get(0).figures().get("offset_ms"));
  }

  @Test
  void shouldBlameWhatWasForgedAndNotThePhoneThatGoesOn() {
    for (int i = 0; i < 60; i++) {
      phone.ping(at(T + i * MIN, i, 0).uptime(20 * HOUR + i * MIN));
    }
    for (int i = 0; i < 3; i++) {
      PunchVerdict replayed =
          phone
              .claim(T + (3 + i) * HOUR, 0, 0)
              .kind(PunchKind.CLOCK_IN)
              .id("again" + i)
              .uptime(20 * HOUR + (5 + 3 * i) * MIN)
              .site(1)
              .punch();
      assertTrue(kinds(replayed).contains(CLOCK_JUMP), replayed::toString);
    }
    for (int i = 0; i < 60; i++) {
      phone.ping(at(T + DAY + i * MIN, i, 0).uptime(20 * HOUR + DAY + i * MIN));
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldFindTheSameClockSetBackOnEachDay() {
    for (int day = 0; day < 3; day++) {
      long morningMs = T + day * DAY;
      for (int i = 0; i < 180; i++) {
        long trueMs = morningMs + i * MIN;
        long backMs = i >= 60 && i < 120 ? 40 * MIN : 0;
        phone.ping(at(trueMs - backMs, i, 0).uptime(HOUR + trueMs - T).received(trueMs));
      }
      assertEquals(day + 1, phone.alertKinds().size(), "the way back is no jump of its own");
    }
  }

  @Test
  void shouldNotTakeAnOldUptimeForARestart() {
    phone.ping(at(T, 0, 0).uptime(50 * HOUR));
    phone.ping(at(T + HOUR, 1, 0).uptime(49 * HOUR));
    assertEquals(List.of(CLOCK_JUMP), phone.alertKinds());
  }

  @Test
  void shouldAllowARestartOfThePhone() {
    phone.ping(at(T, 0, 0).uptime(50 * HOUR));
    phone.ping(at(T + 5 * MIN, 1, 0).uptime(2 * MIN));
    phone.ping(at(T + 6 * MIN, 2, 0).uptime(3 * MIN));
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldAllowARestartLongAgoWhoseUptimeIsAlreadyHigher() {
    phone.ping(at(T, 0, 0).uptime(5 * MIN));
    phone.ping(at(T + 10 * HOUR, 1, 0).uptime(9 * HOUR));
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldAllowABacklogOfTheSameAndOfAnEarlierStart() {
    phone.ping(at(T, 0, 0).uptime(30 * MIN));
    for (int i = 0; i < 10; i++) {
      phone.ping(at(T - 20 * MIN + i * MIN, i, 1).uptime(10 * MIN + i * MIN).received(T + MIN));
      phone.ping(at(T - 9 * HOUR + i * MIN, i, 2).uptime(70 * HOUR + i * MIN).received(T + MIN));
    }
    phone.ping(at(T + 2 * MIN, 0, 3).uptime(32 * MIN));
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldAllowABacklogThatCatchesUpWithNow() {
    for (int i = 0; i < 600; i++) {
      phone.ping(at(T + 5 * SEC * i, i % 7, 0).received(T + 40 * MIN + i * SEC));
    }
    phone.walk(T + 3_600 * SEC, 20, 5 * SEC, 0, 0);
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldAllowBatchesEveryFiveMinutes() {
    for (int batch = 0; batch < 12; batch++) {
      for (int i = 1; i <= 15; i++) {
        long takenMs = T + 5 * MIN * batch + 20 * SEC * i;
        phone.ping(at(takenMs, i, 0).received(T + 5 * MIN * (batch + 1)));
      }
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldAllowTheDayWhenDaylightSavingEnds() {
    long change =
        ZonedDateTime.of(2026, 11, 1, 1, 59, 0, 0, ZoneId.of("America/Chicago"))
            .toInstant()
            .toEpochMilli();
    for (int i = 0; i < 120; i++) {
      phone.ping(at(change - HOUR + i * MIN, i % 5, 0).uptime(5 * HOUR + i * MIN).seq(i));
    }
    assertEquals(List.of(), phone.alertKinds());
  }

  // COUNTER

  @Test
  void shouldFindCounterOfAScriptThatRepeatsItsNumber() {
    for (int i = 0; i < 10; i++) {
      phone.ping(at(T + i * MIN, i, 0).seq(42));
    }
    assertEquals(List.of(COUNTER), phone.alertKinds());
    assertEquals(42L, phone.alerts.get(0).figures().get("earlier_seq"));
  }

  @Test
  void shouldFindCounterThatFallsWhileTimeGoesOn() {
    phone.ping(at(T, 0, 0).seq(5_000));
    phone.ping(at(T + MIN, 1, 0).seq(4_000));
    assertEquals(List.of(COUNTER), phone.alertKinds());
  }

  @Test
  void shouldAllowACounterInABacklogInAResendAndAfterReinstalling() {
    for (int i = 0; i < 30; i++) {
      phone.ping(at(T + i * MIN, i, 0).seq(100 + i));
    }
    for (int i = 0; i < 30; i++) {
      phone.ping(at(T + i * MIN, i, 0).seq(100 + i));
      phone.ping(at(T - HOUR + i * MIN, i, 0).seq(40 + i).received(T + 30 * MIN));
    }
    phone.ping(at(T + 40 * MIN, 0, 0).seq(0));
    phone.ping(at(T + 41 * MIN, 0, 1).seq(1));
    phone.ping(at(T + 42 * MIN, 0, 2));
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldFindCounterOfPunchesApartFromThatOfPings() {
    phone.ping(at(T, 0, 0).seq(9_000));
    assertEquals(List.of(), kinds(phone.claim(T + MIN, 0, 0).seq(7).site(1).punch()));
    assertEquals(List.of(COUNTER), kinds(phone.claim(T + HOUR, 0, 0).seq(7).site(1).punch()));
  }

  // DUPLICATE_REQUEST

  @Test
  void shouldFindDuplicateRequestOfAnotherPunchUnderTheSameId() {
    PunchClaim first = phone.claim(T, 0, 0).site(1).build();
    for (PunchClaim again :
        List.of(
            phone.claim(T + DAY, 0, 0).site(1).build(),
            phone.claim(T, 50, 0).site(1).build(),
            phone.claim(T, 0, 0).site(2).build(),
            phone.claim(T, 0, 0).site(1).kind(PunchKind.VISIT_OUT).build(),
            phone.claim(T, 0, 0).site(1).noPosition().build())) {
      Finding finding = phone.engine.duplicateRequest(first.contentHash(), T, again);
      assertNotNull(finding, again::toString);
      assertEquals(DUPLICATE_REQUEST, finding.signal());
      assertEquals("p1", finding.figures().get("punch"));
    }
  }

  @Test
  void shouldAllowARetryOfTheSamePunch() {
    PunchClaim first = phone.claim(T, 0, 0).site(1).uptime(5).build();
    PunchClaim retry = phone.claim(T, 0, 0).site(1).uptime(99).received(T + HOUR).build();
    assertNull(phone.engine.duplicateRequest(first.contentHash(), T, retry));
  }

  @Test
  void shouldHashContentTheSameInEveryVersion() {
    assertEquals(
        CONTENT_HASH, phone.claim(T, 0, 0).site(1).build().contentHash(), "journals depend on it");
  }

  // DEVICE_SHARED

  @Test
  void shouldFindDeviceSharedByTwoMembersInADay() {
    Phone other = new Phone();
    other.phones = phone.phones;
    other.memberHandle = 22;
    phone.walk(T, 5, MIN, 0, 0);
    other.ping(at(T + 2 * HOUR, 0, 0));
    phone.ping(at(T + 3 * HOUR, 0, 0));
    other.ping(at(T + 4 * HOUR, 0, 0));
    assertEquals(List.of(DEVICE_SHARED), other.alertKinds());
    assertEquals(List.of(DEVICE_SHARED), phone.alertKinds());
    assertEquals(List.of(11), other.alerts.get(0).figures().get("other_member_handles"));
    PunchVerdict verdict = phone.claim(T + 5 * HOUR, 0, 0).site(1).punch();
    assertEquals(List.of(DEVICE_SHARED), kinds(verdict));
    assertEquals(Verdict.UNVERIFIED, verdict.verdict());
  }

  @Test
  void shouldAllowAPhoneHandedOverAfterADayAndAMemberWithTwoPhones() {
    Phone other = new Phone();
    other.phones = phone.phones;
    other.memberHandle = 22;
    phone.walk(T, 5, MIN, 0, 0);
    other.ping(at(T + 26 * HOUR, 0, 0));
    phone.phoneId = "phone-2";
    phone.ping(at(T + 26 * HOUR, 0, 0));
    assertEquals(List.of(), other.alertKinds());
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldGoByTheTimeOfUseWhenABacklogIsSentAfterTheHandover() {
    Phone other = new Phone();
    other.phones = phone.phones;
    other.memberHandle = 22;
    other.ping(at(T + 3 * DAY, 0, 0));
    phone.ping(at(T, 0, 0).received(T + 3 * DAY));
    assertEquals(List.of(), phone.alertKinds());
  }

  // DEVICE_CHANGED

  private void punchDaily(int days) {
    long nineMs = ZonedDateTime.of(2026, 10, 26, 9, 0, 0, 0, phone.zone).toInstant().toEpochMilli();
    for (int day = 0; day < days; day++) {
      phone.claim(nineMs + day * DAY, 0, 0).site(1).punch();
      phone.claim(nineMs + day * DAY + 8 * HOUR, 0, 0).site(1).punch();
    }
  }

  private long local(int day, int hour) {
    return ZonedDateTime.of(2026, 11, day, hour, 10, 0, 0, phone.zone).toInstant().toEpochMilli();
  }

  @Test
  void shouldFindDeviceChangedOfANewPhoneAtNight() {
    punchDaily(5);
    phone.phoneId = "clone";
    PunchVerdict verdict = phone.claim(local(2, 3), 0, 0).site(1).punch();
    assertEquals(List.of(DEVICE_CHANGED), kinds(verdict));
    assertEquals(Verdict.UNVERIFIED, verdict.verdict());
    assertEquals(10, reason(verdict, DEVICE_CHANGED).figures().get("earlier_punches"));
  }

  @Test
  void shouldAllowANewPhoneAtTheUsualHourEvenAfterDaylightSavingChanged() {
    punchDaily(5);
    phone.phoneId = "new-phone";
    assertEquals(List.of(), kinds(phone.claim(local(2, 9), 0, 0).site(1).punch()));
  }

  @Test
  void shouldAllowTheOldPhoneAtNightAndANewMemberAtAnyHour() {
    punchDaily(5);
    assertEquals(List.of(), kinds(phone.claim(local(2, 3), 0, 0).site(1).punch()));
    phone.member = new MemberTrustState();
    phone.phoneId = "first-phone";
    assertEquals(List.of(), kinds(phone.claim(local(3, 3), 0, 0).site(1).punch()));
  }

  // NO_TRACK

  @Test
  void shouldFindNoTrackOfAPunchOnlyScript() {
    phone.walk(T, 60, MIN, 0, 0);
    PunchVerdict verdict = phone.claim(T + 2 * HOUR, 0, 0).site(1).punch();
    assertEquals(List.of(NO_TRACK), kinds(verdict));
    assertEquals(Verdict.UNVERIFIED, verdict.verdict());
    assertEquals(MIN, reason(verdict, NO_TRACK).figures().get("usual_gap_ms"));
    assertEquals(61 * MIN, reason(verdict, NO_TRACK).figures().get("silent_ms"));
  }

  @Test
  void shouldAllowADeviceThatNeverPings() {
    assertEquals(List.of(), kinds(phone.claim(T, 0, 0).site(1).punch()));
    phone.ping(at(T, 0, 0));
    assertEquals(List.of(), kinds(phone.claim(T + 5 * HOUR, 0, 0).site(1).punch()));
  }

  @Test
  void shouldAllowAnOfflinePunchToldLateAndClockingInInTheMorning() {
    phone.walk(T, 60, MIN, 0, 0);
    PunchVerdict offline = phone.claim(T + 2 * HOUR, 0, 0).received(T + 3 * HOUR).site(1).punch();
    assertEquals(List.of(), kinds(offline));
    PunchVerdict morning =
        phone.claim(T + 14 * HOUR, 0, 0).kind(PunchKind.CLOCK_IN).site(1).punch();
    assertEquals(List.of(), kinds(morning));
  }

  @Test
  void shouldAllowADeviceThatRestsWhenItStandsStill() {
    for (int leg = 0; leg < 4; leg++) {
      phone.walk(T + leg * HOUR, 6, MIN, 0, 0);
    }
    phone.walk(T + 4 * HOUR, 10, MIN, 0, 0);
    assertEquals(List.of(), kinds(phone.claim(T + 4 * HOUR + 50 * MIN, 0, 0).site(1).punch()));
  }

  // all together

  @Test
  void shouldDecideWithoutTouchingTheState() {
    phone.walk(T, 30, 5 * SEC, 0, 0);
    String before = phone.state.toString();
    phone.engine.decidePunch(
        phone.index,
        phone.state,
        phone.member,
        phone.phones,
        phone.zone,
        phone.claim(T + HOUR, 9_000, 0).mocked().build());
    Fix fix = at(T + HOUR, 60_000, 0).mocked();
    phone.engine.decidePing(phone.state, phone.phones, "phone-1", 11, fix, FixOrder.APPLIED);
    assertEquals(before, phone.state.toString());
  }

  @Test
  void shouldNameEverySignalByItsCode() {
    long bits = 0;
    for (TrustSignal signal : TrustSignal.values()) {
      assertSame(signal, TrustSignal.ofCode(signal.code()));
      assertEquals(0, bits & signal.bit());
      bits |= signal.bit();
    }
    assertEquals(SampleFix.ORIGIN_LAT, SampleFix.latE7(0));
  }
}
