package io.hexbeat.api.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
  private final AtomicLong nowMs = new AtomicLong(1_000_000);
  private final LoginThrottle throttle = new LoginThrottle(nowMs::get);

  private void fail(String user, String address, int times) {
    for (int i = 0; i < times; i++) {
      throttle.begin(user, address);
    }
  }

  @Test
  void shouldLetFourWrongPasswordsPass() {
    fail("ann", "10.0.0.1", 4);
    assertEquals(0, throttle.waitSeconds("ann", "10.0.0.1"));
  }

  @Test
  void shouldHoldBackTheSixthTryUntilTheMinuteIsOver() {
    fail("ann", "10.0.0.1", 5);
    assertEquals(60, throttle.waitSeconds("ann", "10.0.0.1"));
    nowMs.addAndGet(59_500);
    assertEquals(1, throttle.waitSeconds("ann", "10.0.0.1"));
    nowMs.addAndGet(500);
    assertEquals(0, throttle.waitSeconds("ann", "10.0.0.1"));
  }

  @Test
  void shouldNotHoldBackTheSameUserElsewhere() {
    fail("ann", "10.0.0.1", 5);
    assertEquals(0, throttle.waitSeconds("ann", "10.0.0.2"));
  }

  @Test
  void shouldHoldBackAnAddressThatTriesManyUsers() {
    for (int i = 0; i < 50; i++) {
      throttle.begin("user-" + i, "10.0.0.1");
    }
    assertEquals(60, throttle.waitSeconds("somebody", "10.0.0.1"));
  }

  @Test
  void shouldForgetWrongPasswordsAfterTheRightOne() {
    fail("ann", "10.0.0.1", 4);
    throttle.begin("ann", "10.0.0.1");
    throttle.succeeded("ann", "10.0.0.1");
    assertEquals(0, throttle.waitSeconds("ann", "10.0.0.1"));
  }
}
