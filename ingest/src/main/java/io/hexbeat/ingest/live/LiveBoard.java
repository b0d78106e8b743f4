package io.hexbeat.ingest.live;

import io.hexbeat.ingest.metrics.LoopStages;
import io.hexbeat.ingest.metrics.StageLatency.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The latest position of each member. Shards write through the {@link LiveSlot} of a member, which
 * they keep; any thread reads, and neither waits for the other. Holds one slot a member that was
 * ever seen, about 150 bytes, and the newest events, so that a reader who was away can be told what
 * it missed. It lives in memory only: replay fills the positions again, and events never.
 */
public final class LiveBoard {
  /** One bit of a long each; event loops are fewer. */
  static final int MAX_FEEDS = 64;

  private final String run =
      Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), Character.MAX_RADIX);
  private final EventRing events = new EventRing();
  private final LoopStages stages = new LoopStages(Set.of(Stage.LIVE));
  private final Map<Integer, LiveSlot> slots = new ConcurrentHashMap<>();

  /** Replaced whole under the monitor, read by shards. */
  private volatile LiveFeed[] feeds = {};

  private int nextOrdinal;

  /** All members that have a position, in no order. */
  public List<LivePosition> snapshot() {
    List<LivePosition> positions = new ArrayList<>(slots.size());
    for (LiveSlot slot : slots.values()) {
      LivePosition position = slot.read();
      if (position != null) {
        positions.add(position);
      }
    }
    return positions;
  }

  /** A member's position, or null when there was none yet. */
  public @Nullable LivePosition of(int memberHandle) {
    LiveSlot slot = slots.get(memberHandle);
    return slot == null ? null : slot.read();
  }

  /** The member's slot, made when it is new. For the shard that owns the member. */
  public LiveSlot slot(int memberHandle) {
    LiveSlot slot = slots.get(memberHandle);
    return slot == null ? addSlot(memberHandle) : slot;
  }

  /** Tells every feed; any thread, which does not wait. */
  public void publish(LiveEvent event) {
    events.add(event);
    for (LiveFeed feed : feeds) {
      feed.eventAdded();
    }
  }

  /** Names this board and the numbers of its events; another after each start. */
  public String run() {
    return run;
  }

  /** How long it takes to tell a view. */
  public LoopStages stages() {
    return stages;
  }

  EventRing events() {
    return events;
  }

  void changed(LiveSlot slot) {
    for (LiveFeed feed : feeds) {
      feed.dirty(slot);
    }
  }

  /** Registers a feed and returns its bit. */
  synchronized long add(LiveFeed feed) {
    long taken = 0;
    for (LiveFeed other : feeds) {
      taken |= other.bit();
    }
    if (feeds.length == MAX_FEEDS) {
      throw new IllegalStateException("feeds max=" + MAX_FEEDS);
    }
    long bit = Long.lowestOneBit(~taken);
    feed.bit(bit);
    LiveFeed[] more = java.util.Arrays.copyOf(feeds, feeds.length + 1);
    more[feeds.length] = feed;
    feeds = more;
    return bit;
  }

  synchronized void remove(LiveFeed feed) {
    List<LiveFeed> rest = new ArrayList<>(List.of(feeds));
    rest.remove(feed);
    feeds = rest.toArray(LiveFeed[]::new);
    slots.values().forEach(slot -> slot.clearDirty(feed.bit()));
  }

  private synchronized LiveSlot addSlot(int memberHandle) {
    return slots.computeIfAbsent(memberHandle, m -> new LiveSlot(this, m, nextOrdinal++));
  }
}
