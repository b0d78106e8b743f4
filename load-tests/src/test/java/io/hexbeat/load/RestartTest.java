package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class RestartTest {
  @Test
  void shouldReadTheServersOwnAccountOfItsStart() {
    String log =
        """
        2026-11-22T06:46:10.164Z INFO  [main] Server: settings {shards=2}
        2026-11-22T06:46:11.168Z INFO  [main] Server: ready in 1733 ms: jvm=685 replay=1035, 12 fences
        """;
    assertEquals(Map.of("jvm", 685L, "replay", 1_035L), Restart.parts(log));
    assertEquals(Map.of(), Restart.parts("nothing yet"));
  }
}
