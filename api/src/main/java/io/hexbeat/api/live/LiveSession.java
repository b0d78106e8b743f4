package io.hexbeat.api.live;

import io.hexbeat.api.auth.Access;
import io.hexbeat.api.http.JsonText;
import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.ingest.live.LiveEvent;
import io.hexbeat.ingest.live.LiveFeed;
import io.hexbeat.ingest.live.LivePosition;
import io.hexbeat.ingest.live.Subscription;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One socket: what it asked for, and what it has been shown. Belongs to its event loop. Memory is
 * bounded by the socket's write queue, the subscription's event bound and one bit a member: while
 * the queue is full nothing more is written and nothing more is read from the client. A reader that
 * stays too slow is closed with 1013.
 */
final class LiveSession implements LiveFeed.Sink {
  private static final short POLICY = 1008;
  private static final short TRY_LATER = 1013;

  /** Our own: log in again. */
  private static final short SESSION_ENDED = 4401;

  private static final long FORCE_CLOSE_AFTER_MS = 5_000;
  private static final Buffer NOTHING = Buffer.buffer();

  private final LiveSocket home;
  private final LiveParts parts;
  private final ServerWebSocket socket;
  private final HttpConnection connection;
  private final String token;
  private final Access access;
  private final Actor actor;
  private final Runnable onSessionEnd;
  private final BitSet shown = new BitSet();

  /** Members told of since the last sweep. */
  private final BitSet read = new BitSet();

  private @Nullable Watch watch;
  private @Nullable Subscription subscription;
  private boolean blocked;
  private boolean refreshDue;
  private boolean closed;
  private int badMessages;
  private long heardNs = System.nanoTime();
  private long pingedNs = System.nanoTime();

  LiveSession(
      LiveSocket home,
      LiveParts parts,
      ServerWebSocket socket,
      HttpConnection connection,
      String token,
      Access access,
      Actor actor,
      Context context) {
    this.home = home;
    this.parts = parts;
    this.socket = socket;
    this.connection = connection;
    this.token = token;
    this.access = access;
    this.actor = actor;
    this.onSessionEnd = () -> context.runOnContext(v -> endSession());
  }

  void open() {
    parts.stats().sockets.increment();
    socket.setWriteQueueMaxSize(parts.limits().writeQueueBytes());
    socket.textMessageHandler(this::onMessage);
    socket.binaryMessageHandler(
        bytes -> onBadMessage(new BadMessageException("", "must be text, not binary")));
    socket.pongHandler(pong -> heardNs = System.nanoTime());
    socket.drainHandler(v -> onDrained());
    socket.exceptionHandler(e -> {}); // the close handler follows and says all there is to say
    socket.closeHandler(v -> onClosed());
    access.onEnd(onSessionEnd);
  }

  @Override
  public boolean writable() {
    return !closed && !blocked;
  }

  @Override
  public void positions(List<LivePosition> newest) {
    Watch now = watchNow();
    if (now != null) {
      send(home.positions().news(newest, now));
    }
  }

  @Override
  public void event(LiveEvent event, long number) {
    Member member = parts.directory().member(event.memberHandle());
    Watch now = watchNow();
    if (member == null || now == null || !now.sees(event.memberHandle())) {
      return;
    }
    TextMessage message = home.frame(event, number, member);
    if (message != null) {
      parts.stats().events.increment();
      read.set(event.memberHandle());
      write(message);
    }
  }

  @Override
  public void overflow() {
    parts.stats().closedTooSlow.increment();
    close(TRY_LATER, "events came faster than they were read");
  }

  /** Says goodbye because the server stops. */
  void stop() {
    close((short) 1001, "the server stops");
  }

  /** Looks at what changes with time alone; {@code stateChanges} are positions of any member. */
  void sweep(List<LivePosition> stateChanges) {
    noteReads();
    long nowNs = System.nanoTime();
    if (nowNs - heardNs > parts.limits().deadAfter().toNanos()) {
      parts.stats().closedTooSlow.increment();
      close(TRY_LATER, "nothing was heard from the reader");
      return;
    }
    if (nowNs - pingedNs > parts.limits().pingEvery().toNanos()) {
      pingedNs = nowNs;
      checkToken();
      if (writable()) {
        socket.writePing(NOTHING);
      }
    }
    Watch now = watchNow();
    if (now == null) {
      return;
    }
    if (!writable()) {
      refreshDue |= !stateChanges.isEmpty();
      return;
    }
    sendGone(now);
    if (!stateChanges.isEmpty()) {
      send(home.positions().news(stateChanges, now));
    }
  }

  private void onMessage(String text) {
    heardNs = System.nanoTime();
    if (closed) {
      return;
    }
    try {
      JsonObject message = new JsonObject(text);
      if (!"subscribe".equals(message.getValue("type"))) {
        throw new BadMessageException("/type", "must be subscribe");
      }
      subscribe(
          Watch.of(message, access, parts.directory(), parts.limits().maxNamed()),
          EventCursor.since(message));
    } catch (DecodeException e) {
      onBadMessage(new BadMessageException("", "must be a JSON object"));
    } catch (BadMessageException e) {
      onBadMessage(e);
    }
  }

