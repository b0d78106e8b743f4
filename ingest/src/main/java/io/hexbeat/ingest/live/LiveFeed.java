package io.hexbeat.ingest.live;

import io.hexbeat.ingest.Wakeup;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The news of a {@link LiveBoard} for the watchers of one event loop. Shards offer from their
 * threads without waiting and wake the loop once for a round of theirs; all else runs on that loop.
 * A member waits here at most once whatever its rate, and events wait in the board's ring: when the
 * loop doesn't come to take them before they are overwritten, its subscriptions end by {@link
 * Sink#overflow}, never silently. Events go before positions.
 *
 * <p>How often: at most {@code rateHz} positions of a member in any second, by a window that slides
 * with what was sent. A member who was quiet is told at once, with no timer between.
 */
public final class LiveFeed {
  /**
   * Whose positions and events, and where. Asked on the loop, for each position and event. Equal
   * filters see the same: their watchers share a view.
   */
  public interface Filter {
    /** Whether the watcher may see the member and asked to. */
    boolean sees(int memberHandle);

    /** Whether a position lies in the watched area; events aren't asked. */
    boolean covers(int latE7, int lngE7);

    /** False: events are all that is asked for, and no position wakes the loop. */
    default boolean positions() {
      return true;
    }
  }

  /** Where a subscription's news go. Called on the loop. */
  public interface Sink {
    /** False: keep it; the owner calls {@link Subscription#resume} when it can take again. */
    boolean writable();

    /**
     * The newest position of each member that has news. All watchers of a view are told by one
     * list, one after the other, so that what is made of it can be shared.
     */
    void positions(List<LivePosition> newest);

    /**
     * @param number of the event, for {@link Subscription#catchUp}; numbers grow
     */
    void event(LiveEvent event, long number);

    /** Events were lost; the subscription has ended. Called once. */
    void overflow();
  }

  /** Slots looked at in one turn of the loop, so that its sockets get theirs. */
  private static final int MAX_SLOTS_PER_TURN = 4096;

  private static final long NO_TIMER = -1;

  private final LiveBoard board;
  private final Context context;
  private final MpscUnboundedArrayQueue<LiveSlot> dirtySlots = new MpscUnboundedArrayQueue<>(1024);
  private final Wakeup wakeup;
  private final PriorityQueue<LiveView.Conflated> waiting = new PriorityQueue<>();

  /** Replaced whole: a sink may end subscriptions, its own or others, while it is told. */
  private LiveView[] views = {};

  /** The event that is to be told next. */
  private long nextEvent;

  private long bit;
  private long timerId = NO_TIMER;
  private long timerDueNs;

  /** Written by the loop, read by shards: nobody watches, nobody to wake. */
  private volatile boolean watched;

  /** The same of positions: of them there is one a ping. */
  private volatile boolean followed;

  private LiveFeed(LiveBoard board, Context context) {
    this.board = board;
    this.context = context;
    this.wakeup = new Wakeup(context::runOnContext, this::turn);
  }

  /** A feed for the watchers on the context's event loop. */
  public static LiveFeed open(LiveBoard board, Context context) {
    LiveFeed feed = new LiveFeed(board, context);
    board.add(feed);
    return feed;
  }

  /**
   * Starts telling a sink; on the feed's loop. News begin with what happens from now on: take
   * {@link LiveBoard#snapshot} after this call and nothing is missed.
   *
   * @param rateHz 1..{@value Subscription#MAX_RATE_HZ} positions of a member in any second, or
   *     {@link Subscription#UNLIMITED_RATE}
   */
  public Subscription subscribe(Filter filter, int rateHz, Sink sink) {
    boolean first = !watched;
    if (first) {
      nextEvent = board.events().next();
    }
    LiveView view = view(filter, rateHz);
    Subscription subscription = new Subscription(this, view, sink);
    view.add(subscription);
    watched = true;
    if (first) {
      wakeup.now(); // for what was added before a shard could see that somebody watches
    }
    return subscription;
  }

  /** Ends all subscriptions without a word and takes the feed off its board; on its loop. */
  public void close() {
    board.remove(this);
    watched = false;
    followed = false;
    for (LiveView view : views) {
      view.close();
    }
    if (timerId != NO_TIMER) {
      vertx().cancelTimer(timerId);
      timerId = NO_TIMER;
    }
  }

