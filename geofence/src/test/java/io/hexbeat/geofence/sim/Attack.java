package io.hexbeat.geofence.sim;

import java.util.Random;

/** A way to cheat: makes of an honest day what a cheat's phone would have sent. */
public interface Attack {
  /**
   * The forged day, its kind among its attacks. Where the cheat really was may differ as well: then
   * track and visits are the truth, records are the claim.
   */
  PersonDay apply(PersonDay honest, SimCity city, Random random);
}
