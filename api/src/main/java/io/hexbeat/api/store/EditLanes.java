package io.hexbeat.api.store;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Lets edits of one thing follow each other while edits of other things go on beside them, so that
 * memory is updated in the order in which PostgreSQL committed. Any thread may submit; nobody
 * waits. An edit names all that it touches and starts when those before it with a common name have
 * ended, however they ended. Past the limit of waiting edits a new one is refused.
 */
public final class EditLanes {
  private final int waitingMax;
  private final Map<String, Future<?>> tails = new HashMap<>();
  private int waiting;

  public EditLanes(int waitingMax) {
    this.waitingMax = waitingMax;
  }

  /** Runs the edit when its turn comes; the Future is the edit's. */
  public <T> Future<T> submit(Set<String> touched, Supplier<Future<T>> edit) {
    Future<T> done;
    synchronized (this) {
      if (waiting >= waitingMax) {
        return Future.failedFuture(Refusal.busy("Too many edits are waiting; try again."));
      }
      waiting++;
      List<Future<?>> before = new ArrayList<>();
      for (String name : touched) {
        Future<?> tail = tails.get(name);
        if (tail != null) {
          before.add(tail);
        }
      }
      Future<?> turn = before.isEmpty() ? Future.succeededFuture() : Future.join(before);
      done = turn.transform(ended -> edit.get());
      for (String name : touched) {
        tails.put(name, done);
      }
    }
    done.onComplete(ended -> leave(touched, done));
    return done;
  }

  private synchronized void leave(Set<String> touched, Future<?> done) {
    waiting--;
    for (String name : touched) {
      tails.remove(name, done);
    }
  }
}
