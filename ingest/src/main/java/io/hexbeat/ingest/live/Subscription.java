package io.hexbeat.ingest.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one watcher gets of a {@link LiveFeed}. Belongs to the feed's loop. Keeps per member that it
 * was told of the times of its last {@code rateHz} positions and at most one position that waits; a
 * newer one takes its place. Events of a sink that can't take wait up to {@link
 * #MAX_WAITING_EVENTS}; one more ends the subscription with {@link LiveFeed.Sink#overflow}.
 *
 * <p>A phone that sends at exactly the rate would, once late by some moments, have all later
 * positions wait by as much: the window never gives the time back. So a position that would be told
 * late by more than {@link #TOLERATED_LAG_NS} though nothing newer came is held for the next one:
 * one frame less, and the member is on time again.
 */
public final class Subscription {
  /** More is more than a screen shows. */
  public static final int MAX_RATE_HZ = 20;

  /** Events that a sink may be behind. */
  public static final int MAX_WAITING_EVENTS = 1024;

  static final long WINDOW_NS = 1_000_000_000L;
  static final long TOLERATED_LAG_NS = 10_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

  private final LiveFeed feed;
  private final LiveFeed.Sink sink;
  private final Deque<Waiting> waitingEvents = new ArrayDeque<>();
  private List<Conflated> ready = new ArrayList<>();
  private LiveFeed.Filter filter;
  private int rateHz;
  private @Nullable Conflated[] members = {};
  private boolean open = true;

  private record Waiting(LiveEvent event, long number) {}

  Subscription(LiveFeed feed, LiveFeed.Filter filter, int rateHz, LiveFeed.Sink sink) {
    this.feed = feed;
    this.filter = filter;
    this.rateHz = checkRate(rateHz);
    this.sink = sink;
  }

  /** From now on by another filter and rate; waiting positions are dropped, events are kept. */
  public void change(LiveFeed.Filter filter, int rateHz) {
    this.filter = filter;
    this.rateHz = checkRate(rateHz);
    forgetMembers();
    feed.look();
  }

  boolean followsPositions() {
    return filter.positions();
  }

  /**
   * Whether the events from a number on, as far as they were told to others before, are all still
   * known and no more than may wait.
   */
  public boolean knowsSince(long number) {
    if (number < EventRing.FIRST || number > feed.nextEvent()) {
      return false;
    }
    int missed = 0;
    for (long n = number; n < feed.nextEvent(); n++) {
      LiveEvent event = feed.events().get(n);
      if (event == null) {
        return false;
      }
      missed += filter.sees(event.memberHandle()) ? 1 : 0;
    }
    return missed <= MAX_WAITING_EVENTS;
  }

  /** Tells those events; what has been overwritten since it was known ends the subscription. */
  public void catchUp(long number) {
    for (long n = number; n < feed.nextEvent(); n++) {
      LiveEvent event = feed.events().get(n);
      if (event == null) {
        overflow();
        return;
      }
      offer(event, n);
    }
  }

  /** The sink can take again; by its owner. */
  public void resume() {
    while (open && !waitingEvents.isEmpty() && sink.writable()) {
      Waiting oldest = waitingEvents.remove();
      tell(oldest.event(), oldest.number());
    }
    flush(System.nanoTime());
  }

  /** Nothing more is told. */
  public void close() {
    if (open) {
      open = false;
      feed.remove(this);
      forgetMembers();
      waitingEvents.clear();
    }
  }

  void offer(LiveEvent event, long number) {
    if (!open || !filter.sees(event.memberHandle())) {
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

  void overflow() {
    if (open) {
      close();
      sink.overflow();
    }
  }

  void offer(LiveSlot slot, LivePosition position, long nowNs) {
    if (!open || !filter.sees(position.memberHandle())) {
      return;
    }
    boolean covered = filter.covers(position.latE7(), position.lngE7());
    Conflated member = member(slot, covered);
    if (member != null) {
      member.offer(covered, nowNs);
    }
  }

  /** Sends what is ready, if the sink can take. */
  void flush(long nowNs) {
    if (!open || ready.isEmpty() || !waitingEvents.isEmpty() || !sink.writable()) {
      return;
    }
    List<LivePosition> newest = new ArrayList<>(ready.size());
    for (Conflated member : ready) {
      LivePosition position = member.take(nowNs);
      if (position != null && filter.covers(position.latE7(), position.lngE7())) {
        newest.add(position);
      }
    }
    ready.clear();
    if (!newest.isEmpty()) {
      try {
        sink.positions(newest);
      } catch (RuntimeException e) {
        endFailed(e);
      }
    }
  }

  private void tell(LiveEvent event, long number) {
    try {
      sink.event(event, number);
    } catch (RuntimeException e) {
      endFailed(e);
    }
  }

  /** One watcher's fault must not cost the others their news. */
  private void endFailed(RuntimeException e) {
    LOG.error("a live subscription ends: its sink failed", e);
    overflow();
  }

  private @Nullable Conflated member(LiveSlot slot, boolean create) {
    int ordinal = slot.ordinal();
    if (ordinal >= members.length) {
      if (!create) {
        return null;
      }
      members = Arrays.copyOf(members, Math.max(ordinal + 1, members.length * 2));
    }
    Conflated member = members[ordinal];
    if (member == null && create) {
      member = new Conflated(slot, rateHz);
      members[ordinal] = member;
    }
    return member;
  }

  private void forgetMembers() {
    for (Conflated member : members) {
      if (member != null && member.state != State.IDLE) {
        feed.forget(member);
      }
    }
    members = new Conflated[0];
    ready = new ArrayList<>();
  }

  private static int checkRate(int rateHz) {
    if (rateHz < 1 || rateHz > MAX_RATE_HZ) {
      throw new IllegalArgumentException("rate_hz=" + rateHz + " is outside 1.." + MAX_RATE_HZ);
    }
    return rateHz;
  }

  /** Where a member's newest position is. */
  private enum State {
    /** Told, or never there. */
    IDLE,
    /** Its window is full: waits for the timer. */
    WAITING,
    /** Its time had come, but the next position will be more on time. */
    HELD,
    /** Waits for the sink only. */
    READY
  }

  /** One member in this subscription: when it was told, and what it has to tell. */
  final class Conflated implements Comparable<Conflated> {
    /**
     * When it was told, a ring of the last {@code rateHz} times; 0 where it was told less often.
     */
    private final long[] toldNs;

    /** What is told is read from it then, so that it is never older than what was told before. */
    private final LiveSlot slot;

    private int oldest;
    private State state = State.IDLE;
    private boolean news;
    private boolean replaced;
    private long sinceNs;
    private long dueNs;

    Conflated(LiveSlot slot, int rateHz) {
      this.slot = slot;
      toldNs = new long[rateHz];
    }

    /** The member has a new position, inside of the watched area or outside. */
    void offer(boolean covered, long nowNs) {
      replaced = news;
      news = covered;
      switch (state) {
        case IDLE -> {
          if (covered) {
            begin(nowNs);
          }
        }
        case HELD -> {
          feed.forget(this);
          begin(nowNs);
        }
        case WAITING, READY -> {
          // the newest takes the older one's turn
        }
      }
    }

    long dueNs() {
      return dueNs;
    }

    /** Its time has come; the feed has taken it off its queue. */
    void due(long nowNs) {
      long lagNs = nowNs - sinceNs;
      long intervalNs = WINDOW_NS / toldNs.length;
      if (state == State.WAITING && !replaced && lagNs > TOLERATED_LAG_NS && lagNs < intervalNs) {
        state = State.HELD;
        dueNs = nowNs + intervalNs + intervalNs / 2 - lagNs;
        feed.await(this);
      } else {
        state = State.READY;
        ready.add(this);
      }
    }

    @Nullable LivePosition take(long nowNs) {
      LivePosition position = news ? slot.read() : null;
      news = false;
      replaced = false;
      state = State.IDLE;
      if (position != null) {
        toldNs[oldest] = nowNs == 0 ? 1 : nowNs;
        oldest = (oldest + 1) % toldNs.length;
      }
      return position;
    }

    @Override
    public int compareTo(Conflated other) {
      return Long.signum(dueNs - other.dueNs);
    }

    private void begin(long nowNs) {
      sinceNs = nowNs;
      dueNs = toldNs[oldest] == 0 ? nowNs : toldNs[oldest] + WINDOW_NS;
      if (dueNs - nowNs <= 0) {
        state = State.READY;
        ready.add(this);
      } else {
        state = State.WAITING;
        feed.await(this);
      }
    }
  }
}
