package io.hexbeat.geofence.visit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes visits of one member's stays and punches. One call an object; a function of its arguments
 * alone, so that building again gives the same. At each moment a member is at no more than one
 * customer: of the sites that they are in the smallest, which of two nested ones is the inner.
 * Areas are no customers. What is shorter than {@link VisitRules#passingMs} on the way through a
 * larger site, or splits a visit in two, is no visit unless a punch says so.
 */
public final class VisitBuilder {
  private final VisitRules rules;
  private final List<Stay> stays;
  private final List<VisitPunch> punches;
  private final IntToDoubleFunction sizes;
  private List<Piece> pieces = new ArrayList<>();

  /** A stretch of a stay in which its site is the most specific one. */
  private static final class Piece {
    final Stay stay;
    final long fromMs;
    long toMs;
    Stay last;

    Piece(Stay stay, long fromMs, long toMs) {
      this.stay = stay;
      this.fromMs = fromMs;
      this.toMs = toMs;
      this.last = stay;
    }

    int fence() {
      return stay.fenceHandle();
    }
  }

  /** A visit while punches are looked for. */
  private static final class Draft {
    final Piece piece;
    final List<VisitPunch> punches = new ArrayList<>();

    Draft(Piece piece) {
      this.piece = piece;
    }
  }

  private VisitBuilder(
      VisitRules rules, List<Stay> stays, List<VisitPunch> punches, IntToDoubleFunction sizes) {
    this.rules = rules;
    this.punches = new ArrayList<>(punches);
    this.punches.sort(
        Comparator.comparingLong(VisitPunch::atMs).thenComparingLong(VisitPunch::journalIndex));
    this.sizes = sizes;
    this.stays = stays.stream().filter(stay -> isSite(stay.fenceHandle())).toList();
  }

  /**
   * The visits in the order of arrival.
   *
   * @param sizes square metres of a site by its handle, NaN for what is none
   */
  public static List<Visit> build(
      List<Stay> stays, List<VisitPunch> punches, IntToDoubleFunction sizes, VisitRules rules) {
    return new VisitBuilder(rules, stays, punches, sizes).visits();
  }

  private List<Visit> visits() {
    cut();
    absorbPasses();
    dropWays();
    List<Draft> drafts = new ArrayList<>(pieces.stream().map(Draft::new).toList());
    List<VisitPunch> left = new ArrayList<>();
    for (VisitPunch punch : punches) {
      Draft home = home(punch, drafts);
      if (home != null) {
        home.punches.add(punch);
      } else {
        left.add(punch);
      }
    }
    List<Visit> visits = new ArrayList<>();
    drafts.forEach(draft -> visits.add(visit(draft)));
    addPunchOnly(left, visits);
    visits.sort(
        Comparator.comparingLong(Visit::arrivedMs)
            .thenComparingLong(Visit::anchorIndex)
            .thenComparingInt(Visit::fenceHandle));
    return visits;
  }

  private boolean isSite(int fenceHandle) {
    return !Double.isNaN(sizes.applyAsDouble(fenceHandle));
  }

  /** Cuts time where stays begin and end, and gives each part to the most specific stay. */
  private void cut() {
    TreeSet<Long> times = new TreeSet<>();
    for (Stay stay : stays) {
      times.add(stay.fromMs());
      times.add(endOf(stay));
    }
    Long from = null;
    for (Long to : times) {
      if (from != null) {
        give(from, to);
      }
      from = to;
    }
  }

  private void give(long fromMs, long toMs) {
    Stay chosen = null;
    for (Stay stay : stays) {
      if (stay.fromMs() <= fromMs
          && endOf(stay) >= toMs
          && (chosen == null || isMoreSpecific(stay, chosen))) {
        chosen = stay;
      }
    }
    if (chosen == null) {
      return;
    }
    Piece last = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
    if (last != null && last.stay.equals(chosen) && last.toMs == fromMs) {
      last.toMs = toMs;
    } else {
      pieces.add(new Piece(chosen, fromMs, toMs));
    }
  }

  private boolean isMoreSpecific(Stay one, Stay other) {
    double size = sizes.applyAsDouble(one.fenceHandle());
    double otherSize = sizes.applyAsDouble(other.fenceHandle());
    return size < otherSize || (size == otherSize && one.fenceHandle() < other.fenceHandle());
  }

  /** A pass through is a moment at least, so that it has a place in time. */
  private static long endOf(Stay stay) {
    return Math.max(stay.toMs(), stay.fromMs() + 1);
  }

  /** A short piece between two of one site is part of the visit there. */
  private void absorbPasses() {
    for (int i = 1; i + 1 < pieces.size(); ) {
      Piece before = pieces.get(i - 1);
      Piece between = pieces.get(i);
      Piece after = pieces.get(i + 1);
      if (before.fence() == after.fence()
          && before.toMs == between.fromMs
          && between.toMs == after.fromMs
          && isPassing(between)) {
        before.toMs = after.toMs;
        before.last = after.last;
        pieces.remove(i + 1);
        pieces.remove(i);
      } else {
        i++;
      }
    }
  }

  /** A short piece beside one of a more specific site is the way there or back. */
  private void dropWays() {
    List<Piece> kept = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      boolean onTheWay =
          (i > 0 && leadsTo(piece, pieces.get(i - 1), pieces.get(i - 1).toMs == piece.fromMs))
              || (i + 1 < pieces.size()
                  && leadsTo(piece, pieces.get(i + 1), pieces.get(i + 1).fromMs == piece.toMs));
      if (!onTheWay || !isPassing(piece)) {
        kept.add(piece);
      }
    }
    pieces = kept;
  }

  private boolean leadsTo(Piece piece, Piece neighbour, boolean adjoins) {
    return adjoins && isMoreSpecific(neighbour.stay, piece.stay);
  }

  private boolean isPassing(Piece piece) {
    return piece.toMs != Stay.OPEN
        && piece.toMs - piece.fromMs < rules.passingMs()
        && punches.stream()
            .noneMatch(
                punch ->
                    punch.kind() != VisitPunch.Kind.CLOCK_OUT
                        && punch.fenceHandle() == piece.fence()
                        && punch.atMs() >= piece.fromMs
                        && punch.atMs() <= piece.toMs);
  }

  /** The visit that a punch belongs to: that of its site, else the one that hides its site. */
  private @Nullable Draft home(VisitPunch punch, List<Draft> drafts) {
    if (punch.kind() == VisitPunch.Kind.CLOCK_OUT) {
      return null;
    }
    Draft best = null;
    long bestMs = Long.MAX_VALUE;
    for (Draft draft : drafts) {
      Piece piece = draft.piece;
      long awayMs = Math.max(0, Math.max(piece.fromMs - punch.atMs(), punch.atMs() - piece.toMs));
      boolean meant =
          piece.fence() == punch.fenceHandle()
              ? awayMs <= rules.punchToleranceMs()
              : awayMs == 0 && (punch.fenceHandle() == 0 || isHidden(punch));
      long rank = piece.fence() == punch.fenceHandle() ? awayMs : Long.MAX_VALUE - 1;
      if (meant && rank < bestMs) {
        best = draft;
        bestMs = rank;
      }
    }
    return best;
  }

  private boolean isHidden(VisitPunch punch) {
    return stays.stream()
        .anyMatch(stay -> stay.fenceHandle() == punch.fenceHandle() && stay.contains(punch.atMs()));
  }

  private static Visit visit(Draft draft) {
    Piece piece = draft.piece;
    Stay first = piece.stay;
    Stay last = piece.last;
    boolean begins = piece.fromMs == first.fromMs();
    boolean ends = piece.toMs == endOf(last);
    return new Visit(
        piece.fence(),
        piece.fromMs,
        ends ? last.toMs() : piece.toMs,
        dwell(piece),
        begins && first.fromInferred(),
        ends && last.toInferred(),
        ends && last.removed(),
        false,
        first.journalIndex() + (begins ? 0 : resumed(piece)),
        draft.punches.stream().map(VisitPunch::journalIndex).toList());
  }

  /** Tells the parts of one long stay apart; a journal's indexes have no such high bits. */
  private static long resumed(Piece piece) {
    return (piece.fromMs - piece.stay.fromMs()) << 20;
  }

  private static long dwell(Piece piece) {
    for (Stay stay : List.of(piece.stay, piece.last)) {
      if (stay.dwellMs() >= piece.fromMs && stay.dwellMs() <= piece.toMs) {
        return stay.dwellMs();
      }
    }
    Stay stay = piece.stay;
    if (stay.dwellMs() == Stay.NONE || piece.toMs == Stay.OPEN) {
      return Stay.NONE;
    }
    long dwellMs = piece.fromMs + stay.dwellMs() - stay.fromMs();
    return dwellMs <= piece.toMs ? dwellMs : Stay.NONE;
  }

  /**
   * A punch inside a site that presence knows nothing of begins a visit by itself. It ends with the
   * punch that says so, or with the next thing that can't be while it lasts.
   */
  private void addPunchOnly(List<VisitPunch> left, List<Visit> visits) {
    Set<VisitPunch> used = new HashSet<>();
    List<Visit> made = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      VisitPunch punch = left.get(i);
      if (!opens(punch) || used.contains(punch)) {
        continue;
      }
      List<Long> own = new ArrayList<>(List.of(punch.journalIndex()));
      long leftMs = punch.kind() == VisitPunch.Kind.VISIT_OUT ? punch.atMs() : Stay.OPEN;
      boolean inferred = false;
      for (int j = i + 1; j < left.size() && leftMs == Stay.OPEN; j++) {
        VisitPunch next = left.get(j);
        boolean same =
            next.fenceHandle() == punch.fenceHandle()
                || (next.fenceHandle() == 0 && next.kind() == VisitPunch.Kind.VISIT_OUT);
        if (same && next.kind() != VisitPunch.Kind.CLOCK_OUT) {
          own.add(next.journalIndex());
          used.add(next);
          leftMs = next.kind() == VisitPunch.Kind.VISIT_OUT ? next.atMs() : leftMs;
        } else if (next.kind() == VisitPunch.Kind.CLOCK_OUT || opens(next)) {
          leftMs = next.atMs();
          inferred = true;
        }
      }
      for (Visit visit : visits) {
        if (visit.arrivedMs() > punch.atMs() && visit.arrivedMs() < leftMs) {
          leftMs = visit.arrivedMs();
          inferred = true;
        }
      }
      made.add(
          new Visit(
              punch.fenceHandle(),
              punch.atMs(),
              leftMs,
              Stay.NONE,
              punch.kind() == VisitPunch.Kind.VISIT_OUT,
              inferred,
              false,
              true,
              punch.journalIndex(),
              own));
    }
    visits.addAll(made);
  }

  private boolean opens(VisitPunch punch) {
    return punch.kind() != VisitPunch.Kind.CLOCK_OUT
        && punch.inside()
        && punch.fenceHandle() > 0
        && isSite(punch.fenceHandle());
  }
}
