package io.hexbeat.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.FenceIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every peer finds the fences that Hexbeat finds, and one that does not is never timed. */
class PeersTest {
  private static final List<Outline> CITY = City.mixed(600);
  private static final FenceIndex INDEX = FenceIndex.of(1, City.fences(CITY));
  private static final FixStream RANDOM = City.randomPoints(4_000);
  private static final FixStream PHONES = Traces.read(Traces.PHONES, 32, 64);

  @Test
  void shouldFindTheSameFencesByAllPeers() {
    Map<String, Peer> peers =
        Map.of(
            "JTS", JtsPeer.of(CITY),
            "S2", S2Peer.of(CITY),
            "H3", TextbookH3Peer.of(CITY),
            "linear", LinearScan.of(CITY));
    for (FixStream fixes : List.of(RANDOM, PHONES)) {
      Answers answers = Answers.of(INDEX, fixes);
      assertTrue(answers.hits() > 0);
      peers.forEach((name, peer) -> answers.check(name, peer, fixes, CITY));
    }
  }

  @Test
  void shouldFindTheSameFencesByTheStream() {
    Answers.of(INDEX, PHONES).check(new HexbeatStream(INDEX, PHONES.deviceCount()), PHONES);
  }

  @Test
  void shouldRefuseAPeerThatMissesAFence() {
    Answers answers = Answers.of(INDEX, RANDOM);
    LinearScan whole = LinearScan.of(CITY);
    Peer forgetful =
        (lat, lng, out) -> {
          whole.containing(lat, lng, out);
          if (out.size() > 1) {
            out.clear();
          }
        };
    assertThrows(
        IllegalStateException.class, () -> answers.check("forgetful", forgetful, RANDOM, CITY));
  }

  @Test
  void shouldRefuseAPeerThatInventsAFence() {
    Answers answers = Answers.of(INDEX, RANDOM);
    LinearScan whole = LinearScan.of(CITY);
    Peer inventive =
        (lat, lng, out) -> {
          whole.containing(lat, lng, out);
          if (out.size() == 0) {
            out.add(1);
          }
        };
    assertThrows(
        IllegalStateException.class, () -> answers.check("inventive", inventive, RANDOM, CITY));
  }

  @Test
  void shouldRememberAnswersAndCoversBetweenForks(@TempDir Path dir) {
    BenchFiles files = BenchFiles.in(dir);
    Answers answers = Answers.of(INDEX, RANDOM);
    answers.write(files.answers(600, "random"));
    Answers read = Answers.read(files.answers(600, "random"));
    assertEquals(answers.hits(), read.hits());

    TextbookH3Peer made = TextbookH3Peer.of(CITY, files.covers(CITY));
    TextbookH3Peer again = TextbookH3Peer.of(CITY, files.covers(CITY));
    read.check("made", made, RANDOM, CITY);
    read.check("again", again, RANDOM, CITY);
  }
}
