package io.hexbeat.api.alerts;

import io.hexbeat.api.store.Refusal;
import io.vertx.core.json.JsonObject;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Something that a person does with an alert. Immutable; any thread. Says what the alert becomes by
 * it, or refuses with a conflict.
 */
public sealed interface Step {
  /** What it is called in the history; the audit log puts {@code alert.} before it. */
  String action();

  /** What the history tells of it. */
  JsonObject detail();

  /** What the alert becomes. */
  Outcome from(StoredAlert alert);

  /**
   * @param note null leaves the one that is there
   */
  record Outcome(
      AlertStatus status,
      @Nullable String assignee,
      @Nullable String resolution,
      @Nullable String note) {}

  /**
   * Somebody looks into it.
   *
   * @param user null for nobody any more
   * @param mayTake whether they may see the member with this handle
   */
  record Assign(@Nullable String user, @Nullable String note, IntPredicate mayTake)
      implements Step {
    @Override
    public String action() {
      return "assigned";
    }

    @Override
    public JsonObject detail() {
      return noted(new JsonObject().put("assignee", user), note);
    }

    @Override
    public Outcome from(StoredAlert alert) {
      refuseResolved(alert);
      if (!mayTake.test(alert.memberHandle())) {
        throw Refusal.invalid("/user", "'" + user + "' is no manager who may see the member");
      }
      AlertStatus free = user == null ? AlertStatus.OPEN : AlertStatus.ASSIGNED;
      AlertStatus status = alert.status() == AlertStatus.APPEALED ? alert.status() : free;
      return new Outcome(status, user, null, note);
    }
  }

  /** A remark that changes nothing. */
  record Comment(String text) implements Step {
    @Override
    public String action() {
      return "commented";
    }

    @Override
    public JsonObject detail() {
      return new JsonObject().put("text", text);
    }

    @Override
    public Outcome from(StoredAlert alert) {
      return new Outcome(alert.status(), alert.assignee(), alert.resolution(), null);
    }
  }

  /** The decision. */
  record Resolve(String resolution, @Nullable String note) implements Step {
    @Override
    public String action() {
      return "resolved";
    }

    @Override
    public JsonObject detail() {
      return noted(new JsonObject().put("resolution", resolution), note);
    }

    @Override
    public Outcome from(StoredAlert alert) {
      refuseResolved(alert);
      return new Outcome(AlertStatus.RESOLVED, alert.assignee(), resolution, note);
    }
  }

  /**
   * What the member says to it; a decision that was taken stands open again.
   *
   * @param by {@code member}, or {@code manager} who says it for them
   */
  record Appeal(String text, String by) implements Step {
    @Override
    public String action() {
      return "appealed";
    }

    @Override
    public JsonObject detail() {
      return new JsonObject().put("text", text).put("by", by);
    }

    @Override
    public Outcome from(StoredAlert alert) {
      return new Outcome(AlertStatus.APPEALED, alert.assignee(), null, null);
    }
  }

  /** A decision is taken back. */
  record Reopen(@Nullable String note) implements Step {
    @Override
    public String action() {
      return "reopened";
    }

    @Override
    public JsonObject detail() {
      return noted(new JsonObject(), note);
    }

    @Override
    public Outcome from(StoredAlert alert) {
      if (alert.status() != AlertStatus.RESOLVED) {
        throw Refusal.conflict("The alert is not resolved.");
      }
      AlertStatus status = alert.assignee() == null ? AlertStatus.OPEN : AlertStatus.ASSIGNED;
      return new Outcome(status, alert.assignee(), null, note);
    }
  }

  private static void refuseResolved(StoredAlert alert) {
    if (alert.status() == AlertStatus.RESOLVED) {
      throw Refusal.conflict(
          "The alert is resolved as " + alert.resolution() + "; reopen it first.");
    }
  }

  private static JsonObject noted(JsonObject detail, @Nullable String note) {
    return note == null ? detail : detail.put("note", note);
  }
}
