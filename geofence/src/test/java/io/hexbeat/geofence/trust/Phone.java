package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.SampleFix;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One phone of one member through both real engines, as a shard drives them. Customer 1 has 100 m
 * radius at the origin, customer 2 the same 5 km to the east.
 */
final class Phone {
  static final FenceIndex SITES =
      FenceIndex.of(
          1,
          List.of(
              Fence.of(1, "origin", SampleFix.circle(0, 0, 100)),
              Fence.of(2, "east", SampleFix.circle(5_000, 0, 100))));

  final TrustEngine engine = new TrustEngine(TrustPolicy.DEFAULT);
  final PresenceEngine presence = new PresenceEngine(PresencePolicy.DEFAULT, 300_000);
  final PresenceState presenceState = new PresenceState();
  final TrustState state = new TrustState();
  MemberTrustState member = new MemberTrustState();
  PhoneBook phones = new ListedPhoneBook();
  ZoneId zone = ZoneId.of("America/Chicago");
  FenceIndex index = SITES;
  String phoneId = "phone-1";
  int memberHandle = 11;

  final List<Finding> alerts = new ArrayList<>();

  /** What a restart would rebuild from the journal so far. */
  TrustState replayed = new TrustState();

  MemberTrustState replayedMember = new MemberTrustState();

  List<Finding> ping(Fix fix) {
    PresenceDecision decision = new PresenceDecision();
    presence.decide(index, presenceState, fix, decision);
    PresenceEngine.apply(presenceState, fix, decision);
    FixOrder order = decision.order();
    List<Finding> found = engine.decidePing(state, phones, phoneId, memberHandle, fix, order);
    long opened = Finding.bits(found);
    TrustEngine.applyPing(state, phones, phoneId, memberHandle, fix, order, opened);
    TrustEngine.applyPing(replayed, phones, phoneId, memberHandle, fix, order, opened);
    alerts.addAll(found);
    return found;
  }

  PunchVerdict punch(PunchClaim claim) {
    PunchVerdict verdict = engine.decidePunch(index, state, member, phones, zone, claim);
    TrustEngine.applyPunch(state, member, phones, claim);
    TrustEngine.applyPunch(replayed, replayedMember, phones, claim);
    return verdict;
  }

  /** A walk about a place: one ping every {@code everyMs}, a few metres each. */
  void walk(long fromMs, int pings, long everyMs, double east, double north) {
    for (int i = 0; i < pings; i++) {
      ping(SampleFix.at(fromMs + i * everyMs, east + i % 9 * 3, north + i % 5 * 4));
    }
  }

  Claim claim(long atMs, double east, double north) {
    return claimAt(atMs, SampleFix.latE7(north), SampleFix.lngE7(east));
  }

  Claim claimAt(long atMs, int latE7, int lngE7) {
    return new Claim(this, atMs, latE7, lngE7);
  }

  List<TrustSignal> alertKinds() {
    return alerts.stream().map(Finding::signal).toList();
  }

  static List<TrustSignal> kinds(PunchVerdict verdict) {
    return verdict.reasons().stream().map(Finding::signal).toList();
  }

  static Finding reason(PunchVerdict verdict, TrustSignal signal) {
    return verdict.reasons().stream().filter(f -> f.signal() == signal).findFirst().orElseThrow();
  }

  /** A punch being written: ten metres accurate, received at once, no site claimed. */
  static final class Claim {
    private final Phone phone;
    private final long atMs;
    private final int latE7;
    private final int lngE7;
    String id = "p1";
    PunchKind kind = PunchKind.VISIT_IN;
    boolean hasPosition = true;
    int accuracyCm = 1_000;
    long fixTimeMs = Fix.UNKNOWN;
    int site;
    boolean mock;
    long uptimeMs = Fix.UNKNOWN;
    long seq = Fix.UNKNOWN;
    long counter = Fix.UNKNOWN;
    int signingKey = Fix.UNKNOWN;
    long receivedMs;
    long wifiHash;
    @Nullable PasskeyProof passkey;

    Claim(Phone phone, long atMs, int latE7, int lngE7) {
      this.phone = phone;
      this.atMs = atMs;
      this.latE7 = latE7;
      this.lngE7 = lngE7;
      this.receivedMs = atMs;
    }

    Claim id(String id) {
      this.id = id;
      return this;
    }

    Claim kind(PunchKind kind) {
      this.kind = kind;
      return this;
    }

    Claim noPosition() {
      this.hasPosition = false;
      return this;
    }

    Claim accuracy(int meters) {
      this.accuracyCm = meters < 0 ? Fix.UNKNOWN : meters * 100;
      return this;
    }

    Claim fixTime(long fixTimeMs) {
      this.fixTimeMs = fixTimeMs;
      return this;
    }

    Claim site(int site) {
      this.site = site;
      return this;
    }

    Claim mocked() {
      this.mock = true;
      return this;
    }

    Claim uptime(long uptimeMs) {
      this.uptimeMs = uptimeMs;
      return this;
    }

    Claim seq(long seq) {
      this.seq = seq;
      return this;
    }

    Claim signed(int signingKey, long counter) {
      this.signingKey = signingKey;
      this.counter = counter;
      return this;
    }

    Claim received(long receivedMs) {
      this.receivedMs = receivedMs;
      return this;
    }

    Claim wifi(List<String> networks) {
      this.wifiHash = PunchClaim.wifiHash(networks);
      return this;
    }

    Claim passkey(@Nullable PasskeyProof passkey) {
      this.passkey = passkey;
      return this;
    }

    PunchClaim build() {
      return new PunchClaim(
          id,
          phone.memberHandle,
          1,
          phone.phoneId,
          kind,
          atMs,
          hasPosition,
          latE7,
          lngE7,
          accuracyCm,
          fixTimeMs,
          site,
          mock,
          uptimeMs,
          seq,
          counter,
          signingKey,
          receivedMs,
          wifiHash,
          passkey);
    }

    PunchVerdict punch() {
      return phone.punch(build());
    }
  }
}
