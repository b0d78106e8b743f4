package io.hexbeat.geofence.sim;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * People of a city over some days, honest all of them. One thread a crowd; a person's days are made
 * when asked for, so that a large crowd needs no memory. Hardships come at random, on about half of
 * the days, or as given; every eighth person rides with the one before for a day.
 */
public final class SimCrowd {
  /** A Monday; the clocks of the usual city change on the Sunday. */
  public static final LocalDate FIRST_DAY = LocalDate.of(2026, 10, 26);

  private static final int CAR_EVERY = 8;
  private static final Hardship[] HARDSHIPS = Hardship.values();

  private final SimCity city;
  private final int people;
  private final int days;
  private final double noiseMeters;
  private final @Nullable Set<Hardship> only;

  private SimCrowd(
      SimCity city, int people, int days, double noiseMeters, @Nullable Set<Hardship> only) {
    this.city = city;
    this.people = people;
    this.days = days;
    this.noiseMeters = noiseMeters;
    this.only = only;
  }

  /**
   * A crowd with hardships at random.
   *
   * @param noiseMeters in which 68% of the fixes lie; 0 for phones of 5 to 30 m
   */
  public static SimCrowd of(SimCity city, int people, int days, double noiseMeters) {
    return new SimCrowd(city, people, days, noiseMeters, null);
  }

  /** The same people, each day with just these hardships. */
  public SimCrowd with(Set<Hardship> hardships) {
    return new SimCrowd(city, people, days, noiseMeters, Set.copyOf(hardships));
  }

  public SimCity city() {
    return city;
  }

  public int people() {
    return people;
  }

  public int days() {
    return days;
  }

  /** The days of one person in order; members count from 1. */
  public List<PersonDay> daysOf(int member) {
    HonestPerson person = HonestPerson.of(city, member, noiseMeters);
    List<PersonDay> made = new ArrayList<>();
    for (int i = 0; i < days; i++) {
      LocalDate day = FIRST_DAY.plusDays(i);
      Set<Hardship> hardships = hardships(member, i);
      made.add(
          hardships.contains(Hardship.SHARED_CAR) && member > 1
              ? person.dayWith(HonestPerson.of(city, member - 1, noiseMeters), day, hardships)
              : person.day(day, hardships));
    }
    return made;
  }

  private Set<Hardship> hardships(int member, int day) {
    if (only != null) {
      return only;
    }
    Random random = new Random(city.seed() * 31 + member * 1_000_003L + day);
    EnumSet<Hardship> hardships = EnumSet.noneOf(Hardship.class);
    if (member % CAR_EVERY == 0 && day % 5 == 2) {
      hardships.add(Hardship.SHARED_CAR);
    }
    for (int draws = random.nextInt(4); draws > 1; draws--) {
      Hardship drawn = HARDSHIPS[random.nextInt(HARDSHIPS.length)];
      if (drawn != Hardship.SHARED_CAR && drawn != Hardship.DAYLIGHT_SAVING) {
        hardships.add(drawn);
      }
    }
    return hardships;
  }
}
