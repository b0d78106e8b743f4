package io.hexbeat.api.http;

import io.hexbeat.api.auth.Authenticator;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.User;
import io.hexbeat.api.store.DirectoryJson;
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
        .addHandler(
            Routes.json(call -> Future.succeededFuture(DirectoryJson.of(call.access().user()))));
    builder
        .getRoute("listUsers")
        .addHandler(
            Routes.json(
                call ->
                    Future.succeededFuture(
                        Page.of(
                            call, "users", directory.users(), user -> true, DirectoryJson::of))));
    builder.getRoute("createUser").addHandler(Routes.json(201, this::create));
    builder.getRoute("getUser").addHandler(Routes.json(this::get));
    builder.getRoute("putUser").addHandler(Routes.json(this::put));
    builder
        .getRoute("deleteUser")
        .addHandler(Routes.empty(call -> store.users().delete(call.actor(), call.path("id"))));
  }

  private Future<JsonObject> login(Call call) {
    JsonObject body = call.body();
    return authenticator
        .login(
            body.getString("username"),
            body.getString("password"),
            call.actor(),
            call.context().request().getHeader("User-Agent"))
        .map(
            opened -> {
              User user = directory.user(opened.session().userId());
              if (user == null) {
                throw Problem.unauthorized("The account is gone.");
              }
              return new JsonObject()
                  .put("token", opened.token())
                  .put("expires_at", Times.iso(opened.session().expiresMs()))
                  .put("session", opened.session().id())
                  .put("user", DirectoryJson.of(user));
            });
  }

  private Future<JsonObject> get(Call call) {
    User user = directory.user(call.path("id"));
    return user == null
        ? Future.failedFuture(Problem.notFound("user", call.path("id")))
        : Future.succeededFuture(DirectoryJson.of(user));
  }

  private Future<JsonObject> create(Call call) {
    JsonObject body = call.body();
    return authenticator
        .hashPassword(body.getString("password"))
        .compose(hash -> store.users().create(call.actor(), edit(body.getString("id"), body), hash))
        .map(DirectoryJson::of);
  }

  private Future<JsonObject> put(Call call) {
    JsonObject body = call.body();
    UserBook.Edit edit = edit(sameId(call), body);
    if (directory.user(edit.id()) == null) {
      return Future.failedFuture(Problem.notFound("user", edit.id()));
    }
    String password = body.getString("password");
    return password == null
        ? store.users().update(call.actor(), edit, null).map(DirectoryJson::of)
        : authenticator
            .hashPassword(password)
            .compose(hash -> store.users().update(call.actor(), edit, hash))
            .map(DirectoryJson::of);
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
}
