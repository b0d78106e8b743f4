package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.PresencePolicy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The presence engine and the naive twin over the simulator's people: a row for phones of 30 m
 * noise and nothing else, the same by strict rules, one for all hardships together, one for each
 * alone. One thread; the same seed and sizes give the same figures.
 */
public final class PresenceFigures {
  /**
   * What is asked.
   *
   * @param wall how near to edges people stay
   * @param toleranceMs how far off a right transition may be
   */
  public record Rules(SimSite.Wall wall, long toleranceMs) {
    public static final Rules USUAL = new Rules(SimSite.Wall.USUAL, PresenceScore.TOLERANCE_MS);

    /** People at the walls of sites, a twelfth of the smallest from its edge. */
    public static final Rules STRICT = new Rules(new SimSite.Wall(5, 0), 120_000);
  }

  /**
   * A row.
   *
   * @param ours what stands in the end, visits that late fixes amended included
   * @param live what was told at once
   */
  public record Row(String kind, PresenceScore ours, PresenceScore live, PresenceScore naive) {}

  public static final String HEADLINE = "noise_30m";
  private static final int SITES = 300;
  private static final double HEADLINE_METERS = 30;

  /** A hardship alone is shown on a part of the people. */
  private static final int FEWER = 5;

  private final SimCity city;
  private final int people;
  private final int days;
  private final PresencePolicy policy;
  private final Rules rules;

  public PresenceFigures(long seed, int people, int days, PresencePolicy policy, Rules rules) {
    this.city = SimCity.of(seed, SITES).with(rules.wall());
    this.people = people;
    this.days = days;
    this.policy = policy;
    this.rules = rules;
  }

  /** All rows; {@code progress} is told before each. */
  public List<Row> all(Consumer<String> progress) {
    List<Row> rows = new ArrayList<>();
    progress.accept(HEADLINE);
    rows.add(headline());
    progress.accept("mixed");
    rows.add(row("mixed", SimCrowd.of(city, people, days, 0), people));
    int fewer = Math.max(1, people / FEWER);
    progress.accept("calm");
    rows.add(row("calm", SimCrowd.of(city, fewer, days, 0).with(Set.of()), fewer));
    for (Hardship hardship : Hardship.values()) {
      String kind = hardship.name().toLowerCase(Locale.ROOT);
      progress.accept(kind);
      rows.add(row(kind, SimCrowd.of(city, fewer, days, 0).with(EnumSet.of(hardship)), fewer));
    }
    return rows;
  }

  /** Phones of 30 m noise on calm days: the figure to reach. */
  public Row headline() {
    return row(HEADLINE, SimCrowd.of(city, people, days, HEADLINE_METERS).with(Set.of()), people);
  }

  private Row row(String kind, SimCrowd crowd, int count) {
    PresenceScore ours = new PresenceScore(rules.toleranceMs());
    PresenceScore live = new PresenceScore(rules.toleranceMs());
    PresenceScore naive = new PresenceScore(rules.toleranceMs());
    for (int member = 1; member <= count; member++) {
      List<PersonDay> personDays = crowd.daysOf(member);
      PresenceRun run = new PresenceRun(city.index(), policy);
      personDays.forEach(run::go);
      ours.add(city, personDays, run.amended());
      live.add(city, personDays, run.told());
      naive.add(city, personDays, run.rawTold());
    }
    return new Row(kind, ours, live, naive);
  }
}
