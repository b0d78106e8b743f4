package io.hexbeat.geofence.trust;

import static io.hexbeat.geofence.trust.Phone.kinds;
import static io.hexbeat.geofence.trust.Phone.reason;
import static io.hexbeat.geofence.trust.TrustSignal.LOW_ACCURACY;
import static io.hexbeat.geofence.trust.TrustSignal.MOCK_FLAG;
import static io.hexbeat.geofence.trust.TrustSignal.NO_FIX;
import static io.hexbeat.geofence.trust.TrustSignal.OUTSIDE_SITE;
import static io.hexbeat.geofence.trust.TrustSignal.STALE_FIX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.FenceKind;
import io.hexbeat.geofence.SampleFix;
import io.hexbeat.geofence.trust.PunchVerdict.Place;
import io.hexbeat.geofence.trust.PunchVerdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a punch says by itself: where, how well known, how old. */
class PunchPlaceTest {
  private static final long T = 1_790_000_000_000L;

  private final Phone phone = new Phone();

  private static void assertVerdict(
      Verdict verdict, Place place, List<TrustSignal> reasons, PunchVerdict actual) {
    assertEquals(verdict, actual.verdict(), actual::toString);
    assertEquals(place, actual.place(), actual::toString);
    assertEquals(reasons, kinds(actual), actual::toString);
  }

  @Test
  void shouldVerifyAnHonestPunchAtItsSite() {
    PunchVerdict verdict = phone.claim(T, 20, 30).site(1).punch();
    assertVerdict(Verdict.VERIFIED, Place.INSIDE, List.of(), verdict);
    assertEquals(0, verdict.score());
    assertEquals(List.of(new PunchVerdict.SiteDistance(1, 0)), verdict.sites());
  }

  @Test
  void shouldFindOutsideSiteOfAPunchFromAnotherPlace() {
    PunchVerdict verdict = phone.claim(T, 3_000, 0).site(1).punch();
    assertVerdict(Verdict.INVALID, Place.OUTSIDE, List.of(OUTSIDE_SITE), verdict);
    assertEquals(2_900.0, (double) reason(verdict, OUTSIDE_SITE).figures().get("distance_m"), 15);
    assertEquals("origin", reason(verdict, OUTSIDE_SITE).figures().get("site"));
    assertEquals(10.0, reason(verdict, OUTSIDE_SITE).figures().get("accuracy_m"));
  }

  @Test
  void shouldFindOutsideSiteOfAPunchAtAnotherCustomerThanClaimed() {
    PunchVerdict verdict = phone.claim(T, 5_000, 0).site(1).punch();
    assertVerdict(Verdict.INVALID, Place.OUTSIDE, List.of(OUTSIDE_SITE), verdict);
    assertEquals(List.of(2, 1), handles(verdict), "the claimed site is told however far it is");
  }

