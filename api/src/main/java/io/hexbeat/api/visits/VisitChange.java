package io.hexbeat.api.visits;

import io.hexbeat.api.webhooks.WebhookEvent;
import io.hexbeat.geofence.visit.Visit;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a stored visit. Immutable; any thread.
 *
 * @param before what it said, or null if it is new
 */
record VisitChange(Kind kind, @Nullable StoredVisit before, StoredVisit after, Cause cause) {
  /** What happened, as the live socket calls it. */
  enum Kind {
    OPENED,
    /** More is known of an open one, or of a closed one without taking anything back. */
    UPDATED,
    CLOSED,
    /** Something that was said is taken back; the version before stays readable. */
    AMENDED,
    WITHDRAWN;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** What webhooks call it, or null if they are not told. */
    @Nullable String event() {
      return switch (this) {
        case OPENED -> WebhookEvent.VISIT_OPENED;
        case UPDATED -> null;
        case CLOSED -> WebhookEvent.VISIT_CLOSED;
        case AMENDED, WITHDRAWN -> WebhookEvent.VISIT_AMENDED;
      };
    }
  }

  /** Why something is taken back. */
  enum Cause {
    LATE_FIXES,
    PUNCH,
    PRESENCE;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether the version before is to be kept. */
  boolean keepsBefore() {
    return before != null && after.version() > before.version();
  }

  /** When what it tells of happened. */
  long atMs() {
    return switch (kind) {
      case OPENED -> after.arrivedMs();
      case CLOSED -> after.endMs();
      case UPDATED, AMENDED, WITHDRAWN -> after.changedMs();
    };
  }

  /**
   * What is to be done, that the stored visits of a member say what was made.
   *
   * @param made the visits that there are
   * @param stored all that may be meant, withdrawn ones too
   * @param fromMs and {@code toMs}: what lies outside stands, whatever is made of it now
   * @param late the times in which late fixes were taken into account now
   * @param punches of a visit, as they are stored
   */
  static List<VisitChange> of(
      int member,
      List<Visit> made,
      List<StoredVisit> stored,
      long fromMs,
      long toMs,
      long slackMs,
      List<LateAmender.Span> late,
      long nowMs,
      Function<Visit, JsonArray> punches) {
    List<VisitChange> changes = new ArrayList<>();
    Set<String> meant = new HashSet<>();
    Map<Visit, StoredVisit> pairs = VisitPairs.of(member, made, stored, slackMs);
    pairs.values().forEach(each -> meant.add(each.id()));
    for (Visit visit : made) {
      StoredVisit before = pairs.get(visit);
      boolean concerned =
          visit.touches(fromMs, toMs) || (before != null && before.touches(fromMs, toMs));
      if (!concerned) {
        continue;
      }
      StoredVisit after =
          StoredVisit.of(
              before == null ? StoredVisit.idOf(member, visit) : before.id(),
              member,
              visit,
              punches.apply(visit),
              before == null ? isLate(late, visit.arrivedMs(), visit.leftMs()) : before.late(),
              before == null ? 1 : before.version(),
              nowMs);
      if (before == null) {
        Kind kind = after.open() ? Kind.OPENED : Kind.CLOSED;
        changes.add(new VisitChange(kind, null, after, Cause.PRESENCE));
      } else if (!before.saysSameAs(after)) {
        boolean isLate =
            isLate(late, visit.arrivedMs(), visit.leftMs())
                || isLate(late, before.arrivedMs(), before.endMs());
        changes.add(changed(before, after, isLate, nowMs));
      }
    }
    for (StoredVisit each : stored) {
      if (!meant.contains(each.id())
          && each.status() != StoredVisit.Status.WITHDRAWN
          && each.touches(fromMs, toMs)) {
        boolean isLate = isLate(late, each.arrivedMs(), each.endMs());
        changes.add(
            new VisitChange(
                Kind.WITHDRAWN,
                each,
                each.withdrawn(isLate, nowMs),
                isLate ? Cause.LATE_FIXES : Cause.PRESENCE));
      }
    }
    return changes;
  }

  private static boolean isLate(List<LateAmender.Span> late, long fromMs, long toMs) {
    return late.stream().anyMatch(span -> span.fromMs() <= toMs && span.toMs() >= fromMs);
  }

  private static VisitChange changed(
      StoredVisit before, StoredVisit after, boolean late, long nowMs) {
    if (adds(before, after)) {
      Kind kind = before.open() && !after.open() ? Kind.CLOSED : Kind.UPDATED;
      return new VisitChange(kind, before, after, Cause.PRESENCE);
    }
    StoredVisit amended =
        new StoredVisit(
            after.id(),
            after.member(),
            after.fence(),
            after.status(),
            after.arrivedMs(),
            after.leftMs(),
            after.dwellMs(),
            after.arrivedInferred(),
            after.leftInferred(),
            after.removed(),
            after.punchOnly(),
            before.late() || late,
            after.punches(),
            before.version() + 1,
            nowMs);
    Cause cause =
        late
            ? Cause.LATE_FIXES
            : before.punches().equals(after.punches()) ? Cause.PRESENCE : Cause.PUNCH;
    return new VisitChange(Kind.AMENDED, before, amended, cause);
  }

  /** Whether nothing is taken back that was said: it goes on, ends, or gets its next punch. */
  private static boolean adds(StoredVisit before, StoredVisit after) {
    if (before.arrivedMs() != after.arrivedMs()
        || before.arrivedInferred() != after.arrivedInferred()
        || before.punchOnly() != after.punchOnly()
        || before.status() == StoredVisit.Status.WITHDRAWN
        || (before.dwellMs() != null && !before.dwellMs().equals(after.dwellMs()))) {
      return false;
    }
    boolean endStands =
        before.open()
            || (before.endMs() == after.endMs()
                && before.leftInferred() == after.leftInferred()
                && before.removed() == after.removed());
    if (!endStands || !ids(after.punches()).containsAll(ids(before.punches()))) {
      return false;
    }
    long lastMs = before.open() ? lastPunchMs(before) : before.endMs();
    for (int i = 0; i < after.punches().size(); i++) {
      String id = after.punches().getJsonObject(i).getString("id");
      if (!ids(before.punches()).contains(id)
          && after.punches().getJsonObject(i).getLong("at_ms") < lastMs) {
        return false; // out of order
      }
    }
    return true;
  }

  private static long lastPunchMs(StoredVisit visit) {
    int size = visit.punches().size();
    return size == 0 ? Long.MIN_VALUE : visit.punches().getJsonObject(size - 1).getLong("at_ms");
  }

  private static Set<String> ids(JsonArray punches) {
    Set<String> ids = new TreeSet<>();
    for (int i = 0; i < punches.size(); i++) {
      ids.add(punches.getJsonObject(i).getString("id"));
    }
    return ids;
  }
}
