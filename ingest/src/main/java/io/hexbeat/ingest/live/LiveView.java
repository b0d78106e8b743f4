package io.hexbeat.ingest.live;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all watchers with an equal filter and rate are told: decided once, handed to each of them as
 * the same list. Belongs to the feed's loop. Keeps per member that it told of the times of the last
 * {@code rateHz} positions and at most one position that waits; a newer one takes its place.
 *
 * <p>A phone that sends at exactly the rate would, once late by some moments, have all later
 * positions wait by as much: the window never gives the time back. So a position that would be told
 * late by more than {@link #TOLERATED_LAG_NS} though nothing newer came is held for the next one:
 * one frame less, and the member is on time again.
 *
 * <p>Where there is much news, lists are told {@link #gapNs} apart and longer instead of one a
 * position: a socket's write costs more than a position. The first after a pause is told at once.
 */
final class LiveView {
  static final long WINDOW_NS = 1_000_000_000L;
  static final long TOLERATED_LAG_NS = 10_000_000L;

  /** Less than an eye notices on a map. */
  private static final long MAX_GAP_NS = 50_000_000L;

  private static final long LISTS_PER_POSITION = 4;

  private final LiveFeed feed;
  private final LiveFeed.Filter filter;
  private final int rateHz;
  private final long gapNs;
  private List<Conflated> ready = new ArrayList<>();
  private @Nullable Conflated[] members = {};
  private long toldNs;
  private boolean gapTimed;

  /** Replaced whole: a sink may end or change subscriptions while it is told. */
  private Subscription[] subscriptions = {};

  LiveView(LiveFeed feed, LiveFeed.Filter filter, int rateHz) {
    if (rateHz < Subscription.UNLIMITED_RATE || rateHz > Subscription.MAX_RATE_HZ) {
      throw new IllegalArgumentException(
          "rate_hz=" + rateHz + " is outside 0.." + Subscription.MAX_RATE_HZ);
    }
    this.feed = feed;
    this.filter = filter;
    this.rateHz = rateHz;
    this.gapNs = gapNs(rateHz);
    this.toldNs = System.nanoTime() - gapNs;
  }

  /** How long lists are apart at least: nothing for who asks for the most. */
  static long gapNs(int rateHz) {
    return rateHz == Subscription.UNLIMITED_RATE || rateHz == Subscription.MAX_RATE_HZ
        ? 0
        : Math.min(MAX_GAP_NS, WINDOW_NS / (LISTS_PER_POSITION * rateHz));
  }

  boolean is(LiveFeed.Filter asked, int askedHz) {
    return rateHz == askedHz && filter.equals(asked);
  }

  LiveFeed.Filter filter() {
    return filter;
  }

  void add(Subscription subscription) {
    subscriptions = Arrays.copyOf(subscriptions, subscriptions.length + 1);
    subscriptions[subscriptions.length - 1] = subscription;
  }

  void remove(Subscription subscription) {
    List<Subscription> rest = new ArrayList<>(Arrays.asList(subscriptions));
    rest.remove(subscription);
    subscriptions = rest.toArray(Subscription[]::new);
    if (rest.isEmpty()) {
      forgetMembers();
      feed.remove(this);
    }
  }

  void offer(LiveEvent event, long number) {
    if (filter.sees(event.memberHandle())) {
      for (Subscription subscription : subscriptions) {
        subscription.offer(event, number);
      }
    }
  }

  void offer(LiveSlot slot, LivePosition position, long nowNs) {
    if (!filter.sees(position.memberHandle())) {
      return;
    }
    boolean covered = filter.covers(position.latE7(), position.lngE7());
    Conflated member = member(slot, covered);
    if (member != null) {
      member.offer(covered, nowNs);
    }
  }

  /** Events were lost: all end. */
  void overflow() {
    for (Subscription subscription : subscriptions) {
      subscription.overflow();
    }
  }

  void close() {
    for (Subscription subscription : subscriptions) {
      subscription.close();
    }
  }

  /** Tells what is ready, unless the last list was told a moment ago: then in a moment. */
  void flush(long nowNs) {
    if (ready.isEmpty() || gapTimed) {
      return;
    }
    long waitNs = toldNs + gapNs - nowNs;
    if (waitNs > 0) {
      gapTimed = true;
      feed.after(
          waitNs,
          () -> {
            gapTimed = false;
            tell(System.nanoTime());
          });
    } else {
      tell(nowNs);
    }
  }

  private void tell(long nowNs) {
    List<LivePosition> newest = new ArrayList<>(ready.size());
    for (Conflated member : ready) {
      LivePosition position = member.take(nowNs);
      if (position != null && filter.covers(position.latE7(), position.lngE7())) {
        newest.add(position);
      }
    }
    ready.clear();
    if (!newest.isEmpty()) {
      toldNs = nowNs;
      for (Subscription subscription : subscriptions) {
        subscription.offer(newest);
      }
      feed.told(System.nanoTime() - nowNs);
    }
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

  /** One member in this view: when it was told, and what it has to tell. */
  final class Conflated implements Comparable<Conflated> {
    /**
     * When it was told, a ring of the last {@code rateHz} times; 0 where it was told less often.
     * Empty if the rate is unlimited.
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
      if (position != null && toldNs.length > 0) {
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
      dueNs = toldNs.length == 0 || toldNs[oldest] == 0 ? nowNs : toldNs[oldest] + WINDOW_NS;
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
