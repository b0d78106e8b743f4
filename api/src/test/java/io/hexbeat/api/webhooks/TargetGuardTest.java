package io.hexbeat.api.webhooks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.store.Refusal;
import io.hexbeat.api.webhooks.TargetGuard.ForbiddenTargetException;
import java.net.InetAddress;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TargetGuardTest {
  @Test
  void shouldLetPublicAddressesThroughOnly() throws Exception {
    for (String address :
        List.of(
            "127.0.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1")) {
      assertFalse(TargetGuard.isPublic(InetAddress.getByName(address)), address);
    }
    for (String address : List.of("1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111")) {
      assertTrue(TargetGuard.isPublic(InetAddress.getByName(address)), address);
    }
  }

  @Test
  void shouldRefuseThisMachineByNameAndByNumber() {
    WebhookConfig config = WebhookConfig.DEFAULT;
    for (String url :
        List.of(
            "http://example.com/",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest/")) {
      assertThrows(Refusal.class, () -> TargetGuard.check(url, config), url);
    }
    assertDoesNotThrow(() -> TargetGuard.check("https://example.com:8443/a?b=c", config));
    assertThrows(ForbiddenTargetException.class, () -> TargetGuard.resolve("localhost", false));
    assertDoesNotThrow(() -> TargetGuard.resolve("localhost", true));
  }

  /** The example of the Standard Webhooks specification's own libraries. */
  @Test
  void shouldSignAsTheSpecificationDoes() {
    byte[] key = Base64.getDecoder().decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    String signature =
        Signature.of(
            List.of(key), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330L, "{\"test\": 2432232314}");
    assertEquals("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
  }
}
