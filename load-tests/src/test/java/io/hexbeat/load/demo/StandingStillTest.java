package io.hexbeat.load.demo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import io.hexbeat.geofence.sim.SimPhone;
import io.hexbeat.geofence.sim.SimPing;
import java.io.InputStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The recorded day of the demo: whoever stands still for an hour neither comes nor goes, wherever a
 * fence's edge runs.
 */
class StandingStillTest {
  private static final long HOUR_MS = 3_600_000;
  private static final double STILL_METERS = 25;
  private static final long MIDNIGHT_MS = 1_790_000_000_000L;

  @Test
  void shouldNotChangePresenceOfWhoStandsStillForAnHour() throws Exception {
    int hours = 0;
    int changes = 0;
    try (InputStream traces =
        Objects.requireNonNull(Demo.class.getResourceAsStream("/demo/austin_buses.csv.gz"))) {
      for (VehicleDay day : VehicleDay.readAll(traces, ZoneId.of("America/Chicago"))) {
        for (List<TraceFix> still : stillHours(day.fixes())) {
          hours++;
          changes += changes(still);
        }
      }
    }
    int found = hours;
    int told = changes;
    assertTrue(found >= 2, () -> "still hours=" + found);
    assertTrue(told == 0, () -> "changes=" + told + " in still hours=" + found);
  }

  /** Of fences around and beside it; having been inside from the beginning is no change. */
  private static int changes(List<TraceFix> still) {
    int lat = E7.fromDegrees(still.get(0).latDegrees());
    int lng = E7.fromDegrees(still.get(0).lngDegrees());
    int changes = 0;
    for (int radius : new int[] {30, 60, 100, 150}) {
      for (int metersAway = 0; metersAway <= 240; metersAway += 20) {
        Circle circle = new Circle(lat, lng + (int) (metersAway / E7.METERS_PER_UNIT), radius);
        changes += changes(FenceIndex.of(1, List.of(Fence.of(1, "f", circle))), still);
      }
    }
    return changes;
  }

  private static int changes(FenceIndex index, List<TraceFix> still) {
    PresenceEngine engine = new PresenceEngine(PresencePolicy.DEFAULT, 300_000);
    PresenceState state = new PresenceState();
    PresenceDecision decision = new PresenceDecision();
    long settledMs = MIDNIGHT_MS + still.get(0).dayMs() + HOUR_MS / 6;
    int changes = 0;
    for (TraceFix fix : still) {
      SimPing.Draft ping = new SimPing.Draft(new SimPhone(1, "bus"));
      ping.latE7 = E7.fromDegrees(fix.latDegrees());
      ping.lngE7 = E7.fromDegrees(fix.lngDegrees());
      ping.fixTimeMs = MIDNIGHT_MS + fix.dayMs();
      ping.receivedTimeMs = ping.fixTimeMs;
      SimPing built = ping.build();
      engine.decide(index, state, built, decision);
      PresenceEngine.apply(state, built, decision);
      for (int i = 0; i < decision.count(); i++) {
        boolean comesOrGoes = decision.kind(i).transition() && decision.kind(i) != ChangeKind.DWELL;
        changes += comesOrGoes && ping.fixTimeMs > settledMs ? 1 : 0;
      }
    }
    return changes;
  }

  /** Stretches of an hour and more in which nothing is far from where they began. */
  private static List<List<TraceFix>> stillHours(List<TraceFix> fixes) {
    List<List<TraceFix>> found = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= fixes.size(); i++) {
      if (i == fixes.size() || fixes.get(from).metersTo(fixes.get(i)) > STILL_METERS) {
        if (fixes.get(i - 1).dayMs() - fixes.get(from).dayMs() >= HOUR_MS && i - from >= 5) {
          found.add(fixes.subList(from, i));
        }
        from = i;
      }
    }
    return found;
  }
}
