package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.trust.Finding;
import io.hexbeat.geofence.trust.Severity;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.geofence.trust.TrustSignal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A crowd of honest people with all their hardships and a share of forged days, through the real
 * engines; what was flagged is held against the truth. A person-day is flagged if an alert of that
 * is {@link #FLAGGED} or louder was raised about it. The first {@link #HISTORY_DAYS} are honest and
 * not judged: a server knows its people before it judges them. One thread; the same seed gives the
 * same.
 */
public final class TrustSim {
  /** An alert from here on is for a person to look at. */
  public static final Severity FLAGGED = Severity.WARNING;

  static final int HISTORY_DAYS = 3;

  private final SimCity city;
  private final long seed;
  private final int people;
  private final int days;
  private final double attacked;
  private final Attacks attacks;
  private final List<HonestPerson> persons = new ArrayList<>();

  /** The last days of everybody, the oldest first. */
  private final List<List<PersonDay>> history = new ArrayList<>();

  /** What accused a member on the day under way: the first finding of each signal. */
  private final Map<Integer, Map<TrustSignal, Finding>> told = new HashMap<>();

  private final Map<AttackKind, int[]> byKind = new EnumMap<>(AttackKind.class);
  private final Map<TrustSignal, int[]> bySignal = new EnumMap<>(TrustSignal.class);
  private final Map<Hardship, int[]> byHardship = new EnumMap<>(Hardship.class);
  private final List<String> surprises = new ArrayList<>();
  private int attackDays;
  private int caught;
  private int honestDays;
  private int flaggedHonest;
  private double engineNs;
  private double finderNs;
  private long pings;

  private TrustSim(long seed, int people, int days, double attacked) {
    this.seed = seed;
    this.people = people;
    this.days = days;
    this.attacked = attacked;
    this.city = SimCity.of(seed, 400);
    this.attacks = new Attacks(city);
  }

  /**
   * Runs it.
   *
   * @param days judged, after those of history
   * @param attacked the share of person-days that are forged
   */
  public static TrustSim run(long seed, int people, int days, double attacked) {
    TrustSim sim = new TrustSim(seed, people, days, attacked);
    sim.run();
    return sim;
  }

  private void run() {
    for (int member = 1; member <= people; member++) {
      persons.add(HonestPerson.of(city, member, 0));
    }
    TrustLine line = new TrustLine(TrustPolicy.DEFAULT, city.index(), city.zone(), this::told);
    for (int day = 0; day < HISTORY_DAYS + days; day++) {
      day(line, day);
    }
    engineNs = line.engineNsPerPing();
    finderNs = line.finderNsPerPing();
    pings = line.pings();
  }

  private void told(int member, Severity severity, List<Finding> reasons) {
    if (severity.compareTo(FLAGGED) < 0) {
      return;
    }
    Map<TrustSignal, Finding> of =
        told.computeIfAbsent(member, any -> new EnumMap<>(TrustSignal.class));
    for (Finding reason : reasons) {
      if (reason.accuses()) {
        of.putIfAbsent(reason.signal(), reason);
      }
    }
  }

  private void day(TrustLine line, int day) {
    LocalDate date = SimCrowd.FIRST_DAY.plusDays(day);
    List<PersonDay> today = new ArrayList<>();
    for (HonestPerson person : persons) {
      Set<Hardship> hardships = hardships(person.member(), day);
      today.add(
          hardships.contains(Hardship.SHARED_CAR)
              ? person.dayWith(HonestPerson.of(city, person.member() - 1, 0), date, hardships)
              : person.day(date, hardships));
    }
    history.add(List.copyOf(today));
    List<Fence> edited = day < HISTORY_DAYS ? List.of() : forge(today, day);
    line.adopt(edited.isEmpty() ? city.index() : edited(edited));
    record Sent(int member, SimRecord record) {}
    List<Sent> sent = new ArrayList<>();
    for (PersonDay one : today) {
      for (SimRecord record : one.records()) {
        sent.add(new Sent(one.member(), record));
      }
    }
    sent.sort(Comparator.comparing(Sent::record, SimRecord.ARRIVAL));
    told.clear();
    for (Sent one : sent) {
      line.run(one.member(), one.record());
    }
    if (day >= HISTORY_DAYS) {
      today.forEach(this::judge);
    }
    if (history.size() > HISTORY_DAYS) {
      history.remove(0);
    }
  }

  private FenceIndex edited(List<Fence> edited) {
    return city.index().edited(2, edited, List.of());
  }

  /** Puts attacks in the place of honest days. */
  private List<Fence> forge(List<PersonDay> today, int day) {
    Random random = new Random(seed * 0x5DEECE66DL + day);
    AttackKind[] kinds = AttackKind.values();
    List<Fence> edited = new ArrayList<>();
    Set<Integer> used = new HashSet<>();
    int wanted = (int) Math.round(people * attacked);
    for (int n = 0, tries = 0, turn = 0; n < wanted && tries < 20 * wanted; tries++) {
      int at = random.nextInt(people);
      int colleague = at + 1 < people ? at + 1 : at - 1;
      AttackKind kind = kinds[(int) ((turn + seed * 5 + day * 7L) % kinds.length)];
      boolean taken = used.contains(at) || used.contains(colleague);
      boolean alone = !today.get(at).hardships().contains(Hardship.SHARED_CAR);
      if (taken || !alone || today.get(colleague).hardships().contains(Hardship.SHARED_CAR)) {
        continue;
      }
      int earlier = random.nextInt(history.size() - 1);
      Attacks.Victim victim =
          new Attacks.Victim(
              persons.get(at),
              today.get(at),
              history.get(earlier).get(at),
              today.get(colleague),
              history.get(earlier).get(colleague));
      Attacks.Forged forged = attacks.forge(kind, victim, random);
      if (forged == null) {
        turn += tries % 7 == 0 ? 1 : 0;
        continue;
      }
      n++;
      turn++;
      used.add(at);
      used.add(colleague);
      today.set(at, forged.day());
      if (forged.accomplice() != null) {
        today.set(colleague, forged.accomplice());
        n++;
      }
      if (kind == AttackKind.TANDEM) {
        PersonDay carrier = today.get(colleague);
        today.set(colleague, carrier.forged(kind, carrier.records()));
        n++;
      }
      if (forged.edited() != null) {
        edited.add(forged.edited());
      }
    }
    return edited;
  }

  private void judge(PersonDay day) {
    Map<TrustSignal, Finding> found = told.getOrDefault(day.member(), Map.of());
    boolean flagged = !found.isEmpty();
    found
        .keySet()
        .forEach(
            signal -> bySignal.computeIfAbsent(signal, s -> new int[2])[day.honest() ? 1 : 0]++);
    if (day.honest()) {
      honestDays++;
      flaggedHonest += flagged ? 1 : 0;
      for (Hardship hardship : day.hardships()) {
        int[] counts = byHardship.computeIfAbsent(hardship, h -> new int[2]);
        counts[0]++;
        counts[1] += flagged ? 1 : 0;
      }
      if (flagged) {
        surprises.add("honest " + named(day) + " " + found.values());
      }
      return;
    }
    attackDays++;
    caught += flagged ? 1 : 0;
    for (AttackKind kind : day.attacks()) {
      int[] counts = byKind.computeIfAbsent(kind, k -> new int[2]);
      counts[0]++;
      counts[1] += flagged ? 1 : 0;
      if (!flagged) {
        surprises.add("missed " + kind + " " + named(day));
      }
    }
  }

  private String named(PersonDay day) {
    return day.member()
        + " "
        + day.day()
        + " "
        + day.hardships()
        + " "
        + persons.get(day.member() - 1).habits();
  }

  private Set<Hardship> hardships(int member, int day) {
    Random random = new Random(city.seed() * 31 + member * 1_000_003L + day);
    EnumSet<Hardship> hardships = EnumSet.noneOf(Hardship.class);
    if (member % 8 == 0 && day % 5 == 2) {
      hardships.add(Hardship.SHARED_CAR);
    }
    Hardship[] all = Hardship.values();
    for (int draws = random.nextInt(4); draws > 1; draws--) {
      Hardship drawn = all[random.nextInt(all.length)];
      if (drawn != Hardship.SHARED_CAR && drawn != Hardship.DAYLIGHT_SAVING) {
        hardships.add(drawn);
      }
    }
    return hardships;
  }

  public long seed() {
    return seed;
  }

  public int attackDays() {
    return attackDays;
  }

  public int honestDays() {
    return honestDays;
  }

  public double precision() {
    return caught + flaggedHonest == 0 ? 1 : caught / (double) (caught + flaggedHonest);
  }

  public double recall() {
    return attackDays == 0 ? 1 : caught / (double) attackDays;
  }

  /** Share of honest person-days that were flagged. */
  public double honestFlagged() {
    return honestDays == 0 ? 0 : flaggedHonest / (double) honestDays;
  }

  public int caught() {
    return caught;
  }

  public int flaggedHonest() {
    return flaggedHonest;
  }

  /** Of each kind its days and how many of them were flagged. */
  public Map<AttackKind, int[]> byKind() {
    return byKind;
  }

  /** Of each signal the attacked and the honest days on which it spoke. */
  public Map<TrustSignal, int[]> bySignal() {
    return bySignal;
  }

  /** Of each hardship its honest days and how many of them were flagged. */
  public Map<Hardship, int[]> byHardship() {
    return byHardship;
  }

  public double engineNsPerPing() {
    return engineNs;
  }

  public double finderNsPerPing() {
    return finderNs;
  }

  public long pings() {
    return pings;
  }

  /** Each honest day that was flagged and each attack that was not, in words. */
  public List<String> surprises() {
    return List.copyOf(surprises);
  }
}
