package io.hexbeat.geofence.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.CoordType;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.trust.PunchVerdict.Place;
import io.hexbeat.geofence.trust.PunchVerdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A phone that is off the same way everywhere, and those that only look like it. */
final class BiasSignalTest {
  private static final long NOON_MS = 1_795_262_400_000L;
  private static final int SITES = 10;
  private static final double SHANGHAI_LAT = 31.2;
  private static final double SHANGHAI_LNG = 121.45;
  private static final double AUSTIN_LAT = 30.27;
  private static final double AUSTIN_LNG = -97.74;

  private final Random noise = new Random(7);
  private final Phone phone = new Phone();
  private double southLat;
  private double westLng;
  private int punches;

  /** Where a phone says it is when it is somewhere. */
  private interface Receiver {
    double[] tells(double lat, double lng);
  }

  @ParameterizedTest
  @EnumSource(
      value = CoordType.class,
      names = {"GCJ02", "BD09"})
  void shouldCallAPhoneThatSendsBentPositionsFaultyAndNotFraudulent(CoordType sends) {
    sitesAt(SHANGHAI_LAT, SHANGHAI_LNG);
    Receiver bent = (lat, lng) -> bend(sends, lat, lng);
    for (int site = 1; site <= 4; site++) {
      PunchVerdict alone = punchAt(site, bent);
      assertEquals(List.of(TrustSignal.OUTSIDE_SITE), Phone.kinds(alone));
    }

    PunchVerdict fifth = punchAt(5, bent);

    Finding fault = Phone.reason(fifth, TrustSignal.DATA_FAULT);
    assertEquals(List.of(TrustSignal.DATA_FAULT), Phone.kinds(fifth));
    assertEquals(Verdict.UNVERIFIED, fifth.verdict());
    assertEquals(Place.UNCERTAIN, fifth.place());
    assertEquals(Severity.INFO, fault.severity());
    assertEquals(sends.jsonName(), fault.figures().get("sends"));
    assertEquals(5, fault.figures().get("sites_off"));
    assertTrue((double) fault.figures().get("left_over_m") <= BiasSignal.TOLERANCE_METERS);
    assertTrue(fifth.opensAlert());
  }

  @Test
  void shouldCallAConstantOffsetAFaultAnywhere() {
    sitesAt(AUSTIN_LAT, AUSTIN_LNG);
    Receiver off = (lat, lng) -> new double[] {lat + 0.0027, lng - 0.0012};
    PunchVerdict last = null;
    for (int site = 1; site <= 5; site++) {
      last = punchAt(site, off);
    }
    Finding fault = Phone.reason(last, TrustSignal.DATA_FAULT);
    assertEquals("constant", fault.figures().get("sends"));
    assertEquals(300, (double) fault.figures().get("offset_north_m"), 15);
    assertEquals(-115, (double) fault.figures().get("offset_east_m"), 15);
  }

