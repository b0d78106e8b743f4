package io.hexbeat.api.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EditLanesTest {
  private final EditLanes lanes = new EditLanes(3);
  private final List<String> begun = new ArrayList<>();

  private Promise<Void> submit(String name, String... touched) {
    Promise<Void> end = Promise.promise();
    Future<Void> done =
        lanes.submit(
            Set.of(touched),
            () -> {
              begun.add(name);
              return end.future();
            });
    assertTrue(done != null);
    return end;
  }

  @Test
  void shouldLetEditsOfOneThingFollowEachOther() {
    Promise<Void> first = submit("first", "a");
    Promise<Void> second = submit("second", "a");
    assertEquals(List.of("first"), begun);
    first.complete();
    assertEquals(List.of("first", "second"), begun);
    second.complete();
  }

  @Test
  void shouldGoOnAfterAnEditThatFailed() {
    Promise<Void> first = submit("first", "a");
    submit("second", "a");
    first.fail("no");
    assertEquals(List.of("first", "second"), begun);
  }

  @Test
  void shouldLetEditsOfOtherThingsPass() {
    submit("first", "a");
    submit("second", "b");
    assertEquals(List.of("first", "second"), begun);
  }

  @Test
  void shouldWaitForAllThatAnEditTouches() {
    Promise<Void> first = submit("first", "a");
    Promise<Void> second = submit("second", "b");
    submit("both", "a", "b");
    first.complete();
    assertEquals(List.of("first", "second"), begun);
    second.complete();
    assertEquals(List.of("first", "second", "both"), begun);
  }

  @Test
  void shouldRefuseWhenTooManyWait() {
    Promise<Void> first = submit("1", "a");
    submit("2", "a");
    submit("3", "a");
    Future<Void> refused = lanes.submit(Set.of("b"), () -> Future.succeededFuture());
    assertEquals(Refusal.Kind.BUSY, assertInstanceOf(Refusal.class, refused.cause()).kind());
    first.complete();
    assertTrue(lanes.submit(Set.of("b"), () -> Future.succeededFuture()).succeeded());
  }
}
