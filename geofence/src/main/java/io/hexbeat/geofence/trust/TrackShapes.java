package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.E7;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds days that were driven before: a track in the rhythm of an earlier one, its own or somebody
 * else's. Fed with fixes of all members in about the order of time; one thread at a time. A track
 * is kept as the times at which it first entered cells of 200 m, of which the {@link #CELLS} with
 * the smallest hashes are remembered (min-hash): two tracks over the same roads keep the same
 * cells. Bounded: {@link #TRACKS} tracks of {@link #KEPT_MS}, the oldest go first.
 *
 * <p>Who drives the same way every day passes the same cells, but never in the same rhythm: lights,
 * queues and customers differ by minutes. So what counts is the share of common cells whose times
 * differ by one and the same shift.
 */
public final class TrackShapes {
  /** Cells remembered of a track. */
  static final int CELLS = 96;

  /** Tracks remembered at most. */
  public static final int TRACKS = 50_000;

  /** How long one is remembered. */
  public static final long KEPT_MS = 31L * 86_400_000L;

  /** A pause so long begins another track: a night. */
  private static final long NIGHT_MS = 4 * 3_600_000L;

  private static final long TRACK_MS = 20 * 3_600_000L;

  /** Nearer in time is the same day: a shared car, two phones of one person. */
  private static final long LEAST_SHIFT_MS = 4 * 3_600_000L;

  /** How often a growing track is compared. */
  private static final int NEW_CELLS = 12;

  private static final long COMPARE_EVERY_MS = 20 * 60_000L;

  /** Of the cells that both may have; less is one ferry or train that both took. */
  private static final double COMMON_SHARE = 0.5;

  /** Of the cells with the smallest hashes, which two tracks over the same roads share. */
  private static final int LOOKED_UP = 32;

  private static final int LOOKED_UP_COMMON = 8;

  /** How often it is looked for tracks that ended and whose member has not moved since. */
  private static final long SWEEP_MS = 30 * 60_000L;

  private static final double CELL_METERS = 200;
  private static final double UNITS_PER_CELL = CELL_METERS / E7.METERS_PER_UNIT;

  /** Tracks looked up by one cell; more is a main road. */
  private static final int TRACKS_A_CELL = 256;

  /** Of what is in a {@link Sketch}: another one can't be compared with those of this version. */
  public static final int SKETCH_LAYOUT = 1;

  /**
   * A track that has ended, to be kept by whoever feeds this and to be given back after a restart.
   *
   * @param cells hashes in order; not to be written
   * @param seconds since {@code startMs} at which each was first entered; not to be written
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Sketch(int member, long startMs, long lastMs, int[] cells, int[] seconds) {}

  /** A track in the rhythm of an earlier one. */
  public record Replayed(int member, int other, long startMs, long atMs, Finding finding) {}

  /** One journey of a member. */
  private static final class Track {
    final int member;
    final long startMs;
    final int[] cells = new int[CELLS];
    final int[] seconds = new int[CELLS];
    int size;
    int worst = Integer.MIN_VALUE;
    long lastMs;
    int lastCell;
    int fresh;
    long comparedMs = Long.MIN_VALUE / 2;
    boolean told;

    /** Whether its sketch was handed out, or it was made of one. */
    boolean sketched;

    Track(int member, long startMs) {
      this.member = member;
      this.startMs = startMs;
    }

    static Track of(Sketch sketch) {
      Track track = new Track(sketch.member(), sketch.startMs());
      track.size = Math.min(CELLS, Math.min(sketch.cells().length, sketch.seconds().length));
      System.arraycopy(sketch.cells(), 0, track.cells, 0, track.size);
      System.arraycopy(sketch.seconds(), 0, track.seconds, 0, track.size);
      track.worst = track.size == 0 ? Integer.MIN_VALUE : track.cells[track.size - 1];
      track.lastMs = sketch.lastMs();
      track.sketched = true;
      return track;
    }

    Sketch sketch() {
      sketched = true;
      return new Sketch(
          member, startMs, lastMs, Arrays.copyOf(cells, size), Arrays.copyOf(seconds, size));
    }

    /** Takes the first entry of a cell while its hash is among the smallest. */
    void enter(int cell, long atMs) {
      if (size == CELLS && cell >= worst) {
        return;
      }
      int at = Arrays.binarySearch(cells, 0, size, cell);
      if (at >= 0) {
        return;
      }
      int into = -at - 1;
      int kept = Math.min(size, CELLS - 1);
      System.arraycopy(cells, into, cells, into + 1, kept - into);
      System.arraycopy(seconds, into, seconds, into + 1, kept - into);
      cells[into] = cell;
      seconds[into] = (int) ((atMs - startMs) / 1_000);
      size = kept + 1;
      worst = cells[size - 1];
      fresh++;
    }
  }

  private final Map<Integer, Track> open = new HashMap<>();
  private final Deque<Track> closed = new ArrayDeque<>();
  private final Map<Integer, List<Track>> byCell = new HashMap<>();
  private final List<Replayed> found = new ArrayList<>();
  private final List<Sketch> ended = new ArrayList<>();
  private long sweptMs = Long.MIN_VALUE / 2;
  private TrustPolicy policy;

  public TrackShapes(TrustPolicy policy) {
    this.policy = policy;
  }

  /** From here on judged by another policy. */
  public void adopt(TrustPolicy next) {
    this.policy = next;
  }

  /** Tracks remembered, for figures. */
  public int tracks() {
    return closed.size() + open.size();
  }

  /** A position of a member. */
  public void fix(int member, long atMs, int latE7, int lngE7, int accuracyCm) {
    if (accuracyCm > 10_000) {
      return;
    }
    if (atMs - sweptMs > SWEEP_MS) {
      sweep(atMs);
    }
    Track track = open.get(member);
    if (track == null || atMs - track.lastMs > NIGHT_MS || atMs - track.startMs > TRACK_MS) {
      if (track != null) {
        close(track);
      }
      track = new Track(member, atMs);
      track.lastMs = atMs;
      open.put(member, track);
    }
    if (atMs < track.lastMs) {
      return;
    }
    track.lastMs = atMs;
    track.sketched = false;
    int cell = cell(latE7, lngE7);
    if (cell != track.lastCell) {
      track.lastCell = cell;
      track.enter(cell, atMs);
      if (track.fresh >= NEW_CELLS
          && atMs - track.comparedMs >= COMPARE_EVERY_MS
          && track.size >= policy.replayCells()
          && !track.told) {
        track.fresh = 0;
        track.comparedMs = atMs;
        compare(track, atMs);
      }
    }
  }

  /** What was found since the last call; each track once. */
  public List<Replayed> drain() {
    if (found.isEmpty()) {
      return List.of();
    }
    List<Replayed> drained = List.copyOf(found);
    found.clear();
    return drained;
  }

  /** Tracks that have ended since the last call, each once, to be kept beyond a restart. */
  public List<Sketch> drainEnded() {
    if (ended.isEmpty()) {
      return List.of();
    }
    List<Sketch> drained = List.copyOf(ended);
    ended.clear();
    return drained;
  }

  /**
   * A track from before a restart. To be told before the first fix and in the order of their
   * beginnings; of a member's tracks the last one stays open, as it was.
   */
  public void remember(Sketch sketch) {
    Track before = open.put(sketch.member(), Track.of(sketch));
    if (before != null) {
      close(before);
    }
  }

  /** Whoever doesn't move any more closes no track, and it has ended all the same. */
  private void sweep(long nowMs) {
    sweptMs = nowMs;
    for (Track track : open.values()) {
      if (!track.sketched && nowMs - track.lastMs > NIGHT_MS) {
        end(track);
      }
    }
  }

  private void end(Track track) {
    if (track.size >= policy.replayCells() && ended.size() < TRACKS) {
      ended.add(track.sketch());
    }
  }

  private void close(Track track) {
    if (!track.sketched) {
      end(track);
    }
    if (track.size < policy.replayCells()) {
      return;
    }
    closed.add(track);
    for (int i = 0; i < Math.min(track.size, LOOKED_UP); i++) {
      List<Track> there = byCell.computeIfAbsent(track.cells[i], cell -> new ArrayList<>(2));
      if (there.size() < TRACKS_A_CELL) {
        there.add(track);
      } else {
        there.set(Math.floorMod(closed.size() + i, TRACKS_A_CELL), track);
      }
    }
    while (closed.size() > TRACKS
        || (!closed.isEmpty() && track.startMs - closed.peek().startMs > KEPT_MS)) {
      forget(closed.remove());
    }
  }

  private void forget(Track track) {
    for (int i = 0; i < track.size; i++) {
      List<Track> there = byCell.get(track.cells[i]);
      if (there != null && there.remove(track) && there.isEmpty()) {
        byCell.remove(track.cells[i]);
      }
    }
  }

  private void compare(Track track, long atMs) {
    if (policy.silent(TrustSignal.REPLAYED_TRACK)) {
      return;
    }
    Map<Track, int[]> common = new HashMap<>();
    for (int i = 0; i < Math.min(track.size, LOOKED_UP); i++) {
      List<Track> there = byCell.get(track.cells[i]);
      if (there != null) {
        for (Track other : there) {
          common.computeIfAbsent(other, any -> new int[1])[0]++;
        }
      }
    }
    for (Map.Entry<Track, int[]> candidate : common.entrySet()) {
      if (candidate.getValue()[0] >= LOOKED_UP_COMMON) {
        Finding finding = judge(track, candidate.getKey());
        if (finding != null) {
          track.told = true;
          found.add(
              new Replayed(track.member, candidate.getKey().member, track.startMs, atMs, finding));
          return;
        }
      }
    }
  }

  private @Nullable Finding judge(Track track, Track earlier) {
    int[] shifts = new int[CELLS];
    int common = 0;
    int comparable = 0;
    for (int i = 0; i < track.size; i++) {
      comparable += earlier.size < CELLS || track.cells[i] <= earlier.worst ? 1 : 0;
    }
    for (int i = 0, j = 0; i < track.size && j < earlier.size; ) {
      int order = Integer.compare(track.cells[i], earlier.cells[j]);
      if (order == 0) {
        shifts[common++] = track.seconds[i++] - earlier.seconds[j++];
      } else if (order < 0) {
        i++;
      } else {
        j++;
      }
    }
    if (common < policy.replayCells() || common < COMMON_SHARE * comparable) {
      return null;
    }
    Arrays.sort(shifts, 0, common);
    int slack = (int) (policy.replaySlackMs() / 1_000);
    int most = 0;
    int shift = 0;
    for (int from = 0, to = 0; from < common; from++) {
      while (to < common && shifts[to] - shifts[from] <= 2 * slack) {
        to++;
      }
      if (to - from > most) {
        most = to - from;
        shift = shifts[(from + to - 1) / 2];
      }
    }
    long shiftMs = track.startMs - earlier.startMs + shift * 1_000L;
    int sharePct = 100 * most / common;
    if (sharePct < policy.replaySharePct() || Math.abs(shiftMs) < LEAST_SHIFT_MS) {
      return null;
    }
    return policy.weighed(
        Finding.of(TrustSignal.REPLAYED_TRACK)
            .with("other_member_handles", List.of(earlier.member))
            .with("own_track", earlier.member == track.member)
            .time("earlier_track_time", earlier.startMs)
            .time("track_time", track.startMs)
            .with("shift_ms", shiftMs)
            .with("common_cells", common)
            .with("cells_in_rhythm", most)
            .with("share_pct", sharePct)
            .with("limit_pct", policy.replaySharePct())
            .build());
  }

  private static int cell(int latE7, int lngE7) {
    int north = (int) Math.floor(latE7 / UNITS_PER_CELL);
    double cosine = Math.max(0.05, Math.cos(Math.toRadians(north * UNITS_PER_CELL / 1e7)));
    int east = (int) Math.floor(lngE7 * cosine / UNITS_PER_CELL);
    return (int) PunchClaim.mix((long) north << 32 | (east & 0xFFFF_FFFFL));
  }
}
