package io.hexbeat.geofence.trust;

import static io.hexbeat.geofence.trust.TrustSignal.COUNTER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.SampleFix;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SignedCounterTest {
  private static final long T = 1_760_000_000_000L;
  private static final long MIN = 60_000;

  private final Phone phone = new Phone();

  /** A fix that its phone has signed. */
  private record Signed(Fix fix, int signingKey, long counter) implements Fix {
    @Override
    public boolean hasPosition() {
      return fix.hasPosition();
    }

    @Override
    public int latE7() {
      return fix.latE7();
    }

    @Override
    public int lngE7() {
      return fix.lngE7();
    }

    @Override
    public long fixTimeMs() {
      return fix.fixTimeMs();
    }

    @Override
    public long receivedTimeMs() {
      return fix.receivedTimeMs();
    }

    @Override
    public int accuracyCm() {
      return fix.accuracyCm();
    }

    @Override
    public int altitudeCm() {
      return fix.altitudeCm();
    }

    @Override
    public int speedCmps() {
      return fix.speedCmps();
    }

    @Override
    public int bearingCdeg() {
      return fix.bearingCdeg();
    }

    @Override
    public int batteryPct() {
      return fix.batteryPct();
    }

    @Override
    public boolean mock() {
      return fix.mock();
    }

    @Override
    public long seq() {
      return fix.seq();
    }

    @Override
    public long uptimeMs() {
      return fix.uptimeMs();
    }
  }

  private static Fix signed(int minute, int key, long counter) {
    return new Signed(SampleFix.at(T + minute * MIN, minute * 3, 0), key, counter);
  }

  @AfterEach
  void shouldReplayToTheSameState() {
    assertEquals(phone.state.toString(), phone.replayed.toString());
  }

  @Test
  void shouldTellASignedRecordThatDoesNotCountOn() {
    phone.ping(signed(0, 1, 7));
    phone.ping(signed(1, 1, 9));
    assertEquals(List.of(), phone.alertKinds());
    phone.ping(signed(2, 1, 9));
    phone.ping(signed(3, 1, 8));
    assertEquals(List.of(COUNTER), phone.alertKinds());
    assertEquals(9L, phone.alerts.get(0).figures().get("earlier_counter"));
    assertEquals(50, phone.alerts.get(0).weight());
  }

  @Test
  void shouldTellAnOldRecordThatIsReplayedEvenAsABacklog() {
    phone.ping(signed(10, 1, 7));
    phone.ping(new Signed(SampleFix.at(T, 99, 0).received(T + 11 * MIN), 1, 3));
    assertEquals(List.of(COUNTER), phone.alertKinds());
  }

  @Test
  void shouldBeginAnewWithANewKey() {
    phone.ping(signed(0, 1, 7));
    phone.ping(signed(1, 2, 0));
    phone.ping(SampleFix.at(T + 2 * MIN, 2, 0));
    phone.ping(signed(3, 2, 1));
    assertEquals(List.of(), phone.alertKinds());
  }

  @Test
  void shouldCountPunchesApartFromPings() {
    phone.ping(signed(0, 1, 1_000));
    PunchVerdict first = phone.claim(T + MIN, 0, 0).site(1).signed(1, 5).punch();
    assertEquals(List.of(), Phone.kinds(first));
    PunchVerdict again = phone.claim(T + 2 * MIN, 0, 0).site(1).signed(1, 5).punch();
    assertEquals(List.of(COUNTER), Phone.kinds(again));
  }

  @Test
  void shouldKnowTheLastThousandRecordsAgainAndNoOther() {
    for (int i = 0; i <= SignedCounter.REMEMBERED; i++) {
      Fix fix = signed(i, 1, i);
      assertFalse(TrustEngine.repeats(phone.state, fix));
      phone.ping(fix);
    }
    assertFalse(TrustEngine.repeats(phone.state, signed(0, 1, 0)));
    for (int i = 1; i <= SignedCounter.REMEMBERED; i++) {
      assertTrue(TrustEngine.repeats(phone.state, signed(i, 1, i)));
      assertFalse(TrustEngine.repeats(phone.state, signed(i + 1, 1, i)));
    }
    assertFalse(TrustEngine.repeats(phone.state, signed(1, 2, 1)));
    assertEquals(List.of(), phone.alertKinds());
  }
}
