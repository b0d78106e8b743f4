package io.hexbeat.api.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  @Test
  void shouldHoldBackAUserWhoIsTriedFromEverywhereButNotAtHome() {
    throttle.begin("ann", "10.9.9.9");
    throttle.succeeded("ann", "10.9.9.9");
    for (int i = 0; i < 50; i++) {
      throttle.begin("ann", "10.0.0." + i);
    }
    assertEquals(60, throttle.waitSeconds("ann", "10.0.1.1"));
    assertEquals(0, throttle.waitSeconds("ann", "10.9.9.9"));
    assertEquals(0, throttle.waitSeconds("bob", "10.0.1.1"));
  }

  @Test
  void shouldTakeANetworkOfIpv6ForOneAddress() {
    for (int i = 0; i < 5; i++) {
      throttle.begin("ann", "2001:db8:1:2:0:0:0:" + i);
    }
    assertEquals(60, throttle.waitSeconds("ann", "2001:db8:1:2:ffff:0:0:1"));
    assertEquals(0, throttle.waitSeconds("ann", "2001:db8:1:3:0:0:0:1"));
  }

  @Test
  void shouldTellOfARefusalOnceAWindow() {
    fail("ann", "10.0.0.1", 5);
    assertTrue(throttle.isNews("ann", "10.0.0.1"));
    assertFalse(throttle.isNews("ann", "10.0.0.1"));
    nowMs.addAndGet(60_000);
    fail("ann", "10.0.0.1", 5);
    assertTrue(throttle.isNews("ann", "10.0.0.1"));
  }

  @Test
  void shouldTellOnceOfAnAddressThatTriesManyNames() {
    for (int i = 0; i < 50; i++) {
      throttle.begin("user-" + i, "10.0.0.1");
    }
    assertTrue(throttle.isNews("somebody", "10.0.0.1"));
    assertFalse(throttle.isNews("somebody else", "10.0.0.1"));
  }

  @Test
  void shouldForgetTheOldestNamesOfAFlood() {
    fail("ann", "10.0.0.1", 5);
    for (int i = 0; i < 20_000; i++) {
      throttle.begin("user-" + i, "10.1." + i / 250 + "." + i % 250);
    }
    assertEquals(0, throttle.waitSeconds("ann", "10.0.0.1"));
  }
}
