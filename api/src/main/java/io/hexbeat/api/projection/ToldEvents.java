package io.hexbeat.api.projection;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Times;
import io.hexbeat.api.webhooks.WebhookEvent;
import io.hexbeat.geofence.presence.ChangeKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of one batch webhooks may be told of: punches, arrivals and departures. One thread. Keeps a
 * line of figures each, and makes events of them only for types that somebody has asked for.
 */
final class ToldEvents {
  private final int shard;
  private final List<Punch> punches = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();

  private record Punch(
      long index,
      int memberHandle,
      int deviceHandle,
      String kind,
      long atMs,
      long receivedMs,
      String receiptJson) {}

  private record Step(
      long index,
      int ordinal,
      int memberHandle,
      int deviceHandle,
      int fenceHandle,
      ChangeKind kind,
      boolean inferred,
      long atMs,
      long receivedMs) {
    String type() {
      return kind == ChangeKind.ENTER ? WebhookEvent.PRESENCE_ENTER : WebhookEvent.PRESENCE_EXIT;
    }
  }

  ToldEvents(int shard) {
    this.shard = shard;
  }

  void punch(
      long index,
      int memberHandle,
      int deviceHandle,
      String kind,
      long atMs,
      long receivedMs,
      String receiptJson) {
    punches.add(new Punch(index, memberHandle, deviceHandle, kind, atMs, receivedMs, receiptJson));
  }

  /** A transition; of a dwell the visits tell. */
  void step(
      long index,
      int ordinal,
      int memberHandle,
      int deviceHandle,
      int fenceHandle,
      ChangeKind kind,
      boolean inferred,
      long atMs,
      long receivedMs) {
    if (kind != ChangeKind.DWELL) {
      steps.add(
          new Step(
              index,
              ordinal,
              memberHandle,
              deviceHandle,
              fenceHandle,
              kind,
              inferred,
              atMs,
              receivedMs));
    }
  }

  /** Those that are asked for. */
  Future<List<WebhookEvent>> wanted(SqlConnection connection, Followers followers) {
    List<WebhookEvent> events = new ArrayList<>();
    Directory directory = followers.directory();
    if (followers.outbox().wants(WebhookEvent.PUNCH_RECORDED)) {
      punches.forEach(punch -> events.add(event(punch, directory)));
    }
    List<Step> told = steps.stream().filter(step -> followers.outbox().wants(step.type())).toList();
    if (told.isEmpty()) {
      return Future.succeededFuture(events);
    }
    return fences(connection, told)
        .map(
            fences -> {
              told.forEach(
                  step -> events.add(event(step, directory, fences.get(step.fenceHandle()))));
              return events;
            });
  }

  /** As the API names them, deleted ones too. */
  private static Future<Map<Integer, JsonObject>> fences(
      SqlConnection connection, List<Step> steps) {
    return connection
        .preparedQuery("select handle, id, name, customer from fences where handle = any($1)")
        .execute(
            Tuple.tuple()
                .addArrayOfInteger(
                    steps.stream().map(Step::fenceHandle).distinct().toArray(Integer[]::new)))
        .map(
            rows -> {
              Map<Integer, JsonObject> fences = new HashMap<>();
              for (Row row : rows) {
                JsonObject fence =
                    new JsonObject()
                        .put("fence", row.getString("id"))
                        .put("name", row.getString("name"));
                String customer = row.getString("customer");
                fences.put(
                    row.getInteger("handle"),
                    customer == null ? fence : fence.put("customer", customer));
              }
              return fences;
            });
  }

  private WebhookEvent event(Punch punch, Directory directory) {
    JsonObject data =
        whose(directory, punch.memberHandle(), punch.deviceHandle())
            .put("kind", punch.kind())
            .put("at", Times.iso(punch.atMs()))
            .mergeIn(new JsonObject(punch.receiptJson()));
    return new WebhookEvent(
        "punch-" + shard + "-" + punch.index(),
        WebhookEvent.PUNCH_RECORDED,
        punch.receivedMs(),
        data);
  }

  private WebhookEvent event(Step step, Directory directory, @Nullable JsonObject fence) {
    JsonObject data = whose(directory, step.memberHandle(), step.deviceHandle());
    if (fence != null) {
      data.mergeIn(fence);
    }
    data.put("kind", step.kind().name().toLowerCase(Locale.ROOT))
        .put("at", Times.iso(step.atMs()))
        .put("inferred", step.inferred());
    return new WebhookEvent(
        "presence-" + shard + "-" + step.index() + "-" + step.ordinal(),
        step.type(),
        step.receivedMs(),
        data);
  }

  private static JsonObject whose(Directory directory, int memberHandle, int deviceHandle) {
    JsonObject json = new JsonObject();
    Directory.Member member = directory.member(memberHandle);
    if (member != null) {
      json.put("member", member.id()).put("team", member.teamId());
    }
    Directory.Device device = directory.device(deviceHandle);
    return device == null ? json : json.put("device", device.id());
  }
}
