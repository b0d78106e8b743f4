package io.hexbeat.api.http;

import io.hexbeat.api.auth.Authenticator;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.User;
import io.hexbeat.api.store.Refusal;
import io.hexbeat.api.store.Role;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.store.Times;
import io.hexbeat.api.store.UserBook;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;

/** Logging in, who am I, and the accounts. Runs on the requests' event loops. */
public final class AccountRoutes implements Routes {
  private final Store store;
  private final Directory directory;
  private final Authenticator authenticator;

  public AccountRoutes(Store store, Authenticator authenticator) {
    this.store = store;
    this.directory = store.directory();
    this.authenticator = authenticator;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("login").addHandler(Routes.json(this::login));
    builder
        .getRoute("getMe")
        .addHandler(Routes.json(call -> Future.succeededFuture(json(call.access().user()))));
    builder
        .getRoute("listUsers")
        .addHandler(
            Routes.json(
                call ->
                    Future.succeededFuture(
                        Page.of(
                            call, "users", directory.users(), user -> true, AccountRoutes::json))));
    builder.getRoute("createUser").addHandler(Routes.json(201, this::create));
    builder.getRoute("getUser").addHandler(Routes.json(this::get));
    builder.getRoute("putUser").addHandler(Routes.json(this::put));
    builder
        .getRoute("deleteUser")
        .addHandler(Routes.empty(call -> store.users().delete(call.path("id"))));
  }

  private Future<JsonObject> login(Call call) {
    JsonObject body = call.body();
    return authenticator
        .login(
            body.getString("username"),
            body.getString("password"),
            call.context().request().remoteAddress().hostAddress())
        .map(
            session ->
                new JsonObject()
                    .put("token", session.token())
                    .put("expires_at", Times.iso(session.expiresMs()))
                    .put("user", json(session.user())));
  }

  private Future<JsonObject> get(Call call) {
    User user = directory.user(call.path("id"));
    return user == null
        ? Future.failedFuture(Problem.notFound("user", call.path("id")))
        : Future.succeededFuture(json(user));
  }

  private Future<JsonObject> create(Call call) {
    JsonObject body = call.body();
    return authenticator
        .hashPassword(body.getString("password"))
        .compose(hash -> store.users().create(edit(body.getString("id"), body), hash))
        .map(AccountRoutes::json);
  }

  private Future<JsonObject> put(Call call) {
    JsonObject body = call.body();
    UserBook.Edit edit = edit(sameId(call), body);
    if (directory.user(edit.id()) == null) {
      return Future.failedFuture(Problem.notFound("user", edit.id()));
    }
    String password = body.getString("password");
    return password == null
        ? store.users().update(edit, null).map(AccountRoutes::json)
        : authenticator
            .hashPassword(password)
            .compose(hash -> store.users().update(edit, hash))
            .map(AccountRoutes::json);
  }

  private static UserBook.Edit edit(String id, JsonObject body) {
    return new UserBook.Edit(
        id, body.getString("name"), Role.ofCode(body.getString("role")), body.getString("member"));
  }

  /** The id in the path; one in the body must be the same. */
  static String sameId(Call call) {
    String id = call.path("id");
    String said = call.body().getString("id", id);
    if (!said.equals(id)) {
      throw Refusal.invalid("/id", "it differs from the id in the path, '" + id + "'");
    }
    return id;
  }

  private static JsonObject json(User user) {
    JsonObject json = new JsonObject().put("id", user.id());
    if (user.name() != null) {
      json.put("name", user.name());
    }
    json.put("role", user.role().code());
    if (user.memberId() != null) {
      json.put("member", user.memberId());
    }
    return json;
  }
}
