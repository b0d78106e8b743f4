package io.hexbeat.geofence.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.PresencePolicy;
import org.junit.jupiter.api.Test;

/** A small run of what {@code hexbeat sim presence} prints, so that the figures can't get lost. */
class PresenceFiguresTest {
  @Test
  void shouldBelieveTransitionsOfPhonesOfThirtyMetresNoise() {
    PresenceFigures.Row row =
        new PresenceFigures(7, 6, 7, PresencePolicy.DEFAULT, PresenceFigures.Rules.USUAL)
            .headline();
    PresenceScore ours = row.ours();
    assertTrue(ours.precision() >= 0.975, ours::toString);
    assertTrue(ours.recall() >= 0.985, ours::toString);
    assertTrue(ours.falsePairsPerPersonWeek() <= 1.75, ours::toString);
    assertTrue(row.naive().precision() < 0.6, () -> row.naive().toString());
  }
}
