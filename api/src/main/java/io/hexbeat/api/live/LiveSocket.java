package io.hexbeat.api.live;

import io.hexbeat.api.auth.Access;
import io.hexbeat.api.http.Call;
import io.hexbeat.api.http.Problem;
import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.ingest.live.LiveEvent;
import io.hexbeat.ingest.live.LiveFeed;
import io.hexbeat.ingest.live.LivePosition;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket {@code /v1/live} on one event loop: upgrades requests that carry a token and gives
 * each socket its part of the loop's {@link LiveFeed}. Opened, used and closed on that loop.
 * Encodes each frame once for all of its sockets that get it. A request without a token is answered
 * 401, one beyond the loop's limit of sockets 503.
 *
 * <p>Client: {@code
 * {"type":"subscribe","teams":[…]?,"members":[…]?,"bbox":[w,s,e,n]?,"rate_hz":5?,"since":"…"?}},
 * again to change it. Server: {@code snapshot} once a subscribe, then {@code positions}, {@code
 * transition}, {@code punch}, {@code alert}; {@code gone} with members that left what was asked for
 * (moved to another team, out of the box); {@code error} for a message without meaning.
 */
public final class LiveSocket implements Handler<RoutingContext>, AutoCloseable {
  private static final String BEARER = "Bearer ";

  private final Vertx vertx;
  private final Context loop;
  private final LiveParts parts;
  private final LiveFeed feed;
  private final PositionFrames positionFrames;
  private final EventJson eventJson;
  private final Set<LiveSession> sessions = new HashSet<>();
  private @Nullable LiveEvent lastEvent;
  private @Nullable TextMessage lastEventMessage;
  private long sweepTimer;

  /** Tells the open alerts of new ones; sees everybody and asks for no position. */
  private static final class AlertListener implements LiveFeed.Filter, LiveFeed.Sink {
    private final LiveFeed feed;
    private final OpenAlerts openAlerts;

    AlertListener(LiveFeed feed, OpenAlerts openAlerts) {
      this.feed = feed;
      this.openAlerts = openAlerts;
    }

    void listen() {
      feed.subscribe(this, 1, this);
    }

    @Override
    public boolean sees(int memberHandle) {
      return true;
    }

    @Override
    public boolean covers(int latE7, int lngE7) {
      return false;
    }

    @Override
    public boolean positions() {
      return false;
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void positions(List<LivePosition> newest) {
      throw new IllegalStateException("no position is covered");
    }

    @Override
    public void event(LiveEvent event, long number) {
      if (event instanceof LiveEvent.Alert alert) {
        openAlerts.raised(alert.memberHandle(), new JsonObject(alert.json()));
      }
    }

    @Override
    public void overflow() {
      listen(); // the alerts that were lost are in PostgreSQL and colour nobody until a restart
    }
  }

  private LiveSocket(Context context, LiveParts parts) {
    this.vertx = context.owner();
    this.loop = context;
    this.parts = parts;
    this.feed = LiveFeed.open(parts.board(), context);
    PositionJson positionJson = new PositionJson(parts.directory(), parts.fenceIds());
    this.positionFrames = new PositionFrames(parts.directory(), positionJson, parts.states());
    this.eventJson = new EventJson(parts.directory(), parts.fenceIds(), parts.openAlerts());
  }

  /** Opens the sockets' home on the current event loop, which must be the context's. */
  public static LiveSocket open(Context context, LiveParts parts) {
    LiveSocket socket = new LiveSocket(context, parts);
    new AlertListener(socket.feed, parts.openAlerts()).listen();
    socket.sweepTimer =
        socket.vertx.setPeriodic(parts.limits().sweepEvery().toMillis(), id -> socket.sweep());
    return socket;
  }

  /** Answers {@code GET /v1/live}. */
  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
      if (request.version() != HttpVersion.HTTP_2) { // which has no upgrades and forbids the header
        context.response().putHeader("Upgrade", "websocket");
      }
      context.fail(Problem.of(426, "This is a WebSocket: connect with one."));
      return;
    }
    String token = token(request);
    if (token == null) {
      refuse(context, Problem.unauthorized("A token is needed: as Authorization or ?token=."));
      return;
    }
    if (sessions.size() >= parts.limits().maxSockets()) {
      refuse(context, Problem.retryLater(503, "Too many live sockets are open.", 10));
      return;
    }
    request.pause();
    parts
        .authenticate()
        .apply(token)
        .onSuccess(
            access ->
                access.ifPresentOrElse(
                    who -> upgrade(context, token, who),
                    () -> refuse(context, Problem.unauthorized("The token is not valid."))))
        .onFailure(e -> refuse(context, e));
  }

  /** Closes all sockets with 1001. */
  @Override
  public void close() {
    vertx.cancelTimer(sweepTimer);
    feed.close();
    List.copyOf(sessions).forEach(LiveSession::stop);
  }

  LiveFeed feed() {
    return feed;
  }

  Vertx vertx() {
    return vertx;
  }

  PositionFrames positions() {
    return positionFrames;
  }

  /** The frame of an event; the feed offers one event to all sockets before the next. */
  @SuppressWarnings("ReferenceEquality") // the same event, not an equal one
  @Nullable TextMessage frame(LiveEvent event, long number, Member member) {
    if (lastEvent != event) {
      EventCursor cursor = new EventCursor(parts.board().run(), number);
      String json = eventJson.frame(event, member, cursor);
      lastEvent = event;
      lastEventMessage = json == null ? null : new TextMessage(json);
    }
    return lastEventMessage;
  }

  void forget(LiveSession session) {
    sessions.remove(session);
    if (sessions.isEmpty()) {
      positionFrames.clear();
    }
  }

  private void upgrade(RoutingContext context, String token, Access access) {
    HttpServerRequest request = context.request();
    Actor actor = new Call(context).actor(access);
    request
        .toWebSocket()
        .onSuccess(
            (ServerWebSocket socket) -> {
              LiveSession session =
                  new LiveSession(
                      this, parts, socket, request.connection(), token, access, actor, loop);
              sessions.add(session);
              session.open();
            });
  }

  private void refuse(RoutingContext context, Throwable why) {
    parts.stats().refused.increment();
    context.request().resume();
    context.fail(why);
  }

  private void sweep() {
    if (sessions.isEmpty()) {
      return;
    }
    List<LivePosition> changed = positionFrames.stateChanges(parts.board());
    for (LiveSession session : List.copyOf(sessions)) {
      session.sweep(changed);
    }
  }

  private static @Nullable String token(HttpServerRequest request) {
    String header = request.getHeader("Authorization");
    if (header != null) {
      return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
          ? header.substring(BEARER.length()).strip()
          : null;
    }
    return request.getParam("token");
  }
}
