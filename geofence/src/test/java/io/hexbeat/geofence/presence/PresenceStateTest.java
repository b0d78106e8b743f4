package io.hexbeat.geofence.presence;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a device costs, and what its state remembers. */
class PresenceStateTest {
  private static final long T = 1_790_000_000_000L;

  @Test
  void shouldTakeAtMost320BytesOutsideFences() {
    PresenceState[] states = new PresenceState[10_000];
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < states.length; i++) {
      states[i] = new PresenceState();
    }
    double bytes = (threads.getCurrentThreadAllocatedBytes() - before) / (double) states.length;
    assertTrue(bytes <= 320, "bytes=" + bytes);
  }

  @Test
  void shouldRememberAWholeBatchOfSixtyFour() {
    PresenceState state = new PresenceState();
    for (int i = 0; i < 200; i++) {
      state.remember(T + i, i, i, T + i);
    }
    for (int i = 200; i < 264; i++) {
      state.remember(T + i, i, i, T + 1_000);
    }
    for (int i = 200; i < 264; i++) {
      assertTrue(state.remembers(T + i, i, i), "i=" + i);
    }
    assertFalse(state.remembers(T + 264, 264, 264));
  }

  @Test
  void shouldRememberTheMessagesThatAStreamHasUnderWay() {
    PresenceState state = new PresenceState();
    for (int i = 0; i < 100; i++) {
      state.remember(T + i, i, i, T + i * 1_000L);
    }
    for (int i = 100; i < 124; i++) {
      int message = (i - 100) / 6;
      state.remember(T + i, i, i, T + 100_000 + message * 40L);
    }
    for (int i = 100; i < 124; i++) {
      assertTrue(state.remembers(T + i, i, i), "i=" + i);
    }
  }

  @Test
  void shouldRememberTheLastTenOfSingleFixes() {
    PresenceState state = new PresenceState();
    for (int i = 0; i < 1_000; i++) {
      state.remember(T + i, i, i, T + i * 1_000L);
    }
    assertFalse(state.remembers(T + 989, 989, 989));
    for (int i = 990; i < 1_000; i++) {
      assertTrue(state.remembers(T + i, i, i), "i=" + i);
    }
  }
}
