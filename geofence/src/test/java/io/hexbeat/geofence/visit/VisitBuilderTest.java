package io.hexbeat.geofence.visit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.visit.VisitPunch.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Site 1 is a shop within the mall 2; site 3 stands elsewhere; 9 is an area. Minutes. */
class VisitBuilderTest {
  private static final long MIN = 60_000;
  private static final int SHOP = 1;
  private static final int MALL = 2;
  private static final int OTHER = 3;
  private static final int AREA = 9;

  private final List<PresenceStep> steps = new ArrayList<>();
  private final List<VisitPunch> punches = new ArrayList<>();

  @Test
  void shouldOpenAtEnterAndCloseAtExit() {
    step(SHOP, ChangeKind.ENTER, 10);
    assertTrue(only().open());
    step(SHOP, ChangeKind.DWELL, 15);
    step(SHOP, ChangeKind.EXIT, 40);
    Visit visit = only();
    assertEquals("1: 10-40 dwell 15", told(visit));
    assertFalse(visit.open());
  }

  @Test
  void shouldNeverVisitAnArea() {
    step(AREA, ChangeKind.ENTER, 1);
    step(AREA, ChangeKind.EXIT, 90);
    assertEquals(List.of(), build());
  }

  @Test
  void shouldVisitTheShopAndNotTheMallOnTheWayToIt() {
    step(MALL, ChangeKind.ENTER, 10);
    step(SHOP, ChangeKind.ENTER, 12);
    step(SHOP, ChangeKind.EXIT, 40);
    step(MALL, ChangeKind.EXIT, 43);
    assertEquals(List.of("1: 12-40"), toldAll());
  }

  @Test
  void shouldVisitTheMallTooWhereSomebodyStaysOutsideTheShop() {
    step(MALL, ChangeKind.ENTER, 10);
    step(SHOP, ChangeKind.ENTER, 30);
    step(SHOP, ChangeKind.EXIT, 40);
    step(MALL, ChangeKind.EXIT, 43);
    assertEquals(List.of("2: 10-30", "1: 30-40"), toldAll());
  }

  @Test
  void shouldNotSplitAVisitWhereSomebodyPassesThroughASmallerSite() {
    step(MALL, ChangeKind.ENTER, 10);
    step(SHOP, ChangeKind.ENTER, 30);
    step(SHOP, ChangeKind.EXIT, 31);
    step(MALL, ChangeKind.EXIT, 60);
    assertEquals(List.of("2: 10-60"), toldAll());
  }

  @Test
  void shouldKeepAShortStayThatAPunchSpeaksOf() {
    step(MALL, ChangeKind.ENTER, 10);
    step(SHOP, ChangeKind.ENTER, 30);
    punch(Kind.VISIT_IN, SHOP, 31, true);
    step(SHOP, ChangeKind.EXIT, 32);
    step(MALL, ChangeKind.EXIT, 60);
    assertEquals(List.of("2: 10-30", "1: 30-32 punches 1", "2: 32-60"), toldAll());
  }

  @Test
  void shouldBeOneVisitForTwoPhonesInOnePocket() {
    steps.add(new PresenceStep(1, SHOP, ChangeKind.ENTER, 10 * MIN, false, 1, 0));
    steps.add(new PresenceStep(2, SHOP, ChangeKind.ENTER, 11 * MIN, false, 2, 0));
    steps.add(new PresenceStep(1, SHOP, ChangeKind.EXIT, 40 * MIN, false, 3, 0));
    steps.add(new PresenceStep(2, SHOP, ChangeKind.EXIT, 42 * MIN, true, 4, 0));
    assertEquals(List.of("1: 10-42 left inferred"), toldAll());
  }

  @Test
  void shouldMarkWhatWasInferredAndWhatWasRemoved() {
    steps.add(new PresenceStep(1, SHOP, ChangeKind.ENTER, 10 * MIN, true, 1, 0));
    steps.add(new PresenceStep(1, SHOP, ChangeKind.EXIT, 10 * MIN, true, 1, 1));
    step(OTHER, ChangeKind.ENTER, 20);
    step(OTHER, ChangeKind.REMOVED, 50);
    assertEquals(List.of("1: 10-10 arrived inferred left inferred", "3: 20-50 removed"), toldAll());
  }

