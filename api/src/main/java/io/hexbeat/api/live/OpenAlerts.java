package io.hexbeat.api.live;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The critical alerts of the last hour that nobody has answered yet, by member: what makes a member
 * {@link MemberState#SUSPECT}. Any thread. Holds an entry for each such alert and forgets it after
 * the hour. Fed by live events and by people's answers, and filled from PostgreSQL at start.
 */
public final class OpenAlerts {
  /** How long an unanswered critical alert colours its member. */
  static final long SUSPECT_MS = 3_600_000L;

  private static final String CRITICAL = "critical";
  private static final String OPEN = "open";

  private final Clock clock;
  private final Map<Integer, Map<String, Long>> raisedMsByMember = new ConcurrentHashMap<>();

  public OpenAlerts(Clock clock) {
    this.clock = clock;
  }

  /** An alert has been raised, or its status has changed. */
  public void put(int memberHandle, String alertId, String severity, long raisedMs, String status) {
    boolean counts =
        CRITICAL.equals(severity) && OPEN.equals(status) && raisedMs > clock.millis() - SUSPECT_MS;
    raisedMsByMember.compute(
        memberHandle,
        (member, alerts) -> {
          Map<String, Long> kept = alerts == null ? new ConcurrentHashMap<>() : alerts;
          if (counts) {
            kept.put(alertId, raisedMs);
          } else {
            kept.remove(alertId);
          }
          return kept.isEmpty() ? null : kept;
        });
  }

  /** An alert as it is journaled and told live; one without id or time is left alone. */
  void raised(int memberHandle, JsonObject alert) {
    String id = alert.getString("id");
    String raisedAt = alert.getString("raised_at");
    if (id == null || raisedAt == null) {
      return;
    }
    try {
      long raisedMs = Instant.parse(raisedAt).toEpochMilli();
      put(memberHandle, id, alert.getString("severity", ""), raisedMs, OPEN);
    } catch (DateTimeParseException e) {
      throw new IllegalStateException("alert id=" + id + " raised_at=" + raisedAt, e);
    }
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

  /** Takes what PostgreSQL holds, as a server does that has just started. */
  public Future<Void> load(Pool pool) {
    return pool.preparedQuery(
            "select member, id, severity, raised_ms, status from alerts"
                + " where raised_ms > $1 and severity = 'critical' and status = 'open'")
        .execute(Tuple.of(clock.millis() - SUSPECT_MS))
        .map(
            rows -> {
              rows.forEach(
                  row ->
                      put(
                          row.getInteger("member"),
                          row.getString("id"),
                          row.getString("severity"),
                          row.getLong("raised_ms"),
                          row.getString("status")));
              return null;
            });
  }
}
