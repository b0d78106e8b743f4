package io.hexbeat.api.live;

import io.hexbeat.api.alerts.AlertStatus;
import io.hexbeat.api.alerts.Raised;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The alerts that nobody has resolved yet, as far as the live view needs them: to which alert an
 * occurrence belongs before PostgreSQL has said so, and who is {@link MemberState#SUSPECT} by a
 * critical alert of the last hour that nobody has taken. Any thread. Holds a small entry for each
 * such alert. Fed by live events, by the projection and by people's answers, and filled from
 * PostgreSQL at start.
 */
public final class OpenAlerts {
  /** How long an unanswered critical alert colours its member. */
  static final long SUSPECT_MS = 3_600_000L;

  /** Occurrences that were shown and aren't projected yet; beyond it a wrong guess stays. */
  private static final int MAX_GUESSES = 10_000;

  private static final String CRITICAL = "critical";

  private final Clock clock;
  private final Map<Cause, Open> open = new ConcurrentHashMap<>();
  private final Map<String, String> guesses = new ConcurrentHashMap<>();
  private final Map<Integer, Map<String, Long>> raisedMsByMember = new ConcurrentHashMap<>();

  private record Cause(int memberHandle, String cause) {}

  /**
   * An alert that is not resolved.
   *
   * @param status its code
   */
  record Open(String id, String status) {}

  public OpenAlerts(Clock clock) {
    this.clock = clock;
  }

  /**
   * An occurrence has been journaled; it opens an alert or belongs to the open one. One without id
   * or time is left alone.
   */
  void raised(int memberHandle, JsonObject occurrence) {
    String id = occurrence.getString("id");
    if (id == null || occurrence.getString("raised_at") == null) {
      return;
    }
    Open fresh = new Open(id, AlertStatus.OPEN.code());
    Open before = open.putIfAbsent(new Cause(memberHandle, Raised.cause(occurrence)), fresh);
    Open now = before == null ? fresh : before;
    if (guesses.size() < MAX_GUESSES) {
      guesses.put(id, now.id());
    }
    suspect(
        memberHandle,
        now.id(),
        occurrence.getString("severity", ""),
        raisedMs(occurrence),
        now.status());
  }

  /** The alert that a raised occurrence belongs to: itself, if it is the first. */
  Open belonging(int memberHandle, JsonObject occurrence) {
    Open now = open.get(new Cause(memberHandle, Raised.cause(occurrence)));
    return now == null ? new Open(occurrence.getString("id"), AlertStatus.OPEN.code()) : now;
  }

  /**
   * What PostgreSQL says of an occurrence.
   *
   * @return the alert that it was shown as, or null if it wasn't shown
   */
  @Nullable String stored(Raised raised, String alertId) {
    Cause cause = new Cause(raised.memberHandle(), raised.cause());
    Open now =
        open.compute(
            cause,
            (key, before) ->
                before != null && before.id().equals(alertId)
                    ? before
                    : new Open(alertId, AlertStatus.OPEN.code()));
    suspect(raised.memberHandle(), alertId, raised.severity(), raised.raisedMs(), now.status());
    return guesses.remove(raised.id());
  }

  /** People have answered an alert. */
  void changed(
      int memberHandle,
      String cause,
      String alertId,
      String severity,
      long raisedMs,
      String status) {
    open.compute(
        new Cause(memberHandle, cause),
        (key, before) -> {
          boolean resolved = AlertStatus.RESOLVED.code().equals(status);
          boolean another = before != null && !before.id().equals(alertId);
          return resolved ? (another ? before : null) : new Open(alertId, status);
        });
    suspect(memberHandle, alertId, severity, raisedMs, status);
  }

  /** Whether the member has an unanswered critical alert of the last hour. */
  boolean suspect(int memberHandle) {
    Map<String, Long> alerts = raisedMsByMember.get(memberHandle);
    if (alerts == null) {
      return false;
    }
    long since = clock.millis() - SUSPECT_MS;
    if (alerts.values().removeIf(raisedMs -> raisedMs <= since) && alerts.isEmpty()) {
      raisedMsByMember.computeIfPresent(
          memberHandle, (member, kept) -> kept.isEmpty() ? null : kept);
    }
    return !alerts.isEmpty();
  }

  /** How many nobody has resolved. */
  public int size() {
    return open.size();
  }

  /** Takes what PostgreSQL holds, as a server does that has just started. */
  public Future<Void> load(Pool pool) {
    return pool.query(
            "select member, cause, id, severity, last_ms, status from alerts"
                + " where status <> 'resolved'")
        .execute()
        .map(
            rows -> {
              for (Row row : rows) {
                changed(
                    row.getInteger("member"),
                    row.getString("cause"),
                    row.getString("id"),
                    row.getString("severity"),
                    row.getLong("last_ms"),
                    row.getString("status"));
              }
              return null;
            });
  }

  private void suspect(
      int memberHandle, String alertId, String severity, long raisedMs, String status) {
    boolean untaken = AlertStatus.OPEN.code().equals(status);
    boolean counts = untaken && CRITICAL.equals(severity) && raisedMs > clock.millis() - SUSPECT_MS;
    if (untaken && !counts) {
      return; // a milder or older occurrence takes nothing back
    }
    raisedMsByMember.compute(
        memberHandle,
        (member, alerts) -> {
          Map<String, Long> kept = alerts == null ? new ConcurrentHashMap<>() : alerts;
          if (counts) {
            kept.merge(alertId, raisedMs, Math::max);
          } else {
            kept.remove(alertId);
          }
          return kept.isEmpty() ? null : kept;
        });
  }

  private static long raisedMs(JsonObject alert) {
    try {
      return Instant.parse(alert.getString("raised_at")).toEpochMilli();
    } catch (DateTimeParseException e) {
      throw new IllegalStateException(
          "alert id=" + alert.getString("id") + " raised_at=" + alert.getString("raised_at"), e);
    }
  }
}
