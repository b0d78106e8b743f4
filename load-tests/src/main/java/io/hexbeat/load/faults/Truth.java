package io.hexbeat.load.faults;

import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.presence.ChangeKind;
import io.hexbeat.geofence.presence.FixOrder;
import io.hexbeat.geofence.presence.PresenceDecision;
import io.hexbeat.geofence.presence.PresenceEngine;
import io.hexbeat.geofence.presence.PresenceState;
import io.hexbeat.geofence.trust.TrustSignal;
import io.hexbeat.ingest.wire.FencesRecord;
import io.hexbeat.ingest.wire.PingDecision;
import io.hexbeat.ingest.wire.PingRecord;
import io.hexbeat.ingest.wire.PunchRecord;
import io.hexbeat.ingest.wire.RecordEnvelope;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What must be: every record that was sent, acknowledged and stored, and where that puts everybody.
 * Told of sends and acks by the phones' loop, of the journal by the run, under one lock. Keeps a
 * byte a ping, all punches and all events. It decides each stored ping again, by the engine that
 * the server has, so that a decision made on a wrong state shows.
 */
final class Truth {
  /** The server's default; see the README's clock.skew_max. */
  private static final long CLOCK_SKEW_MAX_MS = 300_000;

  private static final byte SENT = 1;
  private static final byte ACKED = 2;
  private static final byte STORED = 4;

  /** What the tables must hold, by place in the journal. */
  record Stored(int shard, long index, String row) {}

  private final List<Route> routes;
  private final Map<Integer, Integer> phones;
  private final FenceHistory fences;
  private final Violations violations;
  private final byte[][] pings;
  private final PresenceState[] presence;
  private final PresenceEngine engine =
      new PresenceEngine(PresencePolicy.DEFAULT, CLOCK_SKEW_MAX_MS);
  private final PresenceDecision expected = new PresenceDecision();
  private final PresenceDecision recorded = new PresenceDecision();
  private final PingRecord ping = new PingRecord();
  private final PingDecision decision = new PingDecision();
  private final PunchRecord punch = new PunchRecord();
  private final FencesRecord fencesAdopted = new FencesRecord();
  private final int[] lastSent;

  /** By punch id; what was sent, and its first receipt. */
  private final Map<String, Punch> punches = new LinkedHashMap<>();

  /** How often each event is in the journal, and how often it was told. */
  private final Map<String, int[]> events = new HashMap<>();

  private final Set<String> toldSinceCheck = new HashSet<>();
  private final List<Stored> positions = new ArrayList<>();
  private final List<Stored> transitions = new ArrayList<>();
  private final List<Stored> storedPunches = new ArrayList<>();
  private final List<Stored> alerts = new ArrayList<>();
  private long acks;
  private long records;
  private long toldEvents;

  /** A punch as its phone knows it. */
  static final class Punch {
    final int phone;
    final String body;
    @Nullable String receipt;
    @Nullable String storedReceipt;

    Punch(int phone, String body) {
      this.phone = phone;
      this.body = body;
    }
  }

  /**
   * Nothing sent yet.
   *
   * @param phones by the server's handle of their device
   */
  Truth(
      List<Route> routes,
      Map<Integer, Integer> phones,
      FenceHistory fences,
      Violations violations) {
    this.routes = routes;
    this.phones = phones;
    this.fences = fences;
    this.violations = violations;
    this.pings = new byte[routes.size()][1_024];
    this.lastSent = new int[routes.size()];
    this.presence = new PresenceState[routes.size()];
    Arrays.setAll(presence, i -> new PresenceState());
  }

  Route route(int phone) {
    return routes.get(phone);
  }

  /** The number of the phone's next fix, which is about to be sent. */
  synchronized int next(int phone) {
    int n = lastSent[phone]++;
    if (n == pings[phone].length) {
      pings[phone] = Arrays.copyOf(pings[phone], n * 2);
    }
    pings[phone][n] = SENT;
    return n;
  }

  synchronized void acked(int phone, int n) {
    pings[phone][n] |= ACKED;
    acks++;
  }

  synchronized void sent(String punchId, int phone, String body) {
    punches.put(punchId, new Punch(phone, body));
  }

  synchronized void acked(String punchId, String receipt) {
    Punch known = punches.get(punchId);
    acks++;
    if (known.receipt == null) {
      known.receipt = receipt;
    } else if (!known.receipt.equals(receipt)) {
      violations.add("receipt", punchId + " got another receipt than at first");
    }
  }

