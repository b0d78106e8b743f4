package io.hexbeat.geofence.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A small crowd with many forged days; the figures of docs/trust.md come from larger ones. */
class TrustSimTest {
  @Test
  void shouldCatchMostAttacksAndLeaveHonestPeopleAlone() {
    TrustSim sim = TrustSim.run(7, 48, 2, 0.2);
    assertTrue(sim.attackDays() >= 12, () -> "attacks=" + sim.attackDays());
    assertTrue(sim.recall() >= 0.8, () -> "recall=" + sim.recall() + sim.surprises());
    assertTrue(sim.flaggedHonest() <= 1, () -> sim.surprises().toString());
  }
}