  @Test
  void shouldLeaveUncertainWhatTheAccuracyLeavesOpen() {
    PunchVerdict verdict = phone.claim(T, 120, 0).accuracy(30).site(1).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.UNCERTAIN, List.of(OUTSIDE_SITE), verdict);
    assertEquals(false, reason(verdict, OUTSIDE_SITE).figures().get("certain"));
  }

  @Test
  void shouldNotCallAPunchInvalidThatIsOutsideByLittle() {
    PunchVerdict verdict = phone.claim(T, 115, 0).accuracy(10).site(1).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.OUTSIDE, List.of(OUTSIDE_SITE), verdict);
  }

  @Test
  void shouldAccuseNobodyWhoseFixAReflectionMayHaveMoved() {
    PunchVerdict reflected = phone.claim(T, 180, 0).accuracy(10).site(1).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.OUTSIDE, List.of(OUTSIDE_SITE), reflected);
    assertEquals(Severity.INFO, reflected.severity());
    PunchVerdict elsewhere = phone.claim(T + 600_000, 220, 0).accuracy(10).site(1).punch();
    assertVerdict(Verdict.INVALID, Place.OUTSIDE, List.of(OUTSIDE_SITE), elsewhere);
    assertEquals(Severity.CRITICAL, elsewhere.severity());
  }

  @Test
  void shouldTakeAnyActiveFenceWhereNoSiteIsClaimed() {
    assertEquals(Place.INSIDE, phone.claim(T, 5_010, 0).punch().place());
    assertEquals(Place.OUTSIDE, phone.claim(T + 600_000, 3_000, 0).punch().place());
    PunchVerdict far = phone.claim(T + 6_000_000, 0, 40_000).punch();
    assertVerdict(Verdict.INVALID, Place.OUTSIDE, List.of(OUTSIDE_SITE), far);
    assertNull(reason(far, OUTSIDE_SITE).figures().get("distance_m"));
    assertEquals(List.of(), far.sites());
  }

  @Test
  void shouldLeaveUncertainWhereThereIsNoSiteToCompareWith() {
    PunchVerdict unknown = phone.claim(T, 0, 0).site(PunchClaim.UNKNOWN_SITE).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.UNCERTAIN, List.of(OUTSIDE_SITE), unknown);
    phone.index = FenceIndex.empty();
    PunchVerdict none = phone.claim(T, 0, 0).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.UNCERTAIN, List.of(OUTSIDE_SITE), none);
  }

  @Test
  void shouldNotCountSitesThatAreNotActive() {
    Fence old =
        new Fence(
            1, "o", "o", FenceKind.SITE, SampleFix.circle(0, 0, 100), Long.MIN_VALUE, T, null);
    phone.index = FenceIndex.of(1, List.of(old, Fence.of(2, "e", SampleFix.circle(1_000, 0, 100))));
    assertEquals(Place.UNCERTAIN, phone.claim(T, 0, 0).site(1).punch().place());
    PunchVerdict any = phone.claim(T, 0, 0).punch();
    assertEquals(Place.OUTSIDE, any.place());
    assertEquals(1, any.sites().size());
    assertEquals(Place.INSIDE, phone.claim(T - 1, 0, 0).site(1).punch().place());
  }

  @Test
  void shouldFindNoFixOfAPunchWithoutPosition() {
    PunchVerdict verdict = phone.claim(T, 0, 0).noPosition().site(1).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.NO_FIX, List.of(NO_FIX), verdict);
    assertEquals(List.of(), verdict.sites());
  }

  @Test
  void shouldFindLowAccuracyOfAPunchThatHidesBehindABadFix() {
    PunchVerdict verdict = phone.claim(T, 0, 0).accuracy(800).site(1).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.INSIDE, List.of(LOW_ACCURACY), verdict);
    assertEquals(800.0, reason(verdict, LOW_ACCURACY).figures().get("accuracy_m"));
  }

  @Test
  void shouldFindLowAccuracyOfAPunchThatDoesNotTellIt() {
    PunchVerdict verdict = phone.claim(T, 0, 0).accuracy(0).site(1).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.INSIDE, List.of(LOW_ACCURACY), verdict);
    assertTrue(reason(verdict, LOW_ACCURACY).figures().containsKey("accuracy_m"));
    assertNull(reason(verdict, LOW_ACCURACY).figures().get("accuracy_m"));
  }

  @Test
  void shouldVerifyAPunchInATowerBlockWithAMiddlingFix() {
    PunchVerdict verdict = phone.claim(T, 40, 0).accuracy(65).site(1).punch();
    assertVerdict(Verdict.VERIFIED, Place.INSIDE, List.of(), verdict);
  }

  @Test
  void shouldFindStaleFixOfAPunchWithThePositionOfTheMorning() {
    PunchVerdict verdict = phone.claim(T, 0, 0).fixTime(T - 3_600_000).site(1).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.INSIDE, List.of(STALE_FIX), verdict);
    assertEquals(3_600_000L, reason(verdict, STALE_FIX).figures().get("age_ms"));
  }

  @Test
  void shouldVerifyAPunchWhoseFixIsSecondsOld() {
    PunchVerdict verdict = phone.claim(T, 0, 0).fixTime(T - 45_000).site(1).punch();
    assertVerdict(Verdict.VERIFIED, Place.INSIDE, List.of(), verdict);
  }

  @Test
  void shouldFindMockFlagOfAPunchByAMockLocationApp() {
    PunchVerdict verdict = phone.claim(T, 0, 0).mocked().site(1).punch();
    assertVerdict(Verdict.INVALID, Place.INSIDE, List.of(MOCK_FLAG), verdict);
  }

  @Test
  void shouldNotMakeAPunchInvalidForThreeWeakReasons() {
    PunchVerdict verdict =
        phone.claim(T, 130, 0).accuracy(150).fixTime(T - 300_000).site(1).punch();
    assertVerdict(
        Verdict.UNVERIFIED,
        Place.UNCERTAIN,
        List.of(STALE_FIX, OUTSIDE_SITE, LOW_ACCURACY),
        verdict);
    assertEquals(68, verdict.score());
  }

  @Test
  void shouldTellAtMostFiveSitesNearestFirst() {
    List<Fence> row = new ArrayList<>();
    for (int i = 1; i <= 9; i++) {
      row.add(Fence.of(i, "f" + i, SampleFix.circle(2_200 - i * 200, 0, 50)));
    }
    phone.index = FenceIndex.of(1, row);
    PunchVerdict verdict = phone.claim(T, 0, 0).punch();
    assertEquals(List.of(9, 8, 7, 6, 5), handles(verdict));
    assertEquals(350, verdict.sites().get(0).distanceMeters(), 3);
  }

  @Test
  void shouldNotTakeAnAreaForASite() {
    phone.index = FenceIndex.of(1, List.of(area(1, 10_000), site(2, 1_000)));
    PunchVerdict verdict = phone.claim(T, 0, 0).punch();
    assertVerdict(Verdict.INVALID, Place.OUTSIDE, List.of(OUTSIDE_SITE), verdict);
    assertEquals(900.0, (double) reason(verdict, OUTSIDE_SITE).figures().get("distance_m"), 5);
    assertEquals(List.of(2), handles(verdict));
    assertEquals(Place.INSIDE, phone.claim(T + 6_000_000, 1_000, 0).punch().place());
  }

  @Test
  void shouldLeaveUncertainWhereOnlyAreasAreKnown() {
    phone.index = FenceIndex.of(1, List.of(area(1, 10_000)));
    PunchVerdict any = phone.claim(T, 0, 0).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.UNCERTAIN, List.of(OUTSIDE_SITE), any);
    assertEquals(0, reason(any, OUTSIDE_SITE).figures().get("sites_known"));
    PunchVerdict claimed = phone.claim(T, 0, 0).site(1).punch();
    assertVerdict(Verdict.UNVERIFIED, Place.UNCERTAIN, List.of(OUTSIDE_SITE), claimed);
    assertEquals(false, reason(claimed, OUTSIDE_SITE).figures().get("site_known"));
  }

  @Test
  void shouldTellTheNearestSitesHoweverManyAreasAreNearer() {
    List<Fence> fences = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      fences.add(area(i, 5_000 + i));
    }
    fences.add(site(201, 1_000));
    fences.add(site(202, 2_000));
    phone.index = FenceIndex.of(1, fences);
    assertEquals(List.of(201, 202), handles(phone.claim(T, 0, 0).punch()));
  }

  private static Fence area(int handle, double radiusMeters) {
    return new Fence(
        handle,
        "area",
        "Area",
        FenceKind.AREA,
        SampleFix.circle(0, 0, radiusMeters),
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        null);
  }

  private static Fence site(int handle, double eastMeters) {
    return Fence.of(handle, "site", SampleFix.circle(eastMeters, 0, 100));
  }

  private static List<Integer> handles(PunchVerdict verdict) {
    return verdict.sites().stream().map(PunchVerdict.SiteDistance::fenceHandle).toList();
  }
}