  /** Some punches whose receipts are known, the newest first. */
  synchronized Map<String, Punch> answered(int most) {
    Map<String, Punch> some = new LinkedHashMap<>();
    List<String> ids = new ArrayList<>(punches.keySet());
    for (int i = ids.size() - 1; i >= 0 && some.size() < most; i--) {
      Punch known = punches.get(ids.get(i));
      if (known.receipt != null) {
        some.put(ids.get(i), known);
      }
    }
    return some;
  }

  /** A frame of a manager's socket. */
  synchronized void told(JsonObject frame) {
    String key =
        switch (frame.getString("type")) {
          case "transition" ->
              transitionKey(
                  frame.getString("member"),
                  frame.getString("fence"),
                  frame.getString("kind"),
                  Instant.parse(frame.getString("at")).toEpochMilli());
          case "punch" -> "punch " + frame.getString("id");
          case "alert" -> alertKey(frame);
          default -> null;
        };
    if (key != null) {
      toldEvents++;
      count(key)[1]++;
      toldSinceCheck.add(key);
    }
  }

  /** The occurrence that was told; null for what became of an alert since. */
  private static @Nullable String alertKey(JsonObject frame) {
    boolean correction = frame.containsKey("corrects");
    return switch (frame.getString("event")) {
      case "opened" -> correction ? null : "alert " + frame.getString("id");
      case "occurrence" -> correction ? null : "alert " + frame.getString("occurrence");
      default -> null;
    };
  }

  /** A record of the journal; once each, in order. */
  synchronized void stored(int shard, long index, byte[] bytes) {
    records++;
    switch (RecordEnvelope.type(bytes, 0)) {
      case PING -> ping(shard, index, ping.wrap(bytes, 0));
      case PUNCH -> punch(shard, index, punch.wrap(bytes, 0));
      case FENCES -> fences.adopt(shard, fencesAdopted.wrap(bytes, 0).indexVersion());
      case QUARANTINE ->
          violations.add("phantom", "quarantined, though nobody sent anything unusable");
    }
  }

  /** After the journal was read to its end and while nobody sends. */
  synchronized void check() {
    for (int phone = 0; phone < pings.length; phone++) {
      for (int n = 0; n < lastSent[phone]; n++) {
        if ((pings[phone][n] & (ACKED | STORED)) == ACKED) {
          violations.add("lost", name(phone, n) + " was acknowledged and is not in the journal");
          pings[phone][n] |= STORED;
        }
      }
    }
    punches.forEach(
        (id, known) -> {
          if (known.receipt != null && known.storedReceipt == null) {
            violations.add("lost", "punch " + id + " was acknowledged and is not in the journal");
          } else if (known.receipt != null && !known.receipt.equals(known.storedReceipt)) {
            violations.add("receipt", "punch " + id + " is stored with another receipt");
          }
        });
    for (String key : toldSinceCheck) {
      int[] counts = count(key);
      if (counts[1] > counts[0]) {
        violations.add(
            counts[0] == 0 ? "phantom" : "repeated",
            key + " was told " + counts[1] + " times, the journal has it " + counts[0] + " times");
      }
    }
    toldSinceCheck.clear();
  }

  /** Fences of each member by their ids, and where it was last seen. */
  synchronized Map<String, String> presence() {
    Map<String, String> by = new HashMap<>();
    for (int phone = 0; phone < presence.length; phone++) {
      PresenceState state = presence[phone];
      if (state.placed()) {
        Set<String> in = new TreeSet<>();
        for (int i = 0; i < state.size(); i++) {
          in.add(fences.id(state.fenceHandle(i)));
        }
        by.put(routes.get(phone).member(), in + " " + state.lastLatE7() + " " + state.lastLngE7());
      }
    }
    return by;
  }

  synchronized List<Stored> takePositions() {
    return take(positions);
  }

  synchronized List<Stored> takeTransitions() {
    return take(transitions);
  }

  synchronized List<Stored> takePunches() {
    return take(storedPunches);
  }

  synchronized List<Stored> takeAlerts() {
    return take(alerts);
  }

  synchronized long acks() {
    return acks;
  }

  synchronized long records() {
    return records;
  }

  synchronized long toldEvents() {
    return toldEvents;
  }

