package io.hexbeat.geofence.trust;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.SampleFix;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The line of a ping through both engines, as a shard runs it, under the JVM's own meter. */
class AllocationTest {
  private static final long T = 1_790_000_000_000L;
  private static final int PINGS = 100_000;

  private final PresenceEngine presence = new PresenceEngine(PresencePolicy.DEFAULT, 300_000);
  private final TrustEngine trust = new TrustEngine(TrustPolicy.DEFAULT);
  private final PresenceState presenceState = new PresenceState();
  private final TrustState trustState = new TrustState();
  private final PhoneBook phones = new EmptyPhoneBook();
  private final PresenceDecision decision = new PresenceDecision();

  /** Knows nobody and allocates nothing, so that only the engines are measured. */
  private static final class EmptyPhoneBook implements PhoneBook {
    @Override
    public void note(String phoneId, int memberHandle, long useMs) {}

    @Override
    public boolean sharedAt(String phoneId, int memberHandle, long useMs, long windowMs) {
      return false;
    }

    @Override
    public List<Integer> othersAt(String phoneId, int memberHandle, long useMs, long windowMs) {
      return List.of();
    }

    @Override
    public long nearestOtherUseMs(String phoneId, int memberHandle, long useMs, long windowMs) {
      return windowMs;
    }
  }

  @Test
  void shouldAllocateNothingAPing() {
    FenceIndex index = FenceIndex.of(1, List.of(Fence.of(1, "s", SampleFix.circle(0, 0, 100))));
    Fix[] fixes = new Fix[2 * PINGS];
    for (int i = 0; i < fixes.length; i++) {
      fixes[i] = SampleFix.at(T + i * 1_000L, i % 300, i % 7).seq(i).uptime(i * 1_000L);
    }
    run(index, fixes, 0);
    ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = meter.getCurrentThreadAllocatedBytes();
    run(index, fixes, PINGS);
    double bytesAPing = (meter.getCurrentThreadAllocatedBytes() - before) / (double) PINGS;
    assertTrue(bytesAPing < 1, () -> bytesAPing + " bytes a ping");
  }

  @Test
  void shouldAllocateNothingAPingOfWhoDrivesAmongFences() {
    List<Fence> fences = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      fences.add(
          Fence.of(
              1 + i, "f" + i, SampleFix.circle(i % 20 * 150.0, (i - i % 20) * 7.5, 40 + i % 60)));
    }
    FenceIndex index = FenceIndex.of(1, fences);
    Fix[] fixes = new Fix[2 * PINGS];
    for (int i = 0; i < fixes.length; i++) {
      double way = i * 120.0 % 12_000;
      double east = way < 3_000 ? way : way < 6_000 ? 3_000 : way < 9_000 ? 9_000 - way : 0;
      double north =
          way < 3_000 ? 70 : way < 6_000 ? way - 3_000 : way < 9_000 ? 2_930 : 12_000 - way;
      fixes[i] = SampleFix.at(T + i * 10_000L, east, north).seq(i).uptime(i * 10_000L);
    }
    run(index, fixes, 0);
    ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = meter.getCurrentThreadAllocatedBytes();
    run(index, fixes, PINGS);
    double bytesAPing = (meter.getCurrentThreadAllocatedBytes() - before) / (double) PINGS;
    assertTrue(bytesAPing < 1, () -> bytesAPing + " bytes a ping");
  }

  private void run(FenceIndex index, Fix[] fixes, int from) {
    for (int i = from; i < from + PINGS; i++) {
      Fix fix = fixes[i];
      presence.decide(index, presenceState, fix, decision);
      long opened =
          Finding.bits(trust.decidePing(trustState, phones, "p", 1, fix, decision.order()));
      PresenceEngine.apply(presenceState, fix, decision);
      TrustEngine.applyPing(trustState, phones, "p", 1, fix, decision.order(), opened);
    }
  }
}
