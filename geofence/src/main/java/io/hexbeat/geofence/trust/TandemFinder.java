package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.E7;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds phones of different members that are never apart: one person carries both. Fed with fixes
 * of all members in about the order of time; one thread at a time. Each minute it puts where each
 * member is into a grid and counts for neighbours the minutes together, those in motion, and
 * punches close to each other. What is counted begins anew after a night. Bounded: {@link #MEMBERS}
 * members, {@link #PAIRS} pairs; beyond it new ones are not counted, and a place where more than
 * {@link #CROWD} people stand tells nothing about two of them.
 *
 * <p>People who share a car are together for hours as well. They have homes, lunches and calls of
 * their own; whoever carries two phones has them together from the first minute to the last. So
 * what counts is the share of all minutes in which both are known, and that neither is as much with
 * anybody else: a crew of three in a van is a crew.
 */
public final class TandemFinder {
  static final int MEMBERS = 1 << 17;
  static final int PAIRS = 1 << 18;
  static final int CROWD = 12;

  /** Everybody is looked at where they were at the beginning of each. */
  public static final long SLOT_MS = 60_000;

  /** A fix of an earlier slot than the last closed one comes too late. */
  private static final int SLOTS_OPEN = 8;

  /** Between fixes farther apart nobody knows where somebody was. */
  private static final long PAUSE_MS = 5 * SLOT_MS;

  /** Slower is a walk about a shop. */
  private static final double MOVING_MPS = 3;

  private static final double MOST_ERROR_METERS = 120;

  private static final double CELL_METERS = 150;
  private static final double UNITS_PER_CELL = CELL_METERS / E7.METERS_PER_UNIT;

  /** A pause so long is a night, and a day is no longer than the other. */
  private static final long NIGHT_MS = 4 * 3_600_000L;

  private static final long DAY_MS = 20 * 3_600_000L;

  /**
   * Of the minutes of whoever was seen longer so many count at least: a phone may be dark for a
   * while, but who is tracked only while they ride together says nothing of the rest.
   */
  private static final double LEAST_KNOWN = 0.85;

  /** A share that a third person has as well makes it a crew. */
  private static final double CREW = 0.6;

  /** A member whose phone is never apart from another's; told once for each of both. */
  public record Tandem(int member, int other, long atMs, Finding finding) {}

  /** What is counted of one member. */
  private static final class Member {
    final int handle;
    long dayMs = Long.MIN_VALUE / 2;
    int minutes;
    long lastMs = Long.MIN_VALUE / 2;
    int lastLatE7;
    int lastLngE7;
    long punchMs = Long.MIN_VALUE / 2;
    PunchKind punchKind = PunchKind.CLOCK_IN;

    /** Of the pairs it is in. */
    final List<Pair> pairs = new ArrayList<>(2);

    Member(int handle) {
      this.handle = handle;
    }
  }

  private static final class Pair {
    final Member a;
    final Member b;
    long dayMsA;
    long dayMsB;

    /** In which both may have been known, up to the minutes of each when they last met. */
    int known;

    int minutesA;
    int minutesB;
    int together;
    int moving;
    int stops;
    int punches;
    double metersSum;
    boolean wereMoving;
    long toldMs = Long.MIN_VALUE / 2;

    Pair(Member a, Member b) {
      this.a = a;
      this.b = b;
      this.dayMsA = a.dayMs;
      this.dayMsB = b.dayMs;
    }

    /** Begins anew with the day of either. */
    Pair today() {
      if (dayMsA != a.dayMs || dayMsB != b.dayMs) {
        dayMsA = a.dayMs;
        dayMsB = b.dayMs;
        known = 0;
        minutesA = 0;
        minutesB = 0;
        together = 0;
        moving = 0;
        stops = 0;
        punches = 0;
        metersSum = 0;
        wereMoving = false;
      }
      return this;
    }

    void meet() {
      known = known();
      minutesA = a.minutes;
      minutesB = b.minutes;
      together++;
    }

    /** At most: between two meetings no more than the fewer of both. */
    int known() {
      return known + Math.min(a.minutes - minutesA, b.minutes - minutesB);
    }

    /** Of the minutes in which both are known. */
    double share() {
      double least = LEAST_KNOWN * Math.max(a.minutes, b.minutes);
      return together / Math.max(1, Math.max(known(), least));
    }
  }

  /** The members of one slot, and a chained hash over their cells. */
  private static final class Slot {
    long number = Long.MIN_VALUE;
    int size;
    Member[] members = new Member[256];
    int[] latE7 = new int[256];
    int[] lngE7 = new int[256];
    boolean[] moving = new boolean[256];
    int[] accuracyCm = new int[256];

    void add(Member member, int lat, int lng, int accuracy, boolean moves) {
      if (size == members.length) {
        members = Arrays.copyOf(members, 2 * size);
        latE7 = Arrays.copyOf(latE7, 2 * size);
        lngE7 = Arrays.copyOf(lngE7, 2 * size);
        moving = Arrays.copyOf(moving, 2 * size);
        accuracyCm = Arrays.copyOf(accuracyCm, 2 * size);
      }
      members[size] = member;
      latE7[size] = lat;
      lngE7[size] = lng;
      moving[size] = moves;
      accuracyCm[size] = accuracy;
      size++;
    }
  }

  private final Map<Integer, Member> members = new HashMap<>();
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final Slot[] slots = new Slot[SLOTS_OPEN];
  private final List<Tandem> found = new ArrayList<>();
  private TrustPolicy policy;
  private long newestSlot = Long.MIN_VALUE;
  private int[] heads = new int[1_024];
  private int[] nexts = new int[256];
  private int[] cellLat = new int[256];
  private int[] cellLng = new int[256];

  public TandemFinder(TrustPolicy policy) {
    this.policy = policy;
    for (int i = 0; i < SLOTS_OPEN; i++) {
      slots[i] = new Slot();
    }
  }

  /** From here on judged by another policy. */
  public void adopt(TrustPolicy next) {
    this.policy = next;
  }

  /** Members counted, for figures. */
  public int members() {
    return members.size();
  }

  /** Pairs counted, for figures. */
  public int pairs() {
    return pairs.size();
  }

  /**
   * A position of a member; of each minute the first counts. Cheap for all others, so everything
   * may be handed in.
   */
  public void fix(int memberHandle, long atMs, int latE7, int lngE7, int accuracyCm) {
    if (accuracyCm > 10_000) {
      return;
    }
    Member member = members.get(memberHandle);
    if (member == null) {
      if (members.size() >= MEMBERS) {
        return;
      }
      member = new Member(memberHandle);
      members.put(memberHandle, member);
    }
    if (atMs <= member.lastMs) {
      return;
    }
    if (atMs - member.lastMs > NIGHT_MS || atMs - member.dayMs > DAY_MS) {
      member.dayMs = atMs;
      member.minutes = 0;
    }
    long number = Math.floorDiv(atMs, SLOT_MS);
    if (number > newestSlot) {
      close(number);
    }
    if (atMs - member.lastMs <= PAUSE_MS) {
      between(member, number, atMs, latE7, lngE7, accuracyCm);
    }
    member.lastMs = atMs;
    member.lastLatE7 = latE7;
    member.lastLngE7 = lngE7;
  }

  /** Where the member was at the beginning of each slot since the last fix. */
  private void between(
      Member member, long number, long atMs, int latE7, int lngE7, int accuracyCm) {
    long first = Math.floorDiv(member.lastMs, SLOT_MS) + 1;
    if (first > number) {
      return;
    }
    double gapMs = atMs - member.lastMs;
    double meters = E7.distanceMeters(member.lastLatE7, member.lastLngE7, latE7, lngE7);
    boolean moving = meters * 1_000 / gapMs > MOVING_MPS;
    for (long slot = Math.max(first, newestSlot - SLOTS_OPEN + 1); slot <= number; slot++) {
      double part = (slot * SLOT_MS - member.lastMs) / gapMs;
      int lat = (int) Math.round(member.lastLatE7 + part * ((long) latE7 - member.lastLatE7));
      long turn = E7.normalizeLngE7((long) lngE7 - member.lastLngE7);
      int lng = E7.normalizeLngE7(Math.round(member.lastLngE7 + part * turn));
      slot(slot).add(member, lat, lng, accuracyCm, moving);
    }
  }

  /** A punch of a member; told twice, as when it is proven afterwards, it counts once. */
  public void punch(int memberHandle, long atMs, PunchKind kind) {
    Member member = members.get(memberHandle);
    if (member == null || (atMs == member.punchMs && kind == member.punchKind)) {
      return;
    }
    member.punchMs = atMs;
    member.punchKind = kind;
    for (Pair pair : member.pairs) {
      Member other = pair.a == member ? pair.b : pair.a;
      if (other.punchKind == kind && Math.abs(atMs - other.punchMs) <= policy.tandemPunchMs()) {
        pair.today().punches++;
      }
    }
  }

  /** What was found since the last call; each pair once in a day at most. */
  public List<Tandem> drain() {
    if (found.isEmpty()) {
      return List.of();
    }
    List<Tandem> drained = List.copyOf(found);
    found.clear();
    return drained;
  }

  private Slot slot(long number) {
    Slot slot = slots[(int) Math.floorMod(number, (long) SLOTS_OPEN)];
    slot.number = number;
    return slot;
  }

  /** Opens a slot; those that fall out behind are looked at. */
  private void close(long number) {
    newestSlot = number;
    for (Slot slot : slots) {
      if (slot.size > 0 && slot.number <= number - SLOTS_OPEN) {
        look(slot);
        Arrays.fill(slot.members, 0, slot.size, null);
        slot.size = 0;
      }
    }
  }

  private void look(Slot slot) {
    hash(slot);
    int mask = heads.length - 1;
    for (int i = 0; i < slot.size; i++) {
      slot.members[i].minutes++;
    }
    for (int i = 0; i < slot.size; i++) {
      for (int north = -1; north <= 1; north++) {
        for (int east = -1; east <= 1; east++) {
          int lat = cellLat[i] + north;
          int lng = cellLng[i] + east;
          int head = heads[hash(lat, lng) & mask] - 1;
          int seen = 0;
          for (int j = head; j >= 0 && seen <= CROWD; j = nexts[j]) {
            seen++;
            if (j > i && cellLat[j] == lat && cellLng[j] == lng) {
              near(slot, i, j);
            }
          }
        }
      }
    }
  }

  private void near(Slot slot, int i, int j) {
    Member one = slot.members[i];
    Member two = slot.members[j];
    boolean moving = slot.moving[i] && slot.moving[j];
    double meters = E7.distanceMeters(slot.latE7[i], slot.lngE7[i], slot.latE7[j], slot.lngE7[j]);
    if (one == two || meters > nearMeters(slot, i, j)) {
      return;
    }
    Pair pair = pair(one, two);
    if (pair == null) {
      return;
    }
    pair.today();
    pair.meet();
    pair.metersSum += meters;
    pair.moving += moving ? 1 : 0;
    if (pair.wereMoving && !slot.moving[i] && !slot.moving[j]) {
      pair.stops++;
    }
    pair.wereMoving = moving;
    judge(pair, slot.number * SLOT_MS);
  }

  /** The error of two receivers; between two fixes of who drives, where exactly nobody knows. */
  private double nearMeters(Slot slot, int i, int j) {
    double errors = Math.hypot(errorMeters(slot.accuracyCm[i]), errorMeters(slot.accuracyCm[j]));
    double near = Math.max(policy.tandemNearMeters(), Math.min(MOST_ERROR_METERS, 2 * errors));
    return slot.moving[i] || slot.moving[j] ? Math.max(near, MOST_ERROR_METERS) : near;
  }

  private double errorMeters(int accuracyCm) {
    return accuracyCm > 0 ? accuracyCm / 100.0 : policy.tandemNearMeters() / 2.0;
  }

  private @Nullable Pair pair(Member one, Member two) {
    Member a = one.handle < two.handle ? one : two;
    Member b = a == one ? two : one;
    long key = (long) a.handle << 32 | b.handle;
    Pair pair = pairs.get(key);
    if (pair == null && pairs.size() >= PAIRS) {
      forget();
    }
    if (pair == null && pairs.size() < PAIRS) {
      pair = new Pair(a, b);
      pairs.put(key, pair);
      a.pairs.add(pair);
      b.pairs.add(pair);
    }
    return pair;
  }

  /** Passers-by go first. */
  private void forget() {
    pairs
        .values()
        .removeIf(
            pair -> {
              boolean passing = pair.today().share() < 0.3;
              if (passing) {
                pair.a.pairs.remove(pair);
                pair.b.pairs.remove(pair);
              }
              return passing;
            });
  }

  private void judge(Pair pair, long atMs) {
    int duty = Math.max(pair.a.minutes, pair.b.minutes);
    if (duty < policy.tandemMinutes() || policy.silent(TrustSignal.TANDEM)) {
      return;
    }
    double share = pair.share();
    if (share * 100 < policy.tandemSharePct()
        || pair.moving < policy.tandemMoves()
        || pair.punches < policy.tandemPunches()
        || atMs - pair.toldMs < policy.alertRepeatMs()) {
      return;
    }
    double baseline = Math.max(baseline(pair.a, pair), baseline(pair.b, pair));
    if (baseline > CREW) {
      return;
    }
    pair.toldMs = atMs;
    tell(pair, pair.a, pair.b, duty, share, baseline, atMs);
    tell(pair, pair.b, pair.a, duty, share, baseline, atMs);
  }

  private void tell(
      Pair pair, Member member, Member other, int duty, double share, double baseline, long atMs) {
    Finding finding =
        Finding.of(TrustSignal.TANDEM)
            .with("other_member_handles", List.of(other.handle))
            .with("duty_minutes", duty)
            .with("known_minutes", pair.known())
            .with("minutes_together", pair.together)
            .with("share_pct", Math.round(share * 100))
            .with("minutes_moving_together", pair.moving)
            .with("stops_together", pair.stops)
            .with("punches_together", pair.punches)
            .meters("mean_distance_m", pair.metersSum / Math.max(1, pair.together))
            .with("next_partner_share_pct", Math.round(baseline * 100))
            .with("limit_pct", policy.tandemSharePct())
            .build();
    Finding weighed = policy.weighed(finding);
    if (weighed != null) {
      found.add(new Tandem(member.handle, other.handle, atMs, weighed));
    }
  }

  /** The share of whoever else the member is most with. */
  private static double baseline(Member member, Pair except) {
    double most = 0;
    for (Pair pair : member.pairs) {
      if (pair != except && pair.today().together > 30) {
        most = Math.max(most, pair.share());
      }
    }
    return most;
  }

  private void hash(Slot slot) {
    int wanted = Integer.highestOneBit(Math.max(512, 2 * slot.size)) << 1;
    if (heads.length < wanted) {
      heads = new int[wanted];
    }
    Arrays.fill(heads, 0);
    if (nexts.length < slot.size) {
      nexts = new int[2 * slot.size];
      cellLat = new int[2 * slot.size];
      cellLng = new int[2 * slot.size];
    }
    int mask = heads.length - 1;
    for (int i = 0; i < slot.size; i++) {
      cellLat[i] = (int) Math.floor(slot.latE7[i] / UNITS_PER_CELL);
      double cosine = Math.max(0.05, Math.cos(Math.toRadians(cellLat[i] * UNITS_PER_CELL / 1e7)));
      cellLng[i] = (int) Math.floor(slot.lngE7[i] * cosine / UNITS_PER_CELL);
      int bucket = hash(cellLat[i], cellLng[i]) & mask;
      nexts[i] = heads[bucket] - 1;
      heads[bucket] = i + 1;
    }
  }

  private static int hash(int lat, int lng) {
    int h = lat * 0x9E37_79B1 + lng * 0x85EB_CA77;
    return h ^ h >>> 15;
  }
}
