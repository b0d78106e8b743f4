package io.hexbeat.api.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexbeat.geofence.Fix;
import io.hexbeat.ingest.live.LivePosition;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class MemberStatesTest {
  private static final long NOW_MS = 1_795_262_400_000L;
  private static final int[] NOWHERE = {};
  private static final int[] AT_SHOP = {5};
  private static final int[] IN_DISTRICT = {6};
  private static final int[] AT_SHOP_IN_DISTRICT = {6, 5};

  private final Clock clock = Clock.fixed(Instant.ofEpochMilli(NOW_MS), ZoneOffset.UTC);
  private final OpenAlerts alerts = new OpenAlerts(clock);
  private final MemberStates states = new MemberStates(alerts, fence -> fence == 5, clock);

  @Test
  void shouldTellMovingFromStillBySpeed() {
    assertEquals(MemberState.MOVING, states.of(position(0, 0, 70, NOWHERE)));
    assertEquals(MemberState.STILL, states.of(position(0, 0, 69, NOWHERE)));
  }

  @Test
  void shouldTellMovingFromStillByPlaceWhenThePhoneTellsNoSpeed() {
    assertEquals(MemberState.STILL, states.of(position(0, 0, Fix.UNKNOWN, NOWHERE)));
    assertEquals(MemberState.STILL, states.of(position(1_000, 2_000, Fix.UNKNOWN, NOWHERE)));
    assertEquals(MemberState.MOVING, states.of(position(2_000, 5_000, Fix.UNKNOWN, NOWHERE)));
    assertEquals(MemberState.MOVING, states.of(position(60_000, 5_100, Fix.UNKNOWN, NOWHERE)));
    assertEquals(MemberState.STILL, states.of(position(130_000, 5_100, Fix.UNKNOWN, NOWHERE)));
  }

  @Test
  void shouldPutASiteBeforeMotion() {
    assertEquals(MemberState.AT_SITE, states.of(position(0, 0, 500, AT_SHOP)));
  }

  @Test
  void shouldNotCallAnAreaASite() {
    assertEquals(MemberState.MOVING, states.of(position(0, 0, 500, IN_DISTRICT)));
    assertEquals(MemberState.STILL, states.of(position(0, 0, 0, IN_DISTRICT)));
    assertEquals(MemberState.AT_SITE, states.of(position(0, 0, 500, AT_SHOP_IN_DISTRICT)));
  }

  @Test
  void shouldCallSilenceOffline() {
    long limit = MemberStates.OFFLINE_AFTER_MS;
    assertEquals(MemberState.AT_SITE, states.of(heardAgo(limit)));
    assertEquals(MemberState.OFFLINE, states.of(heardAgo(limit + 1)));
  }

  @Test
  void shouldCallAMemberSuspectUntilTheAlertIsAnsweredOrOld() {
    LivePosition position = heardAgo(MemberStates.OFFLINE_AFTER_MS + 1);
    alerts.changed(1, "warning", "warning", "warning", NOW_MS, "open");
    alerts.changed(1, "old", "old", "critical", NOW_MS - OpenAlerts.SUSPECT_MS, "open");
    assertEquals(MemberState.OFFLINE, states.of(position));
    alerts.changed(1, "new", "new", "critical", NOW_MS - OpenAlerts.SUSPECT_MS + 1, "open");
    assertEquals(MemberState.SUSPECT, states.of(position));
    alerts.changed(1, "new", "new", "critical", NOW_MS - OpenAlerts.SUSPECT_MS + 1, "resolved");
    assertEquals(MemberState.OFFLINE, states.of(position));
  }

  private static LivePosition position(long afterMs, int latE7, int speedCmps, int[] fences) {
    return new LivePosition(
        1, 1, latE7, 0, NOW_MS + afterMs, NOW_MS, 1_000, speedCmps, Fix.UNKNOWN, 50, fences);
  }

  private static LivePosition heardAgo(long agoMs) {
    return new LivePosition(1, 1, 0, 0, NOW_MS, NOW_MS - agoMs, 1_000, 0, Fix.UNKNOWN, 50, AT_SHOP);
  }
}
