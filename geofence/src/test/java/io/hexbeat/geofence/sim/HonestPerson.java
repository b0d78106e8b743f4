package io.hexbeat.geofence.sim;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Somebody who does the job: a home, a territory of some twenty customers, a phone with habits of
 * its own. One thread; days are asked for in order, since phones and their counters go on. The same
 * city, member and days give the same records.
 */
public final class HonestPerson {
  private static final int TERRITORY = 20;
  private static final int[] MOVING_EVERY_SECONDS = {5, 10, 10, 15, 30};
  private static final int[] STILL_EVERY_SECONDS = {30, 60, 60, 120};

  private final SimCity city;
  private final int member;
  private final double[] home;
  private final List<SimSite> territory;
  private final PhoneHabits habits;
  private final PhoneLog log;

  private HonestPerson(SimCity city, int member, double noiseMeters) {
    this.city = city;
    this.member = member;
    Random random = random(0);
    this.home = DayPlan.somewhere(city, random);
    double[] middle = DayPlan.somewhere(city, random);
    this.territory =
        city.sites().stream()
            .skip(1)
            .sorted(Comparator.comparingDouble(site -> site.metersTo(middle[0], middle[1])))
            .limit(TERRITORY)
            .toList();
    this.habits =
        new PhoneHabits(
            noiseMeters > 0 ? noiseMeters : 5 + random.nextDouble() * 25,
            MOVING_EVERY_SECONDS[random.nextInt(MOVING_EVERY_SECONDS.length)] * 1_000L,
            STILL_EVERY_SECONDS[random.nextInt(STILL_EVERY_SECONDS.length)] * 1_000L,
            random.nextInt(10) > 0,
            random.nextInt(5) > 0);
    this.log = new PhoneLog(city, member, habits);
  }

  /**
   * A person.
   *
   * @param noiseMeters in which 68% of the phone's fixes lie; 0 for one of 5 to 30 m
   */
  public static HonestPerson of(SimCity city, int member, double noiseMeters) {
    return new HonestPerson(city, member, noiseMeters);
  }

  public int member() {
    return member;
  }

  public PhoneHabits habits() {
    return habits;
  }

  /** East and north. */
  public double[] home() {
    return home.clone();
  }

  public List<SimSite> territory() {
    return territory;
  }

  /** The next day, alone. */
  public PersonDay day(LocalDate day, Set<Hardship> hardships) {
    return day(day, hardships, this);
  }

  /** The next day in another's car and with another's customers. */
  public PersonDay dayWith(HonestPerson driver, LocalDate day, Set<Hardship> hardships) {
    EnumSet<Hardship> shared = EnumSet.of(Hardship.SHARED_CAR);
    shared.addAll(hardships);
    return day(day, shared, driver);
  }

  private PersonDay day(LocalDate day, Set<Hardship> given, HonestPerson driver) {
    EnumSet<Hardship> hardships = EnumSet.noneOf(Hardship.class);
    hardships.addAll(given);
    if (clocksChange(day)) {
      hardships.add(Hardship.DAYLIGHT_SAVING);
    }
    long date = day.toEpochDay();
    DayPlan plan =
        DayPlan.of(
            city, home, driver.territory, day, hardships, random(date), driver.random(~date));
    SimPhone phone = log.phone();
    List<SimRecord> records = log.day(plan, hardships, random(date << 1 | 1L << 40));
    return new PersonDay(
        member,
        phone,
        day,
        records,
        plan.track(),
        plan.track().visits(city),
        hardships,
        EnumSet.noneOf(AttackKind.class));
  }

  private boolean clocksChange(LocalDate day) {
    return !day.atStartOfDay(city.zone())
        .plusDays(1)
        .toInstant()
        .equals(day.atStartOfDay(city.zone()).toInstant().plusSeconds(86_400));
  }

  private Random random(long purpose) {
    return new Random(
        city.seed() * 0x9E37_79B9_7F4A_7C15L + member * 0xBF58_476D_1CE4_E5B9L + purpose);
  }
}