  /** By a shard. */
  void dirty(LiveSlot slot) {
    if (followed && slot.setDirty(bit)) {
      dirtySlots.offer(slot);
      wakeup.soon();
    }
  }

  /** By a shard. */
  void eventAdded() {
    if (watched) {
      wakeup.soon();
    }
  }

  /** The number of the event that is told next: all before it have been told. */
  public long nextEvent() {
    return nextEvent;
  }

  EventRing events() {
    return board.events();
  }

  long bit() {
    return bit;
  }

  void bit(long bit) {
    this.bit = bit;
  }

  /** The view by this filter and rate, made if it isn't there. */
  LiveView view(Filter filter, int rateHz) {
    for (LiveView view : views) {
      if (view.is(filter, rateHz)) {
        return view;
      }
    }
    LiveView made = new LiveView(this, filter, rateHz);
    views = Arrays.copyOf(views, views.length + 1);
    views[views.length - 1] = made;
    look();
    return made;
  }

  /** A view that nobody watches any more. */
  void remove(LiveView view) {
    List<LiveView> rest = new ArrayList<>(Arrays.asList(views));
    rest.remove(view);
    views = rest.toArray(LiveView[]::new);
    watched = views.length > 0;
    look();
  }

  /** After a change of the views: does any ask for positions? */
  private void look() {
    boolean asked = false;
    for (LiveView view : views) {
      asked |= view.filter().positions();
    }
    followed = asked;
  }

  /** A view was told of news. */
  void told(long durationNs) {
    board.stages().ofThisLoop().record(Stage.LIVE, durationNs);
  }

  @Nullable LivePosition newest(int memberHandle) {
    return board.of(memberHandle);
  }

  void after(long waitNs, Runnable work) {
    long unused = vertx().setTimer(Math.max(1, (waitNs + 999_999) / 1_000_000), id -> work.run());
  }

  /** Puts a conflated position back until its time has come. */
  void await(LiveView.Conflated position) {
    waiting.add(position);
    schedule();
  }

  void forget(LiveView.Conflated position) {
    waiting.remove(position);
  }

  private void turn() {
    deliverEvents();
    deliverPositions();
  }

  private void deliverEvents() {
    EventRing ring = board.events();
    while (true) {
      switch (ring.state(nextEvent)) {
        case THERE -> {
          LiveEvent event = ring.get(nextEvent);
          if (event != null) { // else it has just been overwritten, which the next look finds
            long number = nextEvent++;
            for (LiveView view : views) {
              view.offer(event, number);
            }
          }
        }
        case OVERWRITTEN -> {
          nextEvent = ring.next();
          for (LiveView view : views) {
            view.overflow();
          }
        }
        case TO_COME -> {
          return;
        }
      }
    }
  }

  private void deliverPositions() {
    long nowNs = System.nanoTime();
    for (int n = 0; n < MAX_SLOTS_PER_TURN; n++) {
      LiveSlot slot = dirtySlots.relaxedPoll();
      if (slot == null) {
        break;
      }
      slot.clearDirty(bit);
      LivePosition position = slot.read();
      if (position != null) {
        for (LiveView view : views) {
          view.offer(slot, position, nowNs);
        }
      }
    }
    flushAll(nowNs);
    if (!dirtySlots.isEmpty()) {
      wakeup.now();
    }
  }

  private void timerFired() {
    timerId = NO_TIMER;
    long nowNs = System.nanoTime();
    LiveView.Conflated head;
    while ((head = waiting.peek()) != null && head.dueNs() - nowNs <= 0) {
      waiting.remove();
      head.due(nowNs);
    }
    flushAll(nowNs);
    schedule();
  }

  private void flushAll(long nowNs) {
    for (LiveView view : views) {
      view.flush(nowNs);
    }
  }

  private void schedule() {
    LiveView.Conflated head = waiting.peek();
    if (head == null || (timerId != NO_TIMER && timerDueNs - head.dueNs() <= 0)) {
      return;
    }
    if (timerId != NO_TIMER) {
      vertx().cancelTimer(timerId);
    }
    timerDueNs = head.dueNs();
    long delayNs = Math.max(0, timerDueNs - System.nanoTime());
    timerId = vertx().setTimer(Math.max(1, (delayNs + 999_999) / 1_000_000), id -> timerFired());
  }

  private Vertx vertx() {
    return context.owner();
  }
}
