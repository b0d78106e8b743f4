package io.hexbeat.geofence.presence;

import static io.hexbeat.geofence.SampleFix.at;
import static io.hexbeat.geofence.SampleFix.circle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.FenceKind;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.OpeningHours;
import io.hexbeat.geofence.OpeningHours.Span;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.ShapeEdit;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One customer of 100 m radius at the origin, handle 1, unless a test says otherwise. */
class PresenceEngineTest {
  private static final long T = 1_790_000_000_000L;
  private static final long MIN = 60_000;

  private static final FenceIndex SITE =
      FenceIndex.of(1, List.of(Fence.of(1, "site", circle(0, 0, 100))));

  private final Walk walk = new Walk(SITE);

  private static FenceIndex site(PresencePolicy policy) {
    return FenceIndex.of(
        1,
        List.of(
            new Fence(
                1,
                "s",
                "s",
                FenceKind.SITE,
                circle(0, 0, 100),
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                policy)));
  }

  @Test
  void shouldTellEnterAtTheFirstFixInside() {
    walk.go(at(T, 500, 0));
    walk.go(at(T + MIN, 50, 0));
    assertEquals(List.of("ENTER 1 @" + (T + MIN)), walk.told());
    assertTrue(walk.state.isIn(1));
  }

  @Test
  void shouldTellTransitionsOfAnAreaLikeThoseOfASite() {
    Fence area =
        new Fence(
            1,
            "a",
            "a",
            FenceKind.AREA,
            circle(0, 0, 100),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            new PresencePolicy(100, 0, 1, 0, MIN));
    Walk through = new Walk(FenceIndex.of(1, List.of(area)));
    through.go(at(T, 0, 0));
    through.go(at(T + MIN, 0, 0));
    through.go(at(T + 2 * MIN, 500, 0));
    assertEquals(
        List.of("ENTER 1 @" + T, "DWELL 1 @" + (T + MIN), "EXIT 1 @" + (T + 2 * MIN)),
        through.told());
  }

  @Test
  void shouldTellExitAsOfTheFirstOfTwoFixesOutside() {
    walk.go(at(T, 0, 0));
    walk.go(at(T + MIN, 200, 0));
    assertTrue(walk.state.exitPending(0));
    walk.go(at(T + MIN + 10_000, 250, 0));
    assertEquals(List.of("ENTER 1 @" + T, "EXIT 1 @" + (T + MIN)), walk.told());
  }

  @Test
  void shouldNotExitWithinBufferPlusAccuracy() {
    walk.go(at(T, 0, 0));
    for (int i = 1; i < 20; i++) {
      walk.go(at(T + i * MIN, 124, 0));
    }
    assertEquals(0, walk.told(ChangeKind.EXIT));
    walk.go(at(T + 20 * MIN, 126, 0));
    walk.go(at(T + 21 * MIN, 126, 0));
    assertEquals(1, walk.told(ChangeKind.EXIT));
  }

  @Test
  void shouldConfirmExitByTimeWhereManyFixesAreAsked() {
    Walk slow = new Walk(site(new PresencePolicy(100, 15, 50, 120_000, 0)));
    slow.go(at(T, 0, 0));
    slow.go(at(T + MIN, 300, 0));
    slow.go(at(T + 2 * MIN, 300, 1));
    assertEquals(0, slow.told(ChangeKind.EXIT));
    slow.go(at(T + 3 * MIN, 300, 2));
    assertEquals(List.of("ENTER 1 @" + T, "EXIT 1 @" + (T + MIN)), slow.told());
  }

  @Test
  void shouldForgetOneWildFixThatComesBack() {
    walk.go(at(T, 0, 0));
    walk.go(at(T + 5_000, 900, 0));
    walk.go(at(T + 10_000, 0, 3));
    walk.go(at(T + 15_000, 900, 0));
    walk.go(at(T + 20_000, 0, 4));
    assertEquals(List.of("ENTER 1 @" + T), walk.told());
  }

