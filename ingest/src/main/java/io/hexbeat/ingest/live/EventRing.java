package io.hexbeat.ingest.live;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of all shards in one order, each under a number that grows by one. Any thread
 * adds and reads, and nobody waits: a number is claimed first and filled at once after, so a reader
 * may find that the next one is claimed and not yet there. Holds the last {@link #SIZE} events;
 * older ones are overwritten, and a reader that is slower than that is told so.
 */
final class EventRing {
  /**
   * Seconds of a fleet in which everybody arrives at once, an hour of a usual day; at a kilobyte an
   * event, which is much, 8 MB.
   */
  static final int SIZE = 8_192;

  /** Numbers begin here; before it nothing has happened. */
  static final long FIRST = 1;

  private record Numbered(long number, LiveEvent event) {}

  private final AtomicReferenceArray<@Nullable Numbered> slots = new AtomicReferenceArray<>(SIZE);
  private final AtomicLong next = new AtomicLong(FIRST);

  /** What became of a number. */
  enum State {
    THERE,
    /** Nobody has added it, or it is being added: whoever does will wake the feeds. */
    TO_COME,
    /** A newer one has taken its place. */
    OVERWRITTEN
  }

  void add(LiveEvent event) {
    long number = next.getAndIncrement();
    int slot = slot(number);
    while (true) {
      Numbered before = slots.get(slot);
      if (before != null && before.number() > number) {
        return; // this thread was held up for a whole round: all readers have been told so by now
      }
      if (slots.compareAndSet(slot, before, new Numbered(number, event))) {
        return;
      }
    }
  }

  /** The number that the next event gets. */
  long next() {
    return next.get();
  }

  State state(long number) {
    Numbered found = slots.get(slot(number));
    if (found == null || found.number() < number) {
      return next.get() - number > SIZE ? State.OVERWRITTEN : State.TO_COME;
    }
    return found.number() == number ? State.THERE : State.OVERWRITTEN;
  }

  /** The event, or null when it isn't there. */
  @Nullable LiveEvent get(long number) {
    Numbered found = slots.get(slot(number));
    return found != null && found.number() == number ? found.event() : null;
  }

  private static int slot(long number) {
    return (int) (number & (SIZE - 1));
  }
}
