package io.hexbeat.ingest;

import io.vertx.core.Handler;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Wakes an event loop once for all that others have put before it. Any thread may call; the turn
 * runs on the loop, and what was put there before the call is there in that turn or in one before
 * it. A loop that sleeps is woken by a call of the kernel, which costs more than a ping: so a
 * caller that is a loop itself wakes it {@link #soon}, when it has read what its own sockets had.
 * Allocates a task a turn.
 */
public final class Wakeup {
  private final Consumer<Handler<Void>> loop;
  private final Runnable turn;
  private final Handler<Void> begin = v -> begin();
  private final AtomicBoolean awake = new AtomicBoolean();

  /** One a loop that calls, which alone reads and writes it. */
  private final ThreadLocal<Knock> knocks = ThreadLocal.withInitial(Knock::new);

  /** So that nobody else's call waits for a loop that has put off its own. */
  private final class Knock implements Handler<Void> {
    private boolean coming;

    void soon(ContextInternal caller) {
      if (!coming) {
        coming = true;
        caller.unwrap().runOnContext(this);
      }
    }

    @Override
    public void handle(Void event) {
      coming = false;
      now();
    }
  }

  /**
   * @param loop runs an action on the loop, later
   * @param turn what the loop does when it has been woken
   */
  public Wakeup(Consumer<Handler<Void>> loop, Runnable turn) {
    this.loop = loop;
    this.turn = turn;
  }

  public void now() {
    if (!awake.get() && awake.compareAndSet(false, true)) {
      loop.accept(begin);
    }
  }

  /** When the calling loop is through with what its sockets had; at once for other threads. */
  public void soon() {
    if (awake.get()) {
      return;
    }
    ContextInternal caller = ContextInternal.current();
    if (caller == null) {
      now();
    } else {
      knocks.get().soon(caller);
    }
  }

  private void begin() {
    awake.set(false);
    turn.run();
  }
}