  @Test
  void shouldJoinPunchesThatComeALittleEarlyOrLate() {
    step(SHOP, ChangeKind.ENTER, 10);
    step(SHOP, ChangeKind.EXIT, 40);
    punch(Kind.VISIT_IN, SHOP, 7, true);
    punch(Kind.VISIT_OUT, SHOP, 44, false);
    assertEquals(List.of("1: 10-40 punches 2"), toldAll());
  }

  @Test
  void shouldJoinAPunchForTheMallToTheVisitOfItsShop() {
    step(MALL, ChangeKind.ENTER, 10);
    step(SHOP, ChangeKind.ENTER, 12);
    step(SHOP, ChangeKind.EXIT, 40);
    step(MALL, ChangeKind.EXIT, 43);
    punch(Kind.VISIT_IN, MALL, 20, true);
    assertEquals(List.of("1: 12-40 punches 1"), toldAll());
  }

  @Test
  void shouldMakeAVisitOfPunchesWherePresenceSawNone() {
    punch(Kind.VISIT_IN, SHOP, 10, true);
    assertTrue(only().open());
    punch(Kind.VISIT_OUT, SHOP, 30, false);
    assertEquals(List.of("1: 10-30 punch only punches 2"), toldAll());
  }

  @Test
  void shouldEndAPunchOnlyVisitWithTheNextThingThatCantBeWhileItLasts() {
    punch(Kind.VISIT_IN, SHOP, 10, true);
    step(OTHER, ChangeKind.ENTER, 25);
    step(OTHER, ChangeKind.EXIT, 50);
    assertEquals(List.of("1: 10-25 left inferred punch only punches 1", "3: 25-50"), toldAll());
    steps.clear();
    punch(Kind.CLOCK_OUT, 0, 20, false);
    assertEquals(List.of("1: 10-20 left inferred punch only punches 1"), toldAll());
  }

  @Test
  void shouldNotVisitWhereSomebodyPunchesFromElsewhere() {
    punch(Kind.VISIT_IN, SHOP, 10, false);
    punch(Kind.VISIT_IN, AREA, 12, true);
    assertEquals(List.of(), build());
  }

  @Test
  void shouldSayTheSameInWhateverOrderThingsAreToldAndNeverBeAtTwoCustomers() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      steps.clear();
      punches.clear();
      for (int fence : new int[] {SHOP, MALL, OTHER, AREA}) {
        int minute = random.nextInt(30);
        for (int n = random.nextInt(4); n > 0; n--) {
          step(fence, ChangeKind.ENTER, minute);
          minute += 1 + random.nextInt(20);
          step(fence, ChangeKind.EXIT, minute);
          minute += 1 + random.nextInt(20);
        }
      }
      List<String> told = toldAll();
      List<Visit> visits = build();
      for (int i = 1; i < visits.size(); i++) {
        assertTrue(
            visits.get(i).arrivedMs() >= visits.get(i - 1).leftMs(), "seed=" + seed + " " + told);
      }
      Collections.shuffle(steps, random);
      assertEquals(told, toldAll(), "seed=" + seed);
    }
  }

  private void step(int fence, ChangeKind kind, int minute) {
    steps.add(new PresenceStep(1, fence, kind, minute * MIN, false, minute * 10L + fence, 0));
  }

  private void punch(Kind kind, int fence, int minute, boolean inside) {
    punches.add(new VisitPunch(1_000L + minute, kind, minute * MIN, fence, inside));
  }

  private List<Visit> build() {
    return VisitBuilder.build(
        Stay.of(steps),
        punches,
        fence -> fence == AREA ? Double.NaN : fence == MALL ? 10_000 : 500,
        VisitRules.DEFAULT);
  }

  private Visit only() {
    List<Visit> visits = build();
    assertEquals(1, visits.size());
    return visits.get(0);
  }

  private List<String> toldAll() {
    return build().stream().map(VisitBuilderTest::told).toList();
  }

  private static String told(Visit visit) {
    return visit.fenceHandle()
        + ": "
        + visit.arrivedMs() / MIN
        + "-"
        + (visit.open() ? "" : visit.leftMs() / MIN)
        + (visit.dwellMs() == Stay.NONE ? "" : " dwell " + visit.dwellMs() / MIN)
        + (visit.arrivedInferred() ? " arrived inferred" : "")
        + (visit.leftInferred() ? " left inferred" : "")
        + (visit.removed() ? " removed" : "")
        + (visit.punchOnly() ? " punch only" : "")
        + (visit.punches().isEmpty() ? "" : " punches " + visit.punches().size());
  }
}
