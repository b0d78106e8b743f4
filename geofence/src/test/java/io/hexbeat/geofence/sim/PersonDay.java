package io.hexbeat.geofence.sim;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One person's day: what the server got and what really happened. Immutable; any thread.
 *
 * @param member the person's handle
 * @param phone the phone of the morning; each record names its own
 * @param day in the city's zone
 * @param records in the order of arrival
 * @param track where the person really was
 * @param visits when in which fence, passes of seconds included, by arrival
 * @param hardships what made it hard to read
 * @param attacks how it was forged; empty for an honest day
 */
public record PersonDay(
    int member,
    SimPhone phone,
    LocalDate day,
    List<SimRecord> records,
    TrueTrack track,
    List<TrueVisit> visits,
    Set<Hardship> hardships,
    Set<AttackKind> attacks) {
  public PersonDay {
    records = records.stream().sorted(SimRecord.ARRIVAL).toList();
    visits = List.copyOf(visits);
    hardships = Set.copyOf(hardships);
    attacks = Set.copyOf(attacks);
  }

  public boolean honest() {
    return attacks.isEmpty();
  }

  /** The same truth, forged records. */
  public PersonDay forged(AttackKind kind, List<SimRecord> forged) {
    EnumSet<AttackKind> kinds = EnumSet.of(kind);
    kinds.addAll(attacks);
    return new PersonDay(member, phone, day, forged, track, visits, hardships, kinds);
  }

  /** Pings only, in the order of arrival. */
  public List<SimPing> pings() {
    List<SimPing> pings = new ArrayList<>();
    for (SimRecord record : records) {
      if (record instanceof SimPing ping) {
        pings.add(ping);
      }
    }
    return pings;
  }

  /** Punches only, in the order of arrival. */
  public List<SimPunch> punches() {
    List<SimPunch> punches = new ArrayList<>();
    for (SimRecord record : records) {
      if (record instanceof SimPunch punch) {
        punches.add(punch);
      }
    }
    return punches;
  }
}
