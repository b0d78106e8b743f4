package io.hexbeat.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class ArgsTest {
  @Test
  void shouldReadValuesAndFlags() {
    Args args = parse("--speed", "60", "--no-server");

    assertEquals(60, args.integer("speed", 30, 1, 600));
    assertTrue(args.has("no-server"));
    assertFalse(args.has("data"));
    assertEquals("here", args.text("data", "here"));
  }

  @Test
  void shouldNameWhatIsWrong() {
    assertMessage("--speed=0 must be a number from 1 to 600", "--speed", "0");
    assertMessage("--speed=fast must be a number from 1 to 600", "--speed", "fast");
    assertMessage("--speed needs a value", "--speed");
    assertMessage("unknown argument --sped; see --help", "--sped", "1");
    assertMessage("unknown argument 30; see --help", "30");
  }

  private static void assertMessage(String message, String... argv) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> parse(argv).integer("speed", 30, 1, 600));
    assertEquals(message, refused.getMessage());
  }

  private static Args parse(String... argv) {
    return Args.parse(argv, Set.of("speed", "data"), Set.of("no-server"));
  }
}
