package io.hexbeat.api.live;

import io.hexbeat.api.auth.Access;
import io.hexbeat.api.http.Call;
import io.hexbeat.api.http.JsonText;
import io.hexbeat.api.http.Problem;
import io.hexbeat.api.http.Routes;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.GeoBox;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.ingest.live.LivePosition;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest position of each member, from memory: works while PostgreSQL is away. Runs on the
 * event loop of the request; a page holds at most its limit of members, in the order of their ids.
 */
public final class PositionRoutes implements Routes {
  private final LiveParts parts;
  private final ReadLog reads;
  private final PositionJson positionJson;

  public PositionRoutes(LiveParts parts, ReadLog reads) {
    this.parts = parts;
    this.reads = reads;
    this.positionJson = new PositionJson(parts.directory(), parts.fenceIds());
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("listPositions").addHandler(this::handle);
  }

  private void handle(RoutingContext context) {
    String body;
    try {
      body = page(new Call(context));
    } catch (RuntimeException e) {
      context.fail(e);
      return;
    }
    context.response().putHeader("Content-Type", "application/json").end(body);
  }

  private String page(Call call) {
    Access access = call.access();
    String team = team(call);
    List<Double> bbox = call.numbers("bbox");
    GeoBox box = bbox == null ? null : GeoBox.of(bbox);
    int limit = call.manyLimit();
    String cursor = call.cursor();
    Map<String, Member> members = parts.directory().membersById();
    if (cursor != null) {
      members = parts.directory().membersById().tailMap(cursor, false);
    }
    StringBuilder out = new StringBuilder(4096).append("{\"positions\":[");
    BitSet shown = new BitSet();
    int count = 0;
    String last = "";
    for (Member member : members.values()) {
      if ((team != null && !parts.directory().isWithin(member.teamId(), team))
          || !access.sees(member)) {
        continue;
      }
      LivePosition position = parts.board().of(member.handle());
      if (position == null || (box != null && !box.contains(position.latE7(), position.lngE7()))) {
        continue;
      }
      if (count == limit) {
        noteRead(call, shown);
        out.append("],\"next_cursor\":");
        JsonText.appendString(out, last);
        return out.append('}').toString();
      }
      out.append(count == 0 ? "" : ",");
      positionJson.append(out, member, position, parts.states().of(position));
      last = member.id();
      shown.set(member.handle());
      count++;
    }
    noteRead(call, shown);
    return out.append("]}").toString();
  }

  private void noteRead(Call call, BitSet shown) {
    call.noteRead(reads, "read.positions", shown, Long.MAX_VALUE, Long.MIN_VALUE);
  }

  private @Nullable String team(Call call) {
    String id = call.text("team");
    if (id == null) {
      return null;
    }
    Directory.Team team = parts.directory().team(id);
    if (team == null || !call.access().sees(team)) {
      throw Problem.invalid("/query/team", "there is no team '" + id + "'");
    }
    return id;
  }
}
