package io.hexbeat.geofence.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The simulator itself: that a seed is a data set, and that its truth is true. */
class SimTest {
  private final SimCity city = SimCity.of(1, 60);

  @Test
  void shouldMakeTheSameDaysOfTheSameSeed() {
    List<PersonDay> once = SimCrowd.of(city, 8, 3, 0).daysOf(8);
    List<PersonDay> again = SimCrowd.of(SimCity.of(1, 60), 8, 3, 0).daysOf(8);
    for (int i = 0; i < once.size(); i++) {
      assertEquals(once.get(i).records(), again.get(i).records());
      assertEquals(once.get(i).visits(), again.get(i).visits());
    }
    assertFalse(
        once.get(0).records().equals(SimCrowd.of(city, 8, 3, 0).daysOf(7).get(0).records()));
  }

  @Test
  void shouldBuildFencesSixtyToThreeHundredMetresWide() {
    for (SimSite site : city.sites()) {
      assertTrue(site.signedMeters(site.eastMeters(), site.northMeters()) < 0, site::toString);
      assertTrue(site.widthMeters() >= 60 && site.widthMeters() <= 300, site::toString);
    }
  }

  @Test
  void shouldVisitCustomersAndPunchThere() {
    PersonDay day = SimCrowd.of(city, 1, 1, 10).with(Set.of()).daysOf(1).get(0);
    long visits = day.visits().stream().filter(visit -> visit.dwellMs() >= 300_000).count();
    assertTrue(visits >= 6, () -> "visits=" + visits);
    assertTrue(day.pings().size() > 800, () -> "pings=" + day.pings().size());
    for (SimPunch punch : day.punches()) {
      assertTrue(
          day.visits().stream()
              .anyMatch(v -> v.arriveMs() <= punch.atMs() && punch.atMs() < v.leaveMs()),
          punch::toString);
    }
  }

  @Test
  void shouldErrAsFarAsItsNoiseSays() {
    PersonDay day = SimCrowd.of(city, 2, 1, 30).with(Set.of()).daysOf(2).get(0);
    long near =
        day.pings().stream()
            .filter(
                ping -> {
                  double east = city.plane().eastMeters(ping.lngE7());
                  double north = city.plane().northMeters(ping.latE7());
                  return Math.hypot(
                          east - day.track().eastMeters(ping.fixTimeMs()),
                          north - day.track().northMeters(ping.fixTimeMs()))
                      <= 30;
                })
            .count();
    double share = near / (double) day.pings().size();
    assertTrue(share > 0.58 && share < 0.78, () -> "share=" + share);
  }

  @Test
  void shouldSufferEachHardship() {
    for (Hardship hardship : Hardship.values()) {
      PersonDay day = SimCrowd.of(city, 2, 1, 0).with(Set.of(hardship)).daysOf(2).get(0);
      assertTrue(day.hardships().contains(hardship), hardship::name);
      assertTrue(day.records().size() > 300, hardship::name);
      assertTrue(day.honest());
    }
  }

  @Test
  void shouldHandTheDayToAnotherPhone() {
    PersonDay day = SimCrowd.of(city, 1, 1, 0).with(Set.of(Hardship.PHONE_SWAP)).daysOf(1).get(0);
    assertEquals(2, day.pings().stream().map(SimPing::phone).distinct().count());
  }

  @Test
  void shouldHoldBackWhatWasMadeWithoutNetwork() {
    PersonDay day = SimCrowd.of(city, 1, 1, 0).with(Set.of(Hardship.DEAD_ZONE)).daysOf(1).get(0);
    long late =
        day.pings().stream()
            .filter(ping -> ping.receivedTimeMs() - ping.fixTimeMs() > 60_000)
            .count();
    assertTrue(late > 10, () -> "late=" + late);
  }
}
