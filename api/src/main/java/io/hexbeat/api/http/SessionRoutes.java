package io.hexbeat.api.http;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Session;
import io.hexbeat.api.store.SessionBook;
import io.hexbeat.api.store.Times;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;

/**
 * The sessions: everybody's own, and for administrators those of any user. Runs on the requests'
 * event loops. A session that was ended is refused, and its live sockets are closing, when the
 * request is answered.
 */
public final class SessionRoutes implements Routes {
  private static final String THIS_ONE = "current";

  private final SessionBook sessions;
  private final Directory directory;

  public SessionRoutes(SessionBook sessions, Directory directory) {
    this.sessions = sessions;
    this.directory = directory;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder
        .getRoute("listSessions")
        .addHandler(Routes.json(call -> list(call, call.access().userId())));
    builder
        .getRoute("endSessions")
        .addHandler(
            Routes.empty(call -> sessions.end(call.actor(), call.access().userId(), all -> true)));
    builder
        .getRoute("endSession")
        .addHandler(Routes.empty(call -> endOne(call, call.access().userId(), call.path("id"))));
    builder.getRoute("listUserSessions").addHandler(Routes.json(call -> list(call, user(call))));
    builder
        .getRoute("endUserSessions")
        .addHandler(Routes.empty(call -> sessions.end(call.actor(), user(call), all -> true)));
    builder
        .getRoute("endUserSession")
        .addHandler(Routes.empty(call -> endOne(call, user(call), call.path("session"))));
  }

  private String user(Call call) {
    String id = call.path("id");
    if (directory.user(id) == null) {
      throw Problem.notFound("user", id);
    }
    return id;
  }

  private Future<Void> endOne(Call call, String userId, String named) {
    String id = named.equals(THIS_ONE) ? String.valueOf(call.access().sessionId()) : named;
    if (sessions.ofUser(userId).stream().noneMatch(session -> session.id().equals(id))) {
      throw Problem.notFound("session", id);
    }
    return sessions.end(call.actor(), userId, session -> session.id().equals(id));
  }

  private Future<JsonObject> list(Call call, String userId) {
    JsonArray list = new JsonArray();
    for (Session session : sessions.ofUser(userId)) {
      list.add(json(session, session.id().equals(call.access().sessionId())));
    }
    return Future.succeededFuture(new JsonObject().put("sessions", list));
  }

  private JsonObject json(Session session, boolean current) {
    JsonObject json =
        new JsonObject()
            .put("id", session.id())
            .put("created_at", Times.iso(session.createdMs()))
            .put("seen_at", Times.iso(session.seenMs()))
            .put("ends_at", Times.iso(sessions.endsMs(session)))
            .put("expires_at", Times.iso(session.expiresMs()))
            .put("address", session.address())
            .put("current", current);
    return session.agent() == null ? json : json.put("agent", session.agent());
  }
}
