package io.hexbeat.load.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.load.faults.FenceHistory.Edit;
import io.hexbeat.load.faults.FenceHistory.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the fault suite knows of fences. */
final class FenceHistoryTest {
  private final Violations violations = new Violations();
  private final Row first = new Row(1, site("a", 0), 1, false);
  private final FenceHistory history = new FenceHistory(List.of(first), 1, 1, violations);

  private static Site site(String id, int variant) {
    return new Site(id, id + "." + variant, 30, -97, 100 + variant);
  }

  @Test
  void shouldKnowAFenceThatWasMadeAgainByItsNewHandle() {
    history.acknowledged(new Edit("a", null), 2);
    history.acknowledged(new Edit("a", site("a", 3)), 3);
    history.settle(
        List.of(new Row(1, site("a", 0), 2, true), new Row(5, site("a", 3), 3, false)), 3);

    history.adopt(0, 2);
    assertNull(history.index(0).byHandle(1));
    history.adopt(0, 3);
    assertNotNull(history.index(0).byHandle(5));
    assertEquals("a", history.id(1));
    assertTrue(violations.none(), () -> violations.told().toString());
  }

  @Test
  void shouldLearnFromTheTableWhetherAnEditWasMadeWhoseAnswerWasLost() {
    history.sent(new Edit("a", site("a", 1)));
    assertFalse(history.settled("a"));
    history.settle(List.of(new Row(1, site("a", 1), 2, false)), 2);
    history.adopt(0, 2);

    assertTrue(history.settled("a"));
    history.checkAdopted();
    assertTrue(violations.none(), () -> violations.told().toString());
  }

  @Test
  void shouldTellOfAnAcknowledgedEditThatIsGone() {
    history.acknowledged(new Edit("a", site("a", 1)), 2);
    history.settle(List.of(first), 1);

    assertEquals(2, violations.of("fences"));
  }

  @Test
  void shouldTellOfAShardThatDecidesByAnOldVersion() {
    history.acknowledged(new Edit("a", site("a", 1)), 2);
    history.settle(List.of(new Row(1, site("a", 1), 2, false)), 2);
    history.checkAdopted();

    assertEquals(1, violations.of("fences"));
  }
}
