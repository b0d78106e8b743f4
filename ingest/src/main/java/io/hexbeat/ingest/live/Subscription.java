package io.hexbeat.ingest.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watcher of a {@link LiveFeed}. Belongs to the feed's loop. Watchers with equal filters and
 * rates share a {@link LiveView}, which conflates for all of them; what is kept here is only what
 * this sink could not take: one bit a member, and events up to {@link #MAX_WAITING_EVENTS}; one
 * more ends the subscription with {@link LiveFeed.Sink#overflow}.
 */
public final class Subscription {
  /** More is more than a screen shows. */
  public static final int MAX_RATE_HZ = 20;

  /** Each position is told as soon as the sink can take it. */
  public static final int UNLIMITED_RATE = 0;

  /** Events that a sink may be behind. */
  public static final int MAX_WAITING_EVENTS = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

  private final LiveFeed feed;
  private final LiveFeed.Sink sink;
  private final Deque<Waiting> waitingEvents = new ArrayDeque<>();

  /** Handles of members of whom there was news while the sink couldn't take. */
  private final BitSet missed = new BitSet();

  private LiveView view;
  private boolean open = true;

  private record Waiting(LiveEvent event, long number) {}

  Subscription(LiveFeed feed, LiveView view, LiveFeed.Sink sink) {
    this.feed = feed;
    this.view = view;
    this.sink = sink;
  }

  /** From now on by another filter and rate; waiting positions are dropped, events are kept. */
  public void change(LiveFeed.Filter filter, int rateHz) {
    LiveView next = feed.view(filter, rateHz);
    if (next != view) {
      view.remove(this);
      view = next;
      next.add(this);
    }
    missed.clear();
  }

  /**
   * Whether the events from a number on, as far as they were told to others before, are all still
   * known and no more than may wait.
   */
  public boolean knowsSince(long number) {
    if (number < EventRing.FIRST || number > feed.nextEvent()) {
      return false;
    }
    int missing = 0;
    for (long n = number; n < feed.nextEvent(); n++) {
      LiveEvent event = feed.events().get(n);
      if (event == null) {
        return false;
      }
      missing += filter().sees(event.memberHandle()) ? 1 : 0;
    }
    return missing <= MAX_WAITING_EVENTS;
  }

  /** Tells those events; what has been overwritten since it was known ends the subscription. */
  public void catchUp(long number) {
    for (long n = number; n < feed.nextEvent(); n++) {
      LiveEvent event = feed.events().get(n);
      if (event == null) {
        overflow();
        return;
      }
      if (filter().sees(event.memberHandle())) {
        offer(event, n);
      }
    }
  }

  /** The sink can take again; by its owner. */
  public void resume() {
    while (open && !waitingEvents.isEmpty() && sink.writable()) {
      Waiting oldest = waitingEvents.remove();
      tell(oldest.event(), oldest.number());
    }
    if (canTake() && !missed.isEmpty()) {
      List<LivePosition> newest = new ArrayList<>();
      for (int member = missed.nextSetBit(0); member >= 0; member = missed.nextSetBit(member + 1)) {
        LivePosition position = feed.newest(member);
        if (position != null
            && filter().sees(member)
            && filter().covers(position.latE7(), position.lngE7())) {
          newest.add(position);
        }
      }
      missed.clear();
      if (!newest.isEmpty()) {
        tell(newest);
      }
    }
  }

  /** Nothing more is told. */
  public void close() {
    if (open) {
      open = false;
      view.remove(this);
      waitingEvents.clear();
      missed.clear();
    }
  }

  /** An event that its filter sees. */
  void offer(LiveEvent event, long number) {
    if (!open) {
      return;
    }
    if (waitingEvents.isEmpty() && sink.writable()) {
      tell(event, number);
    } else if (waitingEvents.size() < MAX_WAITING_EVENTS) {
      waitingEvents.add(new Waiting(event, number));
    } else {
      overflow();
    }
  }

  /** Positions that its view tells to all of its watchers. */
  void offer(List<LivePosition> newest) {
    if (canTake()) {
      tell(newest);
    } else if (open) {
      for (LivePosition position : newest) {
        missed.set(position.memberHandle());
      }
    }
  }

  void overflow() {
    if (open) {
      close();
      sink.overflow();
    }
  }

  private LiveFeed.Filter filter() {
    return view.filter();
  }

  /** Events go before positions. */
  private boolean canTake() {
    return open && waitingEvents.isEmpty() && sink.writable();
  }

  private void tell(LiveEvent event, long number) {
    try {
      sink.event(event, number);
    } catch (RuntimeException e) {
      endFailed(e);
    }
  }

  private void tell(List<LivePosition> newest) {
    try {
      sink.positions(newest);
    } catch (RuntimeException e) {
      endFailed(e);
    }
  }

  /** One watcher's fault must not cost the others their news. */
  private void endFailed(RuntimeException e) {
    LOG.error("a live subscription ends: its sink failed", e);
    overflow();
  }
}
