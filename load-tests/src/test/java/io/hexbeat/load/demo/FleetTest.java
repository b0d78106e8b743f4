package io.hexbeat.load.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.load.demo.Step.Ping;
import io.hexbeat.load.demo.Step.Punch;
import io.hexbeat.load.demo.Step.Trick;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the shipped city and its recorded day must give the demo. */
final class FleetTest {
  private static final long START_MS = Duration.ofHours(7).toMillis();

  /** What a minute of the demo shows at its default speed. */
  private static final long FIRST_MINUTE_MS = Duration.ofMinutes(30).toMillis();

  private static City city;
  private static List<Shift> fleet;

  @BeforeAll
  static void playTheDay() throws IOException {
    city = City.read();
    fleet = cheatingFleet(1);
  }

  @Test
  void shouldKeepSixtyMembersMovingAllDay() {
    for (long at = START_MS + FIRST_MINUTE_MS;
        at < Duration.ofHours(20).toMillis();
        at += FIRST_MINUTE_MS) {
      long now = at;
      long moving =
          fleet.stream()
              .map(shift -> shift.pingBefore(now, Duration.ofMinutes(15).toMillis()))
              .filter(ping -> ping != null)
              .count();
      assertTrue(moving >= 55, moving + " members at " + Duration.ofMillis(at));
    }
  }

  @Test
  void shouldKeepTheRecordedSpacing() throws IOException {
    List<VehicleDay> days =
        VehicleDay.readAll(City.open("austin_buses.csv.gz"), ZoneId.of("America/Chicago"));
    VehicleDay day = days.get(3).from(START_MS);

    List<Ping> pings = Shift.of(day, city, new Random(1)).pings();

    assertEquals(day.fixes().size(), pings.size());
    for (int i = 0; i < pings.size(); i++) {
      assertEquals(day.fixes().get(i).dayMs(), pings.get(i).dayMs());
      assertTrue(day.fixes().get(i).metersTo(pings.get(i).fix()) <= 4.01);
    }
  }

  @Test
  void shouldReportSpeedsOfBuses() {
    long fast =
        fleet.stream()
            .flatMap(shift -> shift.pings().stream())
            .filter(ping -> ping.speedMps() > 40)
            .count();

    assertTrue(fast < 20, fast + " pings faster than 40 m/s");
  }

  @Test
  void shouldShowHonestAndFalsePunchesWithinTheFirstHalfMinute() {
    long half = START_MS + FIRST_MINUTE_MS / 2;
    List<Punch> first = punches(fleet).stream().filter(punch -> punch.dayMs() < half).toList();

    assertTrue(first.stream().filter(punch -> punch.trick() == Trick.NONE).count() >= 5);
    assertTrue(first.stream().anyMatch(punch -> punch.trick() == Trick.ELSEWHERE));
  }

  @Test
  void shouldPunchHonestlyDeepInsideTheClaimedSite() {
    Map<String, City.Site> sites = new HashMap<>();
    city.sites().forEach(site -> sites.put(site.fence(), site));
    List<Punch> honest =
        punches(fleet).stream().filter(punch -> punch.trick() == Trick.NONE).toList();

    assertTrue(honest.size() > 300, honest.size() + " honest punches");
    for (Punch punch : honest) {
      City.Site site = sites.get(punch.site());
      double depth = site.radiusMeters() - site.metersFromCentre(punch.fix());
      assertTrue(depth >= 0 && punch.accuracyMeters() <= 25, punch.toString());
    }
  }

  @Test
  void shouldPlayEveryTrickAndLeaveMostMembersHonest() {
    Set<Trick> played = EnumSet.noneOf(Trick.class);
    punches(fleet).forEach(punch -> played.add(punch.trick()));
    boolean counted =
        fleet.stream().flatMap(shift -> shift.pings().stream()).anyMatch(ping -> ping.seq() > 0);
    Map<String, Set<Shift>> carriers = new HashMap<>();
    for (Shift shift : fleet) {
      for (Ping ping : shift.pings()) {
        if (ping.phone() != null) {
          carriers.computeIfAbsent(ping.phone(), phone -> new HashSet<>()).add(shift);
        }
      }
    }

    played.add(Trick.COUNTER_BACK);
    played.add(Trick.SHARED_PHONE);
    assertEquals(EnumSet.allOf(Trick.class), played);
    assertTrue(counted);
    assertTrue(carriers.values().stream().allMatch(shifts -> shifts.size() == 2), "shared phones");
    assertTrue(!carriers.isEmpty());
  }

  @Test
  void shouldKeepStepsInTimeOrder() {
    for (Shift shift : fleet) {
      long before = 0;
      for (Step step : shift.steps()) {
        assertTrue(step.dayMs() >= before, step.toString());
        before = step.dayMs();
      }
    }
  }

  @Test
  void shouldPlayTheSameDayForTheSameSeed() throws IOException {
    assertEquals(steps(fleet), steps(cheatingFleet(1)));
  }

  @Test
  void shouldGiveFencesUniqueIdsThatTheServerTakes() {
    Set<String> ids = new HashSet<>();
    for (JsonObject feature : city.features()) {
      String id = feature.getString("id");
      assertTrue(id.matches("[A-Za-z0-9._:-]{1,64}"), id);
      assertTrue(ids.add(id), "twice: " + id);
    }
  }

  @Test
  void shouldMakeAreasOfTerritoriesAndSitesOfTheRest() {
    for (JsonObject feature : city.features()) {
      JsonObject properties = feature.getJsonObject("properties");
      boolean territory = properties.getJsonArray("tags").contains("territory");
      assertEquals(territory ? "area" : "site", properties.getString("fence_kind", "site"));
    }
  }

  @Test
  void shouldSpreadTheFleetOverTheCity() {
    Map<Company.Part, Integer> counts = new HashMap<>();
    fleet.forEach(shift -> counts.merge(Company.Part.of(shift.middle()), 1, Integer::sum));

    assertEquals(Company.Part.values().length, counts.size(), counts.toString());
    assertTrue(counts.values().stream().allMatch(count -> count >= 12), counts.toString());
  }

  @Test
  void shouldWriteStreetsLikePeopleDo() {
    assertEquals("4925 Craigwood / Fm 969", City.titleCase("4925 CRAIGWOOD/FM 969"));
  }

  private static List<Shift> cheatingFleet(long seed) throws IOException {
    Random random = new Random(seed);
    List<Shift> shifts = Demo.fleet(city, random);
    Cheating.sprinkle(shifts, city, START_MS, random);
    return shifts;
  }

  private static List<Punch> punches(List<Shift> shifts) {
    List<Punch> punches = new ArrayList<>();
    for (Shift shift : shifts) {
      for (Step step : shift.steps()) {
        if (step instanceof Punch punch) {
          punches.add(punch);
        }
      }
    }
    return punches;
  }

  private static List<List<Step>> steps(List<Shift> shifts) {
    return shifts.stream().map(shift -> List.copyOf(shift.steps())).toList();
  }
}
