package io.hexbeat.api.http;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.PasskeyBook;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;

/**
 * The passkeys of a member, to be seen and revoked; they are enrolled on the phone. Runs on the
 * requests' event loops.
 */
public final class PasskeyRoutes implements Routes {
  private final PasskeyBook passkeys;
  private final Directory directory;

  public PasskeyRoutes(PasskeyBook passkeys, Directory directory) {
    this.passkeys = passkeys;
    this.directory = directory;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder
        .getRoute("listPasskeys")
        .addHandler(Routes.json(call -> Future.succeededFuture(list(visible(call)))));
    builder
        .getRoute("revokePasskey")
        .addHandler(
            Routes.empty(
                call -> passkeys.revoke(call.actor(), visible(call), call.path("passkey"))));
  }

  private JsonObject list(Member member) {
    JsonArray rows = new JsonArray();
    passkeys.of(member.handle()).forEach(passkey -> rows.add(passkeys.json(passkey)));
    return new JsonObject().put("passkeys", rows);
  }

  private Member visible(Call call) {
    Member member = directory.member(call.path("id"));
    if (member == null || !call.access().sees(member)) {
      throw Problem.notFound("member", call.path("id"));
    }
    return member;
  }
}
