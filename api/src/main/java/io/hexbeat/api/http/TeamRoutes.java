package io.hexbeat.api.http;

import io.hexbeat.api.store.Directory.Team;
import io.hexbeat.api.store.DirectoryJson;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.store.TeamBook;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;

/**
 * The teams. A team that the asker doesn't see is answered as if it weren't there. Runs on the
 * requests' event loops.
 */
public final class TeamRoutes implements Routes {
  private final Store store;

  public TeamRoutes(Store store) {
    this.store = store;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder
        .getRoute("listTeams")
        .addHandler(
            Routes.json(
                call ->
                    Future.succeededFuture(
                        Page.of(
                            call,
                            "teams",
                            store.directory().teams(),
                            call.access()::sees,
                            DirectoryJson::of))));
    builder
        .getRoute("createTeam")
        .addHandler(
            Routes.json(
                201,
                call ->
                    store
                        .teams()
                        .create(call.actor(), edit(call.body().getString("id"), call.body()))
                        .map(DirectoryJson::of)));
    builder.getRoute("getTeam").addHandler(Routes.json(this::get));
    builder
        .getRoute("putTeam")
        .addHandler(
            Routes.json(
                call ->
                    store
                        .teams()
                        .put(call.actor(), edit(AccountRoutes.sameId(call), call.body()))
                        .map(DirectoryJson::of)));
    builder
        .getRoute("deleteTeam")
        .addHandler(Routes.empty(call -> store.teams().delete(call.actor(), call.path("id"))));
  }

  private Future<JsonObject> get(Call call) {
    Team team = store.directory().team(call.path("id"));
    return team == null || !call.access().sees(team)
        ? Future.failedFuture(Problem.notFound("team", call.path("id")))
        : Future.succeededFuture(DirectoryJson.of(team));
  }

  private static TeamBook.Edit edit(String id, JsonObject body) {
    return new TeamBook.Edit(
        id,
        body.getString("name"),
        body.getString("parent"),
        body.getJsonArray("managers", new JsonArray()).stream().map(String::valueOf).toList());
  }
}