  private void ping(int shard, long journalIndex, PingRecord ping) {
    Integer phone = phones.get(ping.deviceHandle());
    if (phone == null) {
      violations.add("phantom", "a ping of device=" + ping.deviceHandle() + ", which never sent");
      return;
    }
    decision.wrap(ping);
    recorded.reset(FixOrder.of((byte) decision.orderCode()));
    for (int i = 0; i < decision.changeCount(); i++) {
      recorded.add(
          decision.fenceHandle(i),
          ChangeKind.of((byte) decision.kindCode(i)),
          decision.inferred(i),
          decision.atMs(i));
    }
    FenceIndex index = fences.index(shard);
    if (ping.isServerMade()) {
      engine.decideByTime(index, presence[phone], ping.receivedTimeMs(), expected);
      if (!expected.toString().equals(recorded.toString())) {
        PresenceEngine.decideGivenUp(presence[phone], expected);
      }
      compareDecisions(phone);
      PresenceEngine.applyChanges(presence[phone], recorded);
    } else {
      sent(phone, ping);
      engine.decide(index, presence[phone], ping, expected);
      compareDecisions(phone);
      PresenceEngine.apply(presence[phone], ping, recorded);
      positions.add(
          new Stored(
              shard,
              journalIndex,
              ping.deviceHandle()
                  + " "
                  + ping.fixTimeMs()
                  + " "
                  + ping.latE7()
                  + " "
                  + ping.lngE7()));
    }
    transitions(shard, journalIndex, phone);
    alerts(shard, journalIndex, decision.alerts());
  }

  private void compareDecisions(int phone) {
    if (!expected.toString().equals(recorded.toString())) {
      violations.add(
          "presence",
          "fix of "
              + routes.get(phone).device()
              + " was decided as "
              + recorded
              + ", the engine says "
              + expected);
    }
  }

  private void sent(int phone, PingRecord ping) {
    Route route = routes.get(phone);
    int n = route.numberOf(ping.fixTimeMs());
    if (n < 0 || n >= lastSent[phone]) {
      violations.add("phantom", route.device() + " never sent a fix of " + ping.fixTimeMs());
      return;
    }
    if ((pings[phone][n] & STORED) != 0) {
      violations.add("duplicated", name(phone, n) + " is in the journal twice");
    }
    if (ping.latE7() != route.latE7(n) || ping.lngE7() != route.lngE7(n)) {
      violations.add("altered", name(phone, n) + " is not where it was sent from");
    }
    if (ping.isSigned() != route.signs() || (route.signs() && ping.counter() != n)) {
      violations.add("altered", name(phone, n) + " is not signed as it was sent");
    }
    pings[phone][n] |= STORED;
  }

  private void transitions(int shard, long index, int phone) {
    for (int i = 0; i < recorded.count(); i++) {
      ChangeKind kind = recorded.kind(i);
      if (kind.transition()) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        count(
            transitionKey(
                routes.get(phone).member(),
                fences.id(recorded.fenceHandle(i)),
                name,
                recorded.atMs(i)))[0]++;
        transitions.add(
            new Stored(
                shard, index, recorded.fenceHandle(i) + " " + name + " " + recorded.atMs(i)));
      }
    }
  }

  private void punch(int shard, long index, PunchRecord punch) {
    Punch known = punches.get(punch.punchId());
    if (known == null) {
      violations.add("phantom", "punch " + punch.punchId() + " was never sent");
      return;
    }
    if (punch.repeated() || known.storedReceipt != null) {
      violations.add("duplicated", "punch " + punch.punchId() + " is in the journal twice");
    }
    known.storedReceipt = punch.receiptJson();
    count("punch " + punch.punchId())[0]++;
    storedPunches.add(new Stored(shard, index, punch.punchId()));
    alerts(shard, index, punch.alerts());
  }

  private void alerts(int shard, long index, String json) {
    if (json.isEmpty()) {
      return;
    }
    JsonArray raised = new JsonArray(json);
    for (int i = 0; i < raised.size(); i++) {
      String id = raised.getJsonObject(i).getString("id");
      if (TrustSignal.COUNTER.code().equals(raised.getJsonObject(i).getString("kind"))) {
        violations.add("phantom", "alert " + id + " says that a counter does not count");
      }
      int[] counts = count("alert " + id);
      if (++counts[0] > 1) {
        violations.add("duplicated", "alert " + id + " is in the journal twice");
      }
      alerts.add(new Stored(shard, index, id));
    }
  }

  private String name(int phone, int n) {
    return "fix " + n + " of " + routes.get(phone).device();
  }

  private int[] count(String key) {
    return events.computeIfAbsent(key, unseen -> new int[2]);
  }

  private static String transitionKey(String member, String fence, String kind, long atMs) {
    return "transition " + member + " " + fence + " " + kind + " " + atMs;
  }

  private static List<Stored> take(List<Stored> from) {
    List<Stored> taken = List.copyOf(from);
    from.clear();
    return taken;
  }
}
