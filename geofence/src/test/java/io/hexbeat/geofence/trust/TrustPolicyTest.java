package io.hexbeat.geofence.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TrustPolicyTest {
  @Test
  void shouldHaveEachDefaultWithinItsRange() {
    for (TrustLimit limit : TrustLimit.values()) {
      assertTrue(
          limit.byDefault() >= limit.least() && limit.byDefault() <= limit.most(), limit::code);
      assertEquals(limit, TrustLimit.ofCode(limit.code()));
    }
  }

  @Test
  void shouldRefuseWhatIsOutsideItsRange() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TrustPolicy(1, Map.of(TrustLimit.DARK_MS, 1L), Map.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TrustPolicy(1, Map.of(), Map.of(TrustSignal.TANDEM, 101)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TrustPolicy(1, Map.of(TrustLimit.PLANE_MPS, 105L), Map.of()),
        "a plane is no slower than a train");
  }
}
