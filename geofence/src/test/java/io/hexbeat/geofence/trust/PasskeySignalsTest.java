package io.hexbeat.geofence.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.SampleFix;
import io.hexbeat.geofence.trust.PasskeyPolicy.Required;
import io.hexbeat.geofence.trust.PasskeyProof.Outcome;
import io.hexbeat.geofence.trust.PunchVerdict.Verdict;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PasskeySignalsTest {
  private static final long T = 1_760_000_000_000L;

  private final MemberTrustState member = new MemberTrustState();
  private final TrustState device = new TrustState();

  @Test
  void shouldNameWhoWasVerifiedWithoutDoubt() {
    PunchVerdict verdict = judge(Required.ALWAYS, 0, proof(Outcome.VERIFIED, 5));
    assertEquals(Verdict.VERIFIED, verdict.verdict());
    Finding proven = Phone.reason(verdict, TrustSignal.USER_VERIFIED);
    assertTrue(proven.weight() < 0);
    assertEquals("cred", proven.figures().get("credential_id"));
    assertEquals(5L, proven.figures().get("counter"));
    assertNull(verdict.strongest());
    assertFalse(verdict.opensAlert());
  }

  @ParameterizedTest
  @CsvSource({
    "DEVICE_SHARED, 45, 18",
    "DEVICE_CHANGED, 30, 12",
    "OUTSIDE_SITE, 75, 75",
    "MOCK_FLAG, 80, 80",
    "CLOCK_SKEW, 50, 50"
  })
  void shouldTakeDoubtOffWhoAndNothingOffWhere(TrustSignal signal, int without, int with) {
    Finding doubt = new Finding(signal, signal.weight(), Map.of());
    Finding proof =
        new Finding(TrustSignal.USER_VERIFIED, TrustSignal.USER_VERIFIED.weight(), Map.of());
    assertEquals(without, Finding.score(List.of(doubt)));
    assertEquals(with, Finding.score(List.of(doubt, proof)));
    assertEquals(with, Finding.score(List.of(proof, doubt)));
    assertEquals(0, Finding.score(List.of(proof)));
  }

  @Test
  void shouldAskForAProofAlwaysOrWhereThereIsDoubt() {
    assertFalse(judge(Required.NEVER, 0, null).asksForUser());
    assertFalse(judge(Required.NEVER, 5_000_000, null).asksForUser());
    assertFalse(judge(Required.RISK, 0, null).asksForUser());
    assertTrue(judge(Required.RISK, 5_000_000, null).asksForUser());
    assertTrue(judge(Required.ALWAYS, 0, null).asksForUser());
  }

  @Test
  void shouldBeUnverifiedAtBestWithoutAProofAndTellNobody() {
    PunchVerdict verdict = judge(Required.ALWAYS, 0, null);
    assertEquals(Verdict.UNVERIFIED, verdict.verdict());
    assertEquals(30, verdict.score());
    assertFalse(verdict.opensAlert());
    assertTrue(judge(Required.ALWAYS, 5_000_000, null).opensAlert());
  }

  @ParameterizedTest
  @EnumSource(names = "VERIFIED", mode = EnumSource.Mode.EXCLUDE)
  void shouldDoubtAnAssertionThatProvesNothing(Outcome outcome) {
    PunchVerdict verdict = judge(Required.NEVER, 0, proof(outcome, 0));
    Finding invalid = Phone.reason(verdict, TrustSignal.PASSKEY_INVALID);
    assertEquals(outcome.text(), invalid.figures().get("problem"));
    assertEquals(Verdict.UNVERIFIED, verdict.verdict());
    assertTrue(verdict.opensAlert());
    assertEquals(outcome, Outcome.of(outcome.code()));
  }

  @Test
  void shouldSeeACopyByItsCounter() {
    assertProven(5);
    assertProven(6);
    PunchVerdict copied = judge(Required.NEVER, 0, proof(Outcome.VERIFIED, 6));
    Finding invalid = Phone.reason(copied, TrustSignal.PASSKEY_INVALID);
    assertEquals("counter", invalid.figures().get("problem"));
    assertEquals(6L, invalid.figures().get("earlier_counter"));
    assertEquals(
        "counter",
        Phone.reason(
                judge(Required.NEVER, 0, proof(Outcome.VERIFIED, 0)), TrustSignal.PASSKEY_INVALID)
            .figures()
            .get("problem"));
    assertProven(7);
  }

  @Test
  void shouldKnowTheCounterOfTheEnrolment() {
    PasskeyProof behind = new PasskeyProof(Outcome.VERIFIED, "cred", true, false, 9, 9);
    assertTrue(Phone.kinds(judge(Required.NEVER, 0, behind)).contains(TrustSignal.PASSKEY_INVALID));
    PasskeyProof ahead = new PasskeyProof(Outcome.VERIFIED, "cred", true, false, 10, 9);
    assertTrue(Phone.kinds(judge(Required.NEVER, 0, ahead)).contains(TrustSignal.USER_VERIFIED));
  }

  @Test
  void shouldTakePasskeysThatDoNotCount() {
    for (int i = 0; i < 3; i++) {
      assertProven(0);
    }
  }

  @Test
  void shouldProveAPunchAfterwards() {
    List<Finding> reasons = new ArrayList<>(judge(Required.ALWAYS, 0, null).reasons());
    reasons.add(new Finding(TrustSignal.DEVICE_CHANGED, 30, Map.of()));
    Finding proof =
        new Finding(TrustSignal.USER_VERIFIED, TrustSignal.USER_VERIFIED.weight(), Map.of());
    PunchVerdict verdict =
        new TrustEngine(TrustPolicy.DEFAULT).proven(reasons, proof, PunchVerdict.Place.INSIDE);
    assertEquals(Verdict.VERIFIED, verdict.verdict());
    assertEquals(12, verdict.score());
    assertEquals(
        List.of(TrustSignal.DEVICE_CHANGED, TrustSignal.USER_VERIFIED), Phone.kinds(verdict));
  }

  @Test
  void shouldRefuseAPolicyOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new PasskeyPolicy(Required.RISK, 0, 60_000));
    assertThrows(IllegalArgumentException.class, () -> new PasskeyPolicy(Required.RISK, 30, -1));
  }

  private void assertProven(long counter) {
    PunchVerdict verdict = judge(Required.ALWAYS, 0, proof(Outcome.VERIFIED, counter));
    assertEquals(List.of(TrustSignal.USER_VERIFIED), Phone.kinds(verdict));
  }

  private static PasskeyProof proof(Outcome outcome, long counter) {
    return new PasskeyProof(outcome, "cred", true, false, counter, 0);
  }

  /** A punch so far north of the site, judged and applied. */
  private PunchVerdict judge(Required required, int northE7, @Nullable PasskeyProof proof) {
    Phone phone = new Phone();
    PunchClaim claim =
        phone.claimAt(T, SampleFix.latE7(0) + northE7, SampleFix.lngE7(0)).passkey(proof).build();
    TrustEngine engine =
        new TrustEngine(TrustPolicy.DEFAULT, new PasskeyPolicy(required, 30, 600_000));
    ListedPhoneBook phones = new ListedPhoneBook();
    PunchVerdict verdict =
        engine.decidePunch(
            Phone.SITES, device, member, phones, ZoneId.of("America/Chicago"), claim);
    TrustEngine.applyPunch(new TrustState(), member, phones, claim);
    return verdict;
  }
}