  @Test
  void shouldTellAtMostOneEnterAndNoExitForJitterAtTheEdge() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      Walk jitter = new Walk(SITE);
      for (int i = 0; i < 500; i++) {
        jitter.go(at(T + i * 5_000L, 100 + random.nextGaussian() * 8, random.nextGaussian() * 8));
      }
      assertTrue(jitter.told(ChangeKind.ENTER) <= 1, "seed=" + seed);
      assertEquals(0, jitter.told(ChangeKind.EXIT), "seed=" + seed);
    }
  }

  @Test
  void shouldChangeNothingButTheTrackForAFixOf17KilometresAccuracy() {
    walk.go(at(T, 0, 0));
    long before = walk.state.lastTimeMs();
    assertEquals(FixOrder.INACCURATE, walk.go(at(T + MIN, 5_000, 0).accuracy(17_000)));
    assertEquals(FixOrder.INACCURATE, walk.go(at(T + 2 * MIN, 5_000, 9).accuracy(17_000)));
    assertEquals(List.of("ENTER 1 @" + T), walk.told());
    assertEquals(before, walk.state.lastTimeMs());
    assertEquals(FixOrder.APPLIED, walk.go(at(T + MIN, 1, 0)));
  }

  @Test
  void shouldLetAFencesOwnPolicyTakeWhatTheDefaultFindsInaccurate() {
    Walk stadium = new Walk(site(new PresencePolicy(500, 15, 2, 120_000, 0)));
    assertEquals(FixOrder.INACCURATE, stadium.go(at(T, 0, 0).accuracy(300)));
    assertEquals(List.of("ENTER 1 @" + T), stadium.told());
    assertEquals(FixOrder.STALE, stadium.go(at(T - 1, 0, 0)));
  }

  @Test
  void shouldLetAFencesOwnPolicyRefuseWhatTheDefaultTakes() {
    Walk strict = new Walk(site(new PresencePolicy(5, 0, 1, 0, 0)));
    assertEquals(FixOrder.APPLIED, strict.go(at(T, 0, 0)));
    assertEquals(List.of(), strict.told());
    strict.go(at(T + 1_000, 0, 0).accuracy(4));
    strict.go(at(T + 2_000, 105, 0).accuracy(4));
    assertEquals(List.of("ENTER 1 @" + (T + 1_000), "EXIT 1 @" + (T + 2_000)), strict.told());
  }

  @Test
  void shouldTakeMissingAccuracyAsUnknownNotAsPerfect() {
    walk.go(at(T, 0, 0).accuracy(Fix.UNKNOWN));
    assertEquals(1, walk.told(ChangeKind.ENTER));
    for (int i = 1; i < 10; i++) {
      walk.go(at(T + i * MIN, 160, i).accuracy(i % 2 == 0 ? Fix.UNKNOWN : 0));
    }
    assertEquals(0, walk.told(ChangeKind.EXIT));
    walk.go(at(T + 20 * MIN, 170, 0).accuracy(Fix.UNKNOWN));
    walk.go(at(T + 21 * MIN, 170, 1).accuracy(0));
    assertEquals(1, walk.told(ChangeKind.EXIT));
  }

  @Test
  void shouldTellDwellOnceAStay() {
    for (int i = 0; i < 30; i++) {
      walk.go(at(T + i * MIN, i % 7, 0));
    }
    assertEquals(List.of("ENTER 1 @" + T, "DWELL 1 @" + (T + 5 * MIN)), walk.told());
  }

  @Test
  void shouldKeepAnOfflineBacklogOutOfLivePresence() {
    walk.go(at(T, 0, 0));
    String before = walk.told().toString();
    List<Fix> backlog = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      backlog.add(at(T - i * MIN, 400 + i, 0).received(T + MIN));
    }
    Collections.shuffle(backlog, new Random(7));
    for (Fix fix : backlog) {
      assertEquals(FixOrder.STALE, walk.go(fix));
    }
    assertEquals(before, walk.told().toString());
    assertEquals(T, walk.state.lastTimeMs());
    for (Fix fix : backlog) {
      assertEquals(FixOrder.DUPLICATE, walk.go(fix));
    }
  }

  @Test
  void shouldDropABatchThatIsSentAgain() {
    List<Fix> batch = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      batch.add(at(T + i * 1_000L, i, 0).received(T + MIN));
    }
    batch.forEach(walk::go);
    String state = walk.state.toString();
    for (Fix fix : batch) {
      assertEquals(FixOrder.DUPLICATE, walk.go(fix));
    }
    assertEquals(state, walk.state.toString());
  }

  @Test
  void shouldNotTakeAnotherPositionOfTheSameTimeForADuplicate() {
    walk.go(at(T, 0, 0));
    assertEquals(FixOrder.APPLIED, walk.go(at(T, 1, 0)));
    assertEquals(FixOrder.DUPLICATE, walk.go(at(T, 0, 0).accuracy(3)));
  }

  @Test
  void shouldOrderAFixFrom2036ByReceiveTime() {
    long year2036 = 2_085_978_496_000L;
    walk.go(at(T, 0, 0));
    assertEquals(FixOrder.FUTURE, walk.go(at(year2036, 1, 0).received(T + 1_000)));
    assertEquals(T + 1_000, walk.state.lastTimeMs());
    assertEquals(FixOrder.APPLIED, walk.go(at(T + 2_000, 2, 0)));
    assertEquals(List.of("ENTER 1 @" + T), walk.told());
  }

  @Test
  void shouldNotLetAnInaccurateFixFrom2036StopTheClock() {
    Walk stadium = new Walk(site(new PresencePolicy(500, 15, 2, 120_000, 0)));
    long year2036 = 2_085_978_496_000L;
    stadium.go(at(year2036, 1, 0).received(T).accuracy(300));
    assertEquals(List.of("ENTER 1 @" + T), stadium.told());
    assertEquals(FixOrder.APPLIED, stadium.go(at(T + 1_000, 2, 0)));
  }

  @Test
  void shouldAllowAClockAheadWithinTheSkew() {
    assertEquals(FixOrder.APPLIED, walk.go(at(T + Walk.SKEW_MAX_MS, 0, 0).received(T)));
    assertEquals(FixOrder.FUTURE, walk.go(at(T + Walk.SKEW_MAX_MS + 1, 0, 0).received(T)));
    assertEquals(T + Walk.SKEW_MAX_MS, walk.state.lastTimeMs());
  }

  @Test
  void shouldNeverGoLiveWithAFixFrom1970() {
    assertEquals(FixOrder.STALE, walk.go(at(12_345, 0, 0).received(T)));
    assertEquals(List.of(), walk.told());
    assertFalse(walk.state.placed());
    assertEquals(FixOrder.APPLIED, walk.go(at(T, 0, 0)));
  }

  @Test
  void shouldLeaveAllAsItIsForAHeartbeat() {
    walk.go(at(T, 0, 0));
    String before = beforeRemembered(walk.state);
    assertEquals(FixOrder.HEARTBEAT, walk.go(at(T + MIN, 0, 0).heartbeat()));
    assertEquals(before, beforeRemembered(walk.state));
  }

  @Test
  void shouldRecogniseAHeartbeatThatIsSentAgain() {
    walk.go(at(T, 0, 0));
    assertEquals(FixOrder.HEARTBEAT, walk.go(at(T, 0, 0).heartbeat()));
    assertEquals(FixOrder.DUPLICATE, walk.go(at(T, 0, 0).heartbeat()));
    assertEquals(FixOrder.DUPLICATE, walk.go(at(T, 0, 0)));
    assertEquals(FixOrder.HEARTBEAT, walk.go(at(T + 1, 0, 0).heartbeat()));
  }

  private static String beforeRemembered(PresenceState state) {
    String all = state.toString();
    return all.substring(0, all.indexOf(" newestFixTimeMs="));
  }

  @Test
  void shouldInferAPassBetweenTwoSparseFixes() {
    walk.go(at(T, -390, 0));
    walk.go(at(T + 60_000, 390, 0));
    assertEquals(2, walk.told().size());
    assertEquals("inferred ENTER 1 @" + (T + 60_000 * 24 / 64), walk.told().get(0));
    assertEquals("inferred EXIT 1 @" + (T + 60_000 * 40 / 64), walk.told().get(1));
    assertEquals(0, walk.state.size());
  }

  @Test
  void shouldInferNoPassBetweenFixesThatAreNotSparse() {
    walk.go(at(T, -390, 0));
    walk.go(at(T + 14_999, 390, 0));
    assertEquals(List.of(), walk.told());
    walk.go(at(T + 30_000, -390, 0).motion(120, 27_000));
    assertEquals(2, walk.told().size());
  }

  @Test
  void shouldNotInferAPassOverALongGapOrAGrazedEdge() {
    walk.go(at(T, -400, 0));
    walk.go(at(T + 20 * MIN, 400, 0));
    walk.go(at(T + 40 * MIN, -400, 95));
    walk.go(at(T + 41 * MIN, 400, 95));
    assertEquals(List.of(), walk.told());
  }

  @Test
  void shouldBridgeATunnelWithOneExitAndNoPass() {
    walk.go(at(T, 0, 0));
    walk.go(at(T + 30 * MIN, 9_000, 0));
    walk.go(at(T + 30 * MIN + 5_000, 9_050, 0));
    assertEquals(List.of("ENTER 1 @" + T, "EXIT 1 @" + (T + 30 * MIN)), walk.told());
  }

  @Test
  void shouldNotEnterBySinglePositionsThatCouldBeNoise() {
    walk.go(at(T, 300, 0).accuracy(30));
    walk.go(at(T + 10_000, 90, 0).accuracy(30));
    walk.go(at(T + 20_000, 300, 0).accuracy(30));
    assertEquals(List.of(), walk.told());
    assertEquals(0, walk.state.entering());
  }

  @Test
  void shouldEnterAsOfTheFirstFixInsideOnceTimeMakesItCertain() {
    walk.go(at(T, 300, 0).accuracy(30));
    for (int i = 1; i <= 6; i++) {
      walk.go(at(T + i * MIN, 70 + i % 2, 0).accuracy(30));
    }
    assertEquals(List.of("ENTER 1 @" + (T + MIN)), walk.told().subList(0, 1));
  }

  @Test
  void shouldEnterAtTheFirstFixInsideWhereThePolicySaysSo() {
    Walk keen = new Walk(site(new PresencePolicy(100, 15, 2, 120_000, 0, 0)));
    keen.go(at(T, 300, 0).accuracy(30));
    keen.go(at(T + MIN, 99, 0).accuracy(30));
    assertEquals(List.of("ENTER 1 @" + (T + MIN)), keen.told());
  }

  @Test
  void shouldTellExitAsOfWhenItStoodNextDoor() {
    walk.go(at(T, 0, 0));
    for (int i = 1; i < 20; i++) {
      walk.go(at(T + i * MIN, 124, i % 3));
    }
    assertEquals(0, walk.told(ChangeKind.EXIT));
    walk.go(at(T + 20 * MIN, 600, 0));
    walk.go(at(T + 21 * MIN, 900, 0));
    assertTrue(walk.told().contains("EXIT 1 @" + (T + MIN)), () -> walk.told().toString());
  }

  @Test
  void shouldLeaveWhereItHasEnteredNextDoor() {
    FenceIndex two =
        FenceIndex.of(
            1,
            List.of(
                Fence.of(1, "site", circle(0, 0, 100)),
                Fence.of(2, "next door", circle(130, 0, 30))));
    Walk visitor = new Walk(two);
    visitor.go(at(T, 0, 0));
    for (int i = 1; i < 8; i++) {
      visitor.go(at(T + i * MIN, 122, i % 3));
    }
    assertTrue(visitor.told().contains("EXIT 1 @" + (T + MIN)), () -> visitor.told().toString());
    assertTrue(visitor.told().contains("ENTER 2 @" + (T + MIN)), () -> visitor.told().toString());
  }

  @Test
  void shouldEnterAsOfTheRestBeforeTheLastSteps() {
    walk.go(at(T, 300, 0).accuracy(30));
    walk.go(at(T + MIN, 180, 0).accuracy(30).motion(900, -1));
    for (int i = 0; i < 4; i++) {
      walk.go(at(T + 2 * MIN + i * MIN, 108 + i, 0).accuracy(30).motion(0, -1));
    }
    walk.go(at(T + 5 * MIN + 30_000, 70, 0).accuracy(30).motion(130, -1));
    for (int i = 0; i < 4; i++) {
      walk.go(at(T + 6 * MIN + i * MIN, 40, i).accuracy(30).motion(0, -1));
    }
    assertEquals("ENTER 1 @" + (T + 2 * MIN), walk.told().get(0));
  }

  @Test
  void shouldNotTakeAFixOfTheDriveForARest() {
    walk.go(at(T, 900, 0).accuracy(30));
    walk.go(at(T + MIN, 240, 0).accuracy(30).motion(1_500, -1));
    walk.go(at(T + MIN + 10_000, 60, 0).accuracy(30).motion(0, -1));
    walk.go(at(T + 3 * MIN, 30, 0).accuracy(30).motion(0, -1));
    walk.go(at(T + 5 * MIN, 40, 0).accuracy(30).motion(0, -1));
    assertEquals(List.of("ENTER 1 @" + (T + MIN + 10_000)), walk.told().subList(0, 1));
  }

  @Test
  void shouldEnterWhatSomebodyStandsBesideForLong() {
    walk.go(at(T, 300, 0).accuracy(30));
    for (int i = 1; i < 7; i++) {
      walk.go(at(T + i * MIN, 103 + i % 2, 0).accuracy(30).motion(i == 1 ? 900 : 0, -1));
    }
    assertEquals(List.of(), walk.told());
    walk.go(at(T + 7 * MIN, 103, 1).accuracy(30).motion(0, -1));
    assertEquals(List.of("ENTER 1 @" + (T + 2 * MIN)), walk.told());
  }

  @Test
  void shouldTellAShortVisitWhenItIsOver() {
    walk.go(at(T, 300, 0).accuracy(30).motion(900, -1));
    for (int i = 0; i < 5; i++) {
      walk.go(at(T + MIN + i * MIN, 94 + i % 2, i).accuracy(30).motion(0, -1));
    }
    assertEquals(List.of(), walk.told());
    walk.go(at(T + 5 * MIN + 30_000, 260, 0).accuracy(30).motion(900, -1));
    walk.go(at(T + 6 * MIN, 600, 0).accuracy(30).motion(900, -1));
    walk.go(at(T + 7 * MIN, 900, 0).accuracy(30).motion(900, -1));
    assertEquals("ENTER 1 @" + (T + MIN), walk.told().get(0));
    assertEquals(1, walk.told(ChangeKind.EXIT));
  }

  @Test
  void shouldNotInferAPassByALineThatCutsACorner() {
    walk.go(at(T, -290, 0).accuracy(20));
    walk.go(at(T + 30_000, 290, 0).accuracy(20).motion(1_900, 0));
    assertEquals(List.of(), walk.told());
  }

  @Test
  void shouldDecideADwellOfASilentPhoneByTime() {
    walk.go(at(T, 0, 0));
    PresenceDecision byTime = new PresenceDecision();
    walk.engine.decideByTime(SITE, walk.state, T + 6 * MIN, byTime);
    assertEquals(0, byTime.count());
    walk.engine.decideByTime(SITE, walk.state, T + 7 * MIN, byTime);
    assertEquals("HEARTBEAT DWELL(1, " + (T + 5 * MIN) + ")", byTime.toString());
    PresenceEngine.applyChanges(walk.state, byTime);
    walk.engine.decideByTime(SITE, walk.state, T + 8 * MIN, byTime);
    assertEquals(0, byTime.count());
  }

  @Test
  void shouldDecideAnExitOfASilentPhoneByTime() {
    walk.go(at(T, 0, 0));
    walk.go(at(T + 6 * MIN, 500, 0));
    PresenceDecision byTime = new PresenceDecision();
    walk.engine.decideByTime(SITE, walk.state, T + 9 * MIN, byTime);
    assertEquals(0, byTime.count());
    walk.engine.decideByTime(SITE, walk.state, T + 10 * MIN, byTime);
    assertEquals("HEARTBEAT EXIT(1, " + (T + 6 * MIN) + ")", byTime.toString());
  }

  @Test
  void shouldDecideAnUncertainEnterOfASilentPhoneByTime() {
    walk.go(at(T, 900, 0).accuracy(30).motion(0, -1));
    walk.go(at(T + 9 * MIN, 75, 0).accuracy(30).motion(0, -1));
    walk.go(at(T + 10 * MIN, 75, 0).accuracy(30).motion(0, -1));
    assertEquals(List.of(), walk.told());
    PresenceDecision byTime = new PresenceDecision();
    walk.engine.decideByTime(SITE, walk.state, T + 13 * MIN, byTime);
    assertEquals(0, byTime.count());
    walk.engine.decideByTime(SITE, walk.state, T + 14 * MIN, byTime);
    assertEquals("HEARTBEAT ENTER(1, " + (T + 9 * MIN) + ")", byTime.toString());
  }

  @Test
  void shouldTellNothingMoreOfARestThatWasJudged() {
    walk.go(at(T, 900, 0).accuracy(30).motion(0, -1));
    for (int i = 10; i < 20; i++) {
      walk.go(at(T + i * MIN, 125, 0).accuracy(30).motion(0, -1));
    }
    for (int i = 20; i < 90; i++) {
      walk.go(at(T + i * MIN, 85, 0).accuracy(30).motion(0, -1));
    }
    assertEquals(List.of(), walk.told());
    walk.go(at(T + 90 * MIN, 20, 0).accuracy(30).motion(200, -1));
    assertEquals(1, walk.told(ChangeKind.ENTER));
  }

  @Test
  void shouldTellAStayBetweenTwoFixesOfARestElsewhere() {
    walk.go(at(T, 1_000, 0).motion(0, -1));
    walk.go(at(T + MIN, 0, 0).motion(0, -1));
    walk.go(at(T + 20 * MIN, 1_000, 0).motion(-1, -1));
    walk.go(at(T + 21 * MIN, 1_000, 0).motion(-1, -1));
    walk.go(at(T + 40 * MIN, 0, 0).motion(-1, -1));
    assertEquals(2, walk.told(ChangeKind.ENTER));
    assertEquals(1, walk.told(ChangeKind.EXIT));
  }

  @Test
  void shouldEnterAgainWhereItHadRestedBeforeItLeft() {
    for (int i = 0; i < 30; i++) {
      walk.go(at(T + i * MIN, 0, 0).motion(0, -1));
    }
    walk.go(at(T + 30 * MIN, 500, 0).motion(-1, -1));
    PresenceDecision byTime = new PresenceDecision();
    walk.engine.decideByTime(SITE, walk.state, T + 34 * MIN, byTime);
    PresenceEngine.applyChanges(walk.state, byTime);
    walk.go(at(T + 40 * MIN, 0, 0).motion(0, -1));
    walk.go(at(T + 44 * MIN, 0, 0).motion(0, -1));
    assertEquals(2, walk.told(ChangeKind.ENTER));
    assertEquals(1, walk.state.size());
  }

  @Test
  void shouldLeaveToLateFixesWhatIsLongOver() {
    walk.go(at(T, 0, 0));
    PresenceDecision byTime = new PresenceDecision();
    walk.engine.decideByTime(SITE, walk.state, T + 600 * MIN, byTime);
    assertEquals(0, byTime.count());
  }

  @Test
  void shouldEndAStayWhenTheFenceCloses() {
    ZoneId zone = ZoneId.of("America/Chicago");
    long eightMs = LocalDate.of(2026, 9, 21).atTime(8, 0).atZone(zone).toInstant().toEpochMilli();
    OpeningHours hours =
        new OpeningHours(zone, Map.of(DayOfWeek.MONDAY, List.of(new Span(8 * 60, 12 * 60))));
    Fence shop =
        new Fence(
            1,
            "s",
            "s",
            FenceKind.SITE,
            circle(0, 0, 100),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            null,
            hours);
    Walk visitor = new Walk(FenceIndex.of(1, List.of(shop)));
    visitor.go(at(eightMs - MIN, 1, 0));
    visitor.go(at(eightMs, 2, 0));
    visitor.go(at(eightMs + 10 * MIN, 1, 0));
    visitor.go(at(eightMs + 239 * MIN, 2, 0));
    visitor.go(at(eightMs + 240 * MIN, 1, 0));
    assertEquals(
        List.of(
            "ENTER 1 @" + eightMs,
            "DWELL 1 @" + (eightMs + 10 * MIN),
            "REMOVED 1 @" + (eightMs + 240 * MIN)),
        visitor.told());
  }

  @Test
  void shouldTellOfWhoStoodInAFenceBeforeItOpened() {
    ZoneId zone = ZoneId.of("Europe/Berlin");
    LocalDate clocksBack = LocalDate.of(2026, 10, 25);
    OpeningHours hours =
        new OpeningHours(zone, Map.of(DayOfWeek.SUNDAY, List.of(new Span(60, 240))));
    long opensMs = clocksBack.atTime(1, 0).atZone(zone).toInstant().toEpochMilli();
    Walk guard = new Walk(FenceIndex.of(1, List.of(open(hours))));
    standStill(guard, opensMs - 60 * MIN, opensMs + 300 * MIN);
    assertEquals(
        List.of(
            "ENTER 1 @" + opensMs,
            "DWELL 1 @" + (opensMs + 5 * MIN),
            "REMOVED 1 @" + (opensMs + 240 * MIN)),
        guard.told(),
        "from 01:00 to 04:00, in the night in which that is four hours");
  }

  private static Fence open(OpeningHours hours) {
    return new Fence(
        1,
        "s",
        "s",
        FenceKind.SITE,
        circle(0, 0, 100),
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        null,
        hours);
  }

  @Test
  void shouldTellOfWhoStandsWhereAFenceIsDrawnOrMoved() {
    Fence drawn = Fence.of(2, "drawn", circle(0, 0, 80)).madeAt(T + 60 * MIN);
    Fence moved =
        Fence.of(1, "site", circle(900, 0, 100))
            .editedFrom(new ShapeEdit(circle(0, 0, 100), T + 60 * MIN));
    standStill(walk, T, T + 60 * MIN);
    walk.adopt(FenceIndex.of(2, List.of(moved, drawn)));
    standStill(walk, T + 60 * MIN, T + 90 * MIN);
    assertEquals(
        List.of(
            "ENTER 1 @" + T,
            "DWELL 1 @" + (T + 5 * MIN),
            "ENTER 2 @" + (T + 60 * MIN),
            "EXIT 1 @" + (T + 60 * MIN),
            "DWELL 2 @" + (T + 65 * MIN)),
        walk.told());
  }

  private static void standStill(Walk walk, long fromMs, long toMs) {
    for (long atMs = fromMs; atMs < toMs; atMs += MIN) {
      walk.go(at(atMs, (int) (atMs / MIN % 2), 0).motion(0, Fix.UNKNOWN));
    }
  }

  @Test
  void shouldNotSayThatSomebodyCameBeforeASilenceInWhichTheyWereElsewhere() {
    for (int i = 0; i < 10; i++) {
      walk.go(at(T + i * 15_000L, 1_500 - i * 50, 0).motion(Fix.UNKNOWN, Fix.UNKNOWN));
    }
    long seenMs = T + 30 * MIN;
    walk.go(at(seenMs, 3, 0).motion(Fix.UNKNOWN, Fix.UNKNOWN));
    walk.go(at(seenMs + MIN, 0, 4).motion(Fix.UNKNOWN, Fix.UNKNOWN));
    assertEquals(List.of("ENTER 1 @" + seenMs), walk.told());
    walk.go(at(seenMs + 2 * MIN, 500, 0).motion(Fix.UNKNOWN, Fix.UNKNOWN));
    walk.go(at(seenMs + 62 * MIN, 900, 0).motion(Fix.UNKNOWN, Fix.UNKNOWN));
    assertEquals(1, walk.told(ChangeKind.EXIT));
  }

  @Test
  void shouldTellRemovedWhenTheFenceIsGone() {
    walk.go(at(T, 0, 0));
    PresenceDecision removed = new PresenceDecision();
    walk.engine.decideByTime(FenceIndex.of(2, List.of()), walk.state, T + 5, removed);
    assertEquals("HEARTBEAT REMOVED(1, " + (T + 5) + ")", removed.toString());
    PresenceEngine.applyChanges(walk.state, removed);
    assertEquals(0, walk.state.size());
    assertEquals(T, walk.state.lastTimeMs());
  }

  @Test
  void shouldTellRemovedAtTheNextFixWhereNobodyAskedBefore() {
    walk.go(at(T, 0, 0));
    walk.adopt(FenceIndex.of(2, List.of()));
    walk.go(at(T + MIN, 0, 0).accuracy(20_000));
    walk.go(at(T + 2 * MIN, 1, 0));
    assertEquals(List.of("ENTER 1 @" + T, "REMOVED 1 @" + (T + 2 * MIN)), walk.told());
  }

  @Test
  void shouldHonourWhenAFenceIsActive() {
    Fence season =
        new Fence(
            1,
            "s",
            "s",
            FenceKind.SITE,
            circle(0, 0, 100),
            T + MIN,
            T + 3 * MIN,
            PresencePolicy.DEFAULT);
    Walk visitor = new Walk(FenceIndex.of(1, List.of(season)));
    for (int i = 0; i < 5; i++) {
      visitor.go(at(T + i * MIN, i, 0));
    }
    assertEquals(List.of("ENTER 1 @" + (T + MIN), "REMOVED 1 @" + (T + 3 * MIN)), visitor.told());
  }

  @Test
  void shouldExitAfterTheFenceWasMovedAway() {
    walk.go(at(T, 0, 0));
    walk.adopt(FenceIndex.of(2, List.of(Fence.of(1, "site", circle(5_000, 0, 100)))));
    walk.go(at(T + 1_000, 1, 0));
    walk.go(at(T + 2_000, 2, 0));
    assertEquals(1, walk.told(ChangeKind.EXIT));
  }

  @Test
  void shouldSpreadMoreChangesThanADecisionHoldsOverSeveralFixes() {
    List<Fence> many = new ArrayList<>();
    for (int i = 1; i <= 300; i++) {
      many.add(Fence.of(i, "f" + i, circle(0, 0, 100 + i)));
    }
    Walk crowded = new Walk(FenceIndex.of(1, many));
    crowded.go(at(T, 0, 0));
    assertEquals(PresenceDecision.MAX_CHANGES, crowded.state.size());
    crowded.go(at(T + 1_000, 1, 0));
    assertEquals(300, crowded.state.size());
  }

  @Test
  void shouldKeepCodesThatAreInJournals() {
    for (FixOrder order : FixOrder.values()) {
      assertEquals(order, FixOrder.of(order.code()));
    }
    for (ChangeKind kind : ChangeKind.values()) {
      assertEquals(kind, ChangeKind.of(kind.code()));
    }
    assertEquals(5, FixOrder.FUTURE.code());
    assertEquals(5, ChangeKind.EXIT_CANCELLED.code());
    assertThrows(IllegalArgumentException.class, () -> FixOrder.of((byte) 6));
    assertEquals(8, ChangeKind.EXIT_DOUBTED.code());
    assertThrows(IllegalArgumentException.class, () -> ChangeKind.of((byte) -1));
  }
}