  private void onBadMessage(BadMessageException e) {
    parts.stats().badMessages.increment();
    badMessages++;
    if (badMessages > parts.limits().badMessages()) {
      close(POLICY, "too many bad messages");
    } else {
      write(new TextMessage(e.toFrame()));
    }
  }

  /**
   * News begin before the snapshot is taken, so that nothing falls between them. What was missed
   * since the cursor follows the snapshot, all of it or, as the snapshot then says, nothing.
   */
  private void subscribe(Watch wanted, @Nullable EventCursor since) {
    Subscription subscribed = subscription;
    if (subscribed == null) {
      subscribed = home.feed().subscribe(wanted, wanted.rateHz(), this);
      subscription = subscribed;
    } else {
      subscribed.change(wanted, wanted.rateHz());
    }
    watch = wanted;
    shown.clear();
    EventCursor now = new EventCursor(parts.board().run(), home.feed().nextEvent() - 1);
    if (since == null) {
      sendSnapshot(wanted, now, "");
      return;
    }
    boolean resumed = since.run().equals(now.run()) && subscribed.knowsSince(since.number() + 1);
    sendSnapshot(wanted, now, ",\"resumed\":" + resumed);
    if (resumed) {
      parts.stats().resumed.increment();
      subscribed.catchUp(since.number() + 1);
    }
  }

  private void sendSnapshot(Watch wanted, EventCursor cursor, String resumed) {
    String head = "\"type\":\"snapshot\",\"cursor\":\"" + cursor + "\"" + resumed;
    PositionFrames.Frame frame = home.positions().frame(head, parts.board().snapshot(), wanted);
    note(frame);
    write(frame.text());
  }

  private void send(PositionFrames.Frame frame) {
    if (!frame.members().isEmpty()) {
      note(frame);
      write(frame.text());
    }
  }

  private void note(PositionFrames.Frame frame) {
    parts.stats().positions.add(frame.members().cardinality());
    shown.or(frame.members());
    read.or(frame.members());
  }

  /**
   * What was asked for, within what may be seen now; null before the first message, and once the
   * session's end is on the way.
   */
  private @Nullable Watch watchNow() {
    Watch asked = watch;
    Subscription subscribed = subscription;
    if (asked == null || subscribed == null || !access.current()) {
      return null;
    }
    Watch now = asked.within(access.scope());
    if (!now.equals(asked)) {
      refreshDue |= blocked;
      watch = now;
      subscribed.change(now, now.rateHz());
    }
    return now;
  }

  /** Tells of members on the map who are no longer in what was asked for. */
  private void sendGone(Watch asked) {
    StringBuilder out = null;
    for (int handle = shown.nextSetBit(0); handle >= 0; handle = shown.nextSetBit(handle + 1)) {
      LivePosition position = parts.board().of(handle);
      if (position != null
          && asked.sees(handle)
          && asked.covers(position.latE7(), position.lngE7())) {
        continue;
      }
      shown.clear(handle);
      String id = home.positions().lastIdOf(handle);
      if (id != null) {
        if (out == null) {
          out = new StringBuilder("{\"type\":\"gone\",\"members\":[");
        } else {
          out.append(',');
        }
        JsonText.appendString(out, id);
      }
    }
    if (out != null) {
      write(new TextMessage(out.append("]}")));
    }
  }

  private void write(TextMessage message) {
    if (socket.isClosed()) {
      return; // the close handler follows
    }
    parts.stats().frames.increment();
    message.writeTo(socket);
    if (!blocked && socket.writeQueueFull()) {
      blocked = true;
      socket.pause();
    }
  }

  private void onDrained() {
    if (closed || !blocked) {
      return;
    }
    blocked = false;
    heardNs = System.nanoTime();
    socket.resume();
    if (subscription != null) {
      subscription.resume();
    }
    Watch now = watchNow();
    if (refreshDue && writable() && now != null) {
      refreshDue = false;
      send(home.positions().news(parts.board().snapshot(), now));
    }
  }

  /** A token that has expired, or an account that is gone, ends its sockets. */
  private void checkToken() {
    parts
        .authenticate()
        .apply(token)
        .onSuccess(
            who -> {
              if (who.isEmpty()) {
                endSession();
              }
            });
  }

  private void endSession() {
    close(SESSION_ENDED, "the session has ended");
  }

  private void noteReads() {
    if (!read.isEmpty()) {
      if (!parts.reads().note(actor, "read.live", read)) {
        close(TRY_LATER, "reads can't be audited at the moment");
      }
      read.clear();
    }
  }

  private void close(short code, String reason) {
    if (closed) {
      return;
    }
    closed = true;
    endSubscription();
    socket.close(code, reason);
    // a reader that reads nothing never sees the close frame either
    home.vertx().setTimer(FORCE_CLOSE_AFTER_MS, id -> connection.close());
  }

  private void endSubscription() {
    if (subscription != null) {
      subscription.close();
      subscription = null;
    }
  }

  private void onClosed() {
    closed = true;
    access.forget(onSessionEnd);
    noteReads();
    endSubscription();
    parts.stats().sockets.decrement();
    home.forget(this);
  }
}