  @Test
  void shouldTellAFaultOnce() {
    sitesAt(SHANGHAI_LAT, SHANGHAI_LNG);
    Receiver bent = (lat, lng) -> bend(CoordType.GCJ02, lat, lng);
    List<Integer> alerted = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      for (int site = 1; site <= SITES; site++) {
        PunchVerdict verdict = punchAt(site, bent);
        if (verdict.opensAlert() && Phone.kinds(verdict).contains(TrustSignal.DATA_FAULT)) {
          alerted.add(round * SITES + site);
        }
      }
    }
    assertEquals(List.of(5), alerted);
  }

  @Test
  void shouldVerifyThePhoneOnceItIsRepaired() {
    sitesAt(SHANGHAI_LAT, SHANGHAI_LNG);
    for (int site = 1; site <= 8; site++) {
      punchAt(site, (lat, lng) -> bend(CoordType.GCJ02, lat, lng));
    }
    assertEquals(Verdict.VERIFIED, punchAt(9, BiasSignalTest::truth).verdict());
  }

  @Test
  void shouldNotTakeCheatingFromHomeForAFault() {
    sitesAt(SHANGHAI_LAT, SHANGHAI_LNG);
    for (int site = 1; site <= SITES; site++) {
      PunchVerdict verdict =
          punchAt(site, (lat, lng) -> new double[] {SHANGHAI_LAT - 0.003, SHANGHAI_LNG - 0.003});
      assertTrue(Phone.kinds(verdict).contains(TrustSignal.OUTSIDE_SITE));
      assertEquals(Verdict.INVALID, verdict.verdict());
    }
  }

  @Test
  void shouldNotExcuseAFaultyPhoneThatIsElsewhere() {
    sitesAt(SHANGHAI_LAT, SHANGHAI_LNG);
    for (int site = 1; site <= 8; site++) {
      punchAt(site, (lat, lng) -> bend(CoordType.GCJ02, lat, lng));
    }
    PunchVerdict elsewhere =
        punchAt(9, (lat, lng) -> bend(CoordType.GCJ02, lat + 0.02, lng + 0.01));
    assertTrue(Phone.kinds(elsewhere).contains(TrustSignal.OUTSIDE_SITE));
    assertFalse(Phone.kinds(elsewhere).contains(TrustSignal.DATA_FAULT));
  }

  @Test
  void shouldFindNoFaultInScatteredPositionsNearSites() {
    sitesAt(AUSTIN_LAT, AUSTIN_LNG);
    for (int site = 1; site <= SITES; site++) {
      double turn = noise.nextDouble() * 2 * Math.PI;
      PunchVerdict verdict =
          punchAt(
              site,
              (lat, lng) ->
                  new double[] {lat + 0.004 * Math.sin(turn), lng + 0.004 * Math.cos(turn)});
      assertFalse(Phone.kinds(verdict).contains(TrustSignal.DATA_FAULT));
    }
  }

  @Test
  void shouldHaveTheSameStateAfterAReplay() {
    sitesAt(SHANGHAI_LAT, SHANGHAI_LNG);
    for (int site = 1; site <= SITES; site++) {
      punchAt(site, (lat, lng) -> bend(CoordType.GCJ02, lat, lng));
    }
    assertEquals(phone.state.toString(), phone.replayed.toString());
  }

  private static double[] truth(double lat, double lng) {
    return new double[] {lat, lng};
  }

  private static double[] bend(CoordType type, double lat, double lng) {
    double gcjLat = CoordType.gcjLat(lat, lng);
    double gcjLng = CoordType.gcjLng(lat, lng);
    return type == CoordType.BD09
        ? new double[] {CoordType.bdLat(gcjLat, gcjLng), CoordType.bdLng(gcjLat, gcjLng)}
        : new double[] {gcjLat, gcjLng};
  }

  /** Circles of 80 m in two rows, 3 km apart. */
  private void sitesAt(double lat, double lng) {
    southLat = lat;
    westLng = lng;
    List<Fence> sites = new ArrayList<>();
    for (int site = 1; site <= SITES; site++) {
      Circle circle = new Circle(E7.fromDegrees(latOf(site)), E7.fromDegrees(lngOf(site)), 80);
      sites.add(Fence.of(site, "site-" + site, circle));
    }
    phone.index = FenceIndex.of(1, sites);
  }

  private double latOf(int site) {
    return southLat + site % 2 * 0.027;
  }

  private double lngOf(int site) {
    return westLng + site * 0.03;
  }

  /** The phone is within 20 m of the middle of the site, and a day after its last punch. */
  private PunchVerdict punchAt(int site, Receiver receiver) {
    double[] told =
        receiver.tells(
            latOf(site) + (noise.nextDouble() - 0.5) * 0.0003,
            lngOf(site) + (noise.nextDouble() - 0.5) * 0.0003);
    long atMs = NOON_MS + punches++ * 86_400_000L;
    return phone
        .claimAt(atMs, E7.fromDegrees(told[0]), E7.fromDegrees(told[1]))
        .id("p" + punches)
        .site(site)
        .punch();
  }
}
