package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The vectors of docs/passkeys.md. */
final class PunchChallengeTest {
  @Test
  void shouldBeTheDocumentedBytes() {
    PunchChallenge whole =
        new PunchChallenge(
            "w-1",
            "visit_in",
            1_763_802_000_123L,
            302_672_000,
            -977_431_001,
            850,
            null,
            "cafe",
            "ann");
    assertEquals(
        """
        hexbeat-punch-v1
        id:w-1
        kind:visit_in
        at:1763802000123
        lat_e7:302672000
        lng_e7:-977431001
        accuracy_cm:850
        coord_type:
        site:cafe
        member:ann""",
        whole.text());
    assertEquals("Ky28lqhSmEPSkmfIlMZoXZVswYnl2UbhiFyBiSyQxB4", whole.base64());
  }

  @Test
  void shouldBeTheDocumentedBytesWithoutAPosition() {
    PunchChallenge bare =
        new PunchChallenge(
            "p:2", "clock_out", 1_763_802_000_000L, null, null, null, null, null, "ben-7");
    assertEquals("5DQiRcFmySLJqd_6CD_fPrUlMRUdz1QXfz3j6xGKP-o", bare.base64());
  }
}
