package io.hexbeat.load;

import io.hexbeat.load.IdlePlan.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Phones that connected, sent one ping and stay: opens them at a bounded pace and knows how many
 * are still there. Belongs to one Vert.x loop. A connection that is refused or closed is counted
 * with the reason, never opened again: what a server lets go is what is asked.
 */
final class IdleCrowd {
  private static final long TICK_MS = 10;
  private static final long TELL_MS = 5_000;

  /** Under way at once, well below a server's accept queue. */
  private static final int MAX_OPENING = 256;

  private static final long OPEN_WITHIN_SECONDS = 30;

  private final Vertx vertx;
  private final IdleDoors doors;
  private final IdlePlan plan;
  private final Consumer<String> progress;
  private final Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
  private int connections;

  /** What became of the connections of one kind. */
  static final class Tally {
    private final Map<String, Integer> losses = new TreeMap<>();
    private int asked;
    private int opened;
    private int open;

    int asked() {
      return asked;
    }

    /** Those that had their first ping acknowledged. */
    int opened() {
      return opened;
    }

    /** Of those, the ones that are still there. */
    int open() {
      return open;
    }

    int lost() {
      return losses.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Why the others are not, and how many for each reason. */
    Map<String, Integer> losses() {
      return losses;
    }
  }

  private static final class Connection {
    private final Tally tally;
    private boolean opened;
    private boolean gone;

    Connection(Tally tally) {
      this.tally = tally;
    }

    void opened() {
      if (!gone) {
        opened = true;
        tally.opened++;
        tally.open++;
      }
    }

    void gone(String why) {
      if (!gone) {
        gone = true;
        tally.open -= opened ? 1 : 0;
        tally.losses.merge(why, 1, Integer::sum);
      }
    }
  }

  /**
   * Nobody has come yet.
   *
   * @param progress told a line every few seconds
   */
  IdleCrowd(Vertx vertx, IdleDoors doors, IdlePlan plan, Consumer<String> progress) {
    this.vertx = vertx;
    this.doors = doors;
    this.plan = plan;
    this.progress = progress;
    for (Kind kind : Kind.values()) {
      tallies.put(kind, new Tally());
    }
  }

  /** Connects these phones; completes when each is open or lost. One kind at a time. */
  Future<Void> open(Kind kind, List<IdlePhone> phones) {
    Promise<Void> done = Promise.promise();
    Tally tally = tally(kind);
    int[] settled = new int[1];
    long startNs = System.nanoTime();
    long telling = vertx.setPeriodic(TELL_MS, timer -> tell(kind, phones.size()));
    vertx.setPeriodic(
        TICK_MS,
        timer -> {
          long dueNs = System.nanoTime() - startNs;
          long due = 1 + dueNs * plan.openPerSecond() / TimeUnit.SECONDS.toNanos(1);
          while (tally.asked < Math.min(due, phones.size())
              && tally.asked - settled[0] < MAX_OPENING) {
            open(kind, phones.get(tally.asked)).onComplete(end -> settled[0]++);
          }
          if (settled[0] == phones.size()) {
            vertx.cancelTimer(timer);
            vertx.cancelTimer(telling);
            tell(kind, phones.size());
            done.complete();
          }
        });
    return done.future();
  }

  Tally tally(Kind kind) {
    return tallies.getOrDefault(kind, new Tally());
  }

  private void tell(Kind kind, int all) {
    Tally tally = tally(kind);
    progress.accept(
        String.format(
            Locale.ROOT,
            "%,d of %,d %s connections opened, %,d lost",
            tally.opened(),
            all,
            kind.label(),
            tally.lost()));
  }

  private Future<Void> open(Kind kind, IdlePhone phone) {
    Tally tally = tally(kind);
    tally.asked++;
    Connection connection = new Connection(tally);
    return doors
        .open(kind, phone, plan.source(connections++), connection::gone)
        .timeout(OPEN_WITHIN_SECONDS, TimeUnit.SECONDS)
        .onSuccess(opened -> connection.opened())
        .onFailure(e -> connection.gone("not opened: " + IdleDoors.why(e)));
  }
}
