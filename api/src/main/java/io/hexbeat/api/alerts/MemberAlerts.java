package io.hexbeat.api.alerts;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.Refusal;
import io.hexbeat.api.store.Times;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.door.MemberDesk;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What members see of alerts about themselves, by their phone's credential, and how they appeal.
 * Asked by any thread, works on one context of the control plane. They see the reasons with their
 * figures and what was decided, but nobody else: neither who looks into it nor another member.
 */
public final class MemberAlerts implements MemberDesk {
  private static final String OWN = "/v1/me/alerts";
  private static final Pattern APPEAL =
      Pattern.compile("/v1/alerts/([A-Za-z0-9._:-]{1,64})/appeal");
  private static final int MAX_ALERTS = 50;
  private static final int MAX_TEXT_CHARS = 2_000;

  private final Context context;
  private final Pool pool;
  private final AlertDesk desk;

  public MemberAlerts(Context context, Pool pool, AlertDesk desk) {
    this.context = context;
    this.pool = pool;
    this.desk = desk;
  }

  @Override
  public boolean has(String path) {
    return path.equals(OWN) || APPEAL.matcher(path).matches();
  }

  @Override
  public Future<Answer> answer(
      DeviceIdentity who, @Nullable String address, String method, String path, Buffer body) {
    Promise<Answer> answered = Promise.promise();
    context.runOnContext(
        v ->
            Future.succeededFuture()
                .compose(now -> answerHere(who, address, method, path, body))
                .recover(MemberAlerts::refused)
                .onComplete(answered));
    return answered.future();
  }

  private Future<Answer> answerHere(
      DeviceIdentity who, @Nullable String address, String method, String path, Buffer body) {
    Matcher appeal = APPEAL.matcher(path);
    boolean appeals = appeal.matches();
    if (!method.equals(appeals ? "POST" : "GET")) {
      return Future.succeededFuture(
          Answer.problem(405, "Method not allowed", "This path takes other methods."));
    }
    return appeals ? appeal(who, address, appeal.group(1), body) : list(who);
  }

  private Future<Answer> list(DeviceIdentity who) {
    return pool.preparedQuery(
            "select "
                + StoredAlert.COLUMNS
                + " from alerts where member = $1 order by raised_ms desc, id desc limit $2")
        .execute(Tuple.of(who.memberHandle(), MAX_ALERTS))
        .map(
            rows -> {
              JsonArray alerts = new JsonArray();
              rows.forEach(row -> alerts.add(shown(StoredAlert.of(row))));
              return new Answer(200, new JsonObject().put("alerts", alerts).toBuffer());
            });
  }

  private Future<Answer> appeal(
      DeviceIdentity who, @Nullable String address, String id, Buffer body) {
    String text = text(body);
    if (text == null || text.isBlank() || text.length() > MAX_TEXT_CHARS) {
      return Future.succeededFuture(
          Answer.problem(400, "Bad request", "The body is {\"text\": …} of 1 to 2000 characters."));
    }
    return desk.take(
            id,
            new Integer[] {who.memberHandle()},
            null,
            new Step.Appeal(text, "member"),
            new Actor(null, null, null, address, null))
        .map(alert -> new Answer(200, shown(alert).toBuffer()));
  }

  private static @Nullable String text(Buffer body) {
    try {
      return new JsonObject(body).getValue("text") instanceof String text ? text : null;
    } catch (DecodeException e) {
      return null;
    }
  }

  private static Future<Answer> refused(Throwable failure) {
    if (!(failure instanceof Refusal refusal)) {
      return Future.failedFuture(failure);
    }
    String detail = String.valueOf(refusal.getMessage());
    return Future.succeededFuture(
        refusal.kind() == Refusal.Kind.NOT_FOUND
            ? Answer.problem(404, "Not found", detail)
            : Answer.problem(409, "Conflict", detail));
  }

  /** The alert as its member may see it. */
  public static JsonObject shown(StoredAlert alert) {
    JsonObject body = alert.body();
    JsonArray reasons = body.getJsonArray("reasons");
    if (reasons == null) {
      JsonObject figures = body.getJsonObject("evidence", new JsonObject());
      reasons = new JsonArray().add(new JsonObject().put("code", alert.kind()).mergeIn(figures));
    }
    JsonArray own = new JsonArray();
    for (Object reason : reasons) {
      JsonObject copy = ((JsonObject) reason).copy();
      copy.remove("other_member_handles");
      own.add(copy);
    }
    JsonObject shown =
        new JsonObject()
            .put("id", alert.id())
            .put("kind", alert.kind())
            .put("severity", alert.severity())
            .put("status", alert.status().code())
            .put("raised_at", Times.iso(alert.raisedMs()))
            .put("last_at", Times.iso(alert.lastMs()))
            .put("occurrence_count", alert.occurrences())
            .put("reasons", own);
    put(shown, "punch", body.getString("punch"));
    put(shown, "resolution", alert.resolution());
    put(shown, "note", alert.status() == AlertStatus.RESOLVED ? alert.note() : null);
    return shown;
  }

  private static void put(JsonObject json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
