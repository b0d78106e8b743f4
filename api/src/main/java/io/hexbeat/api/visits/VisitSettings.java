package io.hexbeat.api.visits;

import io.hexbeat.geofence.visit.VisitRules;
import java.time.Duration;

/**
 * What can be set of visits.
 *
 * @param rules what is too short to count
 * @param amendWithin how old a fix may be that comes late and still amends a visit
 */
public record VisitSettings(VisitRules rules, Duration amendWithin) {
  /** As long as a phone may have been away and still have its days kept apart. */
  public static final VisitSettings DEFAULT =
      new VisitSettings(VisitRules.DEFAULT, Duration.ofDays(62));
}
