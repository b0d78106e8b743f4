package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.9", "::1", "localhost"})
  void shouldSpeakPlainTextToThisMachine(String host) {
    assertEquals(host, read(Map.of("device.host", host)).host());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7"})
  void shouldSpeakPlainTextToOthersOnlyIfToldTo(String host) {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> read(Map.of("device.host", host)));
    assertEquals(
        "device.host="
            + host
            + " is not usable: without TLS only an address of this machine itself, such as"
            + " 127.0.0.1, is allowed; set device.tls.cert and device.tls.key, or"
            + " device.plain_text=true where a proxy with TLS stands before it",
        refused.getMessage());
    assertEquals(host, read(Map.of("device.host", host, "device.plain_text", "true")).host());
    Endpoint tls =
        read(
            Map.of(
                "device.host", host, "device.tls.cert", "chain.pem", "device.tls.key", "key.pem"));
    assertEquals(new Endpoint.Pem(Path.of("chain.pem"), Path.of("key.pem")), tls.tls());
  }

  @ParameterizedTest
  @CsvSource({"cert, key", "key, cert"})
  void shouldWantCertificateAndKeyTogether(String given, String missing) {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> read(Map.of("device.tls." + given, "file.pem")));
    assertTrue(refused.getMessage().startsWith("device.tls." + missing + "= is not usable"));
  }

  @Test
  void shouldSayWhereClientsOfThisMachineReachIt() {
    assertEquals("http://127.0.0.1:5055", read(Map.of()).url("http", "https", 5055));
    assertEquals("http://[::1]:7", read(Map.of("device.host", "::1")).url("http", "https", 7));
    Endpoint anywhere =
        new Endpoint("mqtt", "0.0.0.0", 0, new Endpoint.Pem(Path.of(""), Path.of("")));
    assertEquals("mqtts://127.0.0.1:8883", anywhere.url("mqtt", "mqtts", 8883));
  }

  private static Endpoint read(Map<String, String> values) {
    return Endpoint.read(Settings.of(null, values), "device", 5055);
  }
}
