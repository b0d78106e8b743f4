package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.presence.FixOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Findings of pings that open alerts. Immutable; any thread. A ping that finds nothing allocates
 * nothing: each signal is first asked whether it may open an alert, then whether it is there.
 */
final class PingSignals {
  private final TrustPolicy policy;
  private final ClockSignals clocks;
  private final TeleportSignal teleport;
  private final MotionSignal motion;
  private final DutySignal duty;
  private final HabitSignals habits;

  PingSignals(TrustPolicy policy) {
    this.policy = policy;
    this.clocks = new ClockSignals(policy);
    this.teleport = new TeleportSignal(policy);
    this.motion = new MotionSignal(policy);
    this.duty = new DutySignal(policy);
    this.habits = new HabitSignals(policy);
  }

  List<Finding> find(
      TrustState device,
      PhoneBook phones,
      String phoneId,
      int memberHandle,
      Fix fix,
      FixOrder order) {
    List<Finding> found = List.of();
    found = mockFlag(device, fix, found);
    if (order == FixOrder.APPLIED) {
      if (device.track.leapHeld()) {
        found = add(teleport.onPing(device, fix, may(device, TrustSignal.TELEPORT, fix)), found);
      }
      found = frozen(device, fix, found);
      found = moved(device, fix, found);
    }
    if (device.samePhone(phoneId)) {
      found = clock(device, fix, found);
      found = counter(device, fix, found);
    } else {
      found = ahead(device, fix, found);
    }
    return weighed(shared(device, phones, phoneId, memberHandle, fix, found));
  }

  /** What a day's fixes give away, each asked only once it may be told again. */
  private List<Finding> moved(TrustState device, Fix fix, List<Finding> found) {
    List<Finding> now = found;
    if (motion.hops(device, fix) && may(device, TrustSignal.TELEPORT, fix)) {
      now = motion.byHops(device, fix).addedTo(now);
    }
    if (motion.mayBe(device, fix) && may(device, TrustSignal.ROBOT_MOTION, fix)) {
      now = add(motion.onPing(device, fix), now);
    }
    if (duty.mayBe(device, fix) && may(device, TrustSignal.DARK, fix)) {
      now = add(duty.onPing(device, fix), now);
    }
    if (device.visits.leftAfterMs(fix) >= 0 && may(device, TrustSignal.PUNCH_AND_LEAVE, fix)) {
      now = add(habits.onLeaving(device, fix), now);
    }
    return now;
  }

  /** As the policy weighs them; the others of most pings are none. */
  private List<Finding> weighed(List<Finding> found) {
    if (found.isEmpty()) {
      return found;
    }
    List<Finding> weighed = new ArrayList<>(found.size());
    for (Finding finding : found) {
      Finding kept = policy.weighed(finding);
      if (kept != null) {
        weighed.add(kept);
      }
    }
    return weighed;
  }

  private List<Finding> mockFlag(TrustState device, Fix fix, List<Finding> found) {
    if (!fix.mock() || !fix.hasPosition() || !may(device, TrustSignal.MOCK_FLAG, fix)) {
      return found;
    }
    return Finding.of(TrustSignal.MOCK_FLAG)
        .with("mock", true)
        .time("fix_time", fix.fixTimeMs())
        .addTo(found);
  }

  private List<Finding> frozen(TrustState device, Fix fix, List<Finding> found) {
    FrozenRun run = device.frozen;
    if (!run.continuedBy(fix)
        || run.fixes() + 1 < run.neededFixes(policy)
        || fix.fixTimeMs() - run.firstFixMs() < run.neededMs(policy)) {
      return found;
    }
    boolean mayOpen =
        run.told()
            ? device.episodes.mayRepeat(TrustSignal.FROZEN, fix.receivedTimeMs(), policy)
            : may(device, TrustSignal.FROZEN, fix);
    if (!mayOpen) {
      return found;
    }
    return frozenFigures(run, run.fixes() + 1, fix.fixTimeMs()).addTo(found);
  }

  static Finding.Builder frozenFigures(FrozenRun run, int fixes, long untilMs) {
    return Finding.of(TrustSignal.FROZEN)
        .with("fixes", fixes)
        .with("span_ms", untilMs - run.firstFixMs())
        .time("since_time", run.firstFixMs())
        .accuracy("accuracy_m", run.accuracyCm());
  }

  private List<Finding> ahead(TrustState device, Fix fix, List<Finding> found) {
    boolean ahead = clocks.ahead(fix.fixTimeMs(), fix.receivedTimeMs());
    return ahead && may(device, TrustSignal.CLOCK_SKEW, fix)
        ? add(clocks.skew(fix.fixTimeMs(), fix.receivedTimeMs()), found)
        : found;
  }

  private List<Finding> clock(TrustState device, Fix fix, List<Finding> found) {
    long atMs = fix.fixTimeMs();
    List<Finding> now = found;
    if (clocks.ahead(atMs, fix.receivedTimeMs())) {
      return ahead(device, fix, found);
    }
    if (clocks.mayJump(device.clock, atMs, fix.uptimeMs(), fix.receivedTimeMs())
        && may(device, TrustSignal.CLOCK_JUMP, fix)) {
      now = add(clocks.jump(device.clock, atMs, fix.uptimeMs(), fix.receivedTimeMs()), now);
    }
    return now;
  }

  /** What was signed goes before what the app counts besides. */
  private List<Finding> counter(TrustState device, Fix fix, List<Finding> found) {
    long atMs = fix.fixTimeMs();
    boolean signed = fix.counter() >= 0;
    if ((!signed && fix.seq() < 0)
        || (!signed && clocks.ahead(atMs, fix.receivedTimeMs()))
        || !may(device, TrustSignal.COUNTER, fix)) {
      return found;
    }
    return add(
        signed
            ? clocks.counter(device.signedPings, fix.signingKey(), fix.counter(), atMs)
            : clocks.counter(device.clock.pings(), fix.seq(), atMs),
        found);
  }

  private List<Finding> shared(
      TrustState device,
      PhoneBook phones,
      String phoneId,
      int memberHandle,
      Fix fix,
      List<Finding> found) {
    long useMs = Math.min(fix.fixTimeMs(), fix.receivedTimeMs());
    if (!phones.sharedAt(phoneId, memberHandle, useMs, policy.sharedWindowMs())
        || !may(device, TrustSignal.DEVICE_SHARED, fix)) {
      return found;
    }
    return sharedFigures(policy, phones, phoneId, memberHandle, useMs).addTo(found);
  }

  static Finding.Builder sharedFigures(
      TrustPolicy policy, PhoneBook phones, String phoneId, int memberHandle, long useMs) {
    List<Integer> others = phones.othersAt(phoneId, memberHandle, useMs, policy.sharedWindowMs());
    return Finding.of(TrustSignal.DEVICE_SHARED)
        .with("phone", phoneId)
        .with("other_member_handles", others)
        .with("members", others.size() + 1)
        .with(
            "apart_ms",
            phones.nearestOtherUseMs(phoneId, memberHandle, useMs, policy.sharedWindowMs()))
        .with("window_ms", policy.sharedWindowMs());
  }

  private boolean may(TrustState device, TrustSignal signal, Fix fix) {
    return !policy.silent(signal) && device.episodes.mayOpen(signal, fix.receivedTimeMs(), policy);
  }

  private static List<Finding> add(@Nullable Finding finding, List<Finding> found) {
    return finding == null ? found : finding.addedTo(found);
  }
}
