package io.hexbeat.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured at one door, with the floor beside it. Immutable but for its histograms, which
 * nobody writes any more; any thread.
 *
 * @param batch pings a message
 * @param offeredPerSecond by the schedule; 0 for closed loops
 * @param pings what became of them
 * @param floor of the same against a server that only answers
 * @param live from the intended send time to the manager's frame
 * @param liveFloor of the same through a bare relay
 * @param conflated acked messages that a probe was not told, since a newer one was
 * @param liveBytes that all live sockets got
 * @param closed live sockets that the server closed
 * @param punches what became of the punches
 * @param punchFloor of the same against a server that only answers
 * @param stages inside the server, since its start
 * @param serverCores processor time of the server by time, 0 if it can't be known
 * @param senderCores the same of this process
 * @param ramp the search that led here
 */
record LoadRow(
    Door door,
    int batch,
    int offeredPerSecond,
    FleetResult pings,
    @Nullable FleetResult floor,
    Latencies live,
    @Nullable Latencies liveFloor,
    long conflated,
    long liveBytes,
    int closed,
    @Nullable FleetResult punches,
    @Nullable FleetResult punchFloor,
    Stages stages,
    double serverCores,
    double senderCores,
    @Nullable Ramp ramp) {

  /** The same with the floor. */
  LoadRow beside(FleetResult bare, @Nullable Latencies relay, @Nullable FleetResult barePunches) {
    return new LoadRow(
        door,
        batch,
        offeredPerSecond,
        pings,
        bare,
        live,
        relay,
        conflated,
        liveBytes,
        closed,
        punches,
        barePunches,
        stages,
        serverCores,
        senderCores,
        ramp);
  }

  /** The same as what a search found. */
  LoadRow found(Ramp search) {
    return new LoadRow(
        door,
        batch,
        offeredPerSecond,
        pings,
        floor,
        live,
        liveFloor,
        conflated,
        liveBytes,
        closed,
        punches,
        punchFloor,
        stages,
        serverCores,
        senderCores,
        search);
  }

  double ratioToFloor() {
    FleetResult beside = floor;
    return beside == null || beside.ackedPerSecond() == 0
        ? 0
        : pings.ackedPerSecond() / beside.ackedPerSecond();
  }

  /** All that were measured, by kind. */
  Map<String, Latencies> latencies() {
    Map<String, Latencies> kinds = new LinkedHashMap<>();
    kinds.put("ack", pings.acks());
    put(kinds, "ack-floor", floor == null ? null : floor.acks());
    put(kinds, "live", live);
    put(kinds, "live-floor", liveFloor);
    put(kinds, "punch", punches == null ? null : punches.acks());
    put(kinds, "punch-floor", punchFloor == null ? null : punchFloor.acks());
    return kinds;
  }

  private static void put(
      Map<String, Latencies> kinds, String kind, @Nullable Latencies latencies) {
    if (latencies != null && latencies.count() > 0) {
      kinds.put(kind, latencies);
    }
  }

  /** For people. */
  String text() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%-10s %s, %d %s a message: %s",
        "door",
        door.label(),
        batch,
        batch == 1 ? "ping" : "pings",
        offeredPerSecond == 0
            ? "each phone sends when it was answered"
            : String.format(Locale.ROOT, "%,d pings/s", offeredPerSecond));
    line(
        text,
        "pings      offered %,d  acked %,d  refused %,d  lost %,d  unsent %,d",
        pings.offered(),
        pings.acked(),
        pings.refused(),
        pings.lost(),
        pings.unsent());
    FleetResult beside = floor;
    line(
        text,
        "rate       %,.0f pings/s acked%s",
        pings.ackedPerSecond(),
        beside == null
            ? ""
            : String.format(
                Locale.ROOT,
                ", the bare server %,.0f: ratio %.2f",
                beside.ackedPerSecond(),
                ratioToFloor()));
    latencies(text, "ack", pings.acks(), beside == null ? null : beside.acks());
    if (live.count() > 0) {
      latencies(text, "live", live, liveFloor);
      line(text, "           conflated %,d  sockets closed by the server %d", conflated, closed);
    }
    FleetResult punched = punches;
    if (punched != null) {
      FleetResult bare = punchFloor;
      latencies(text, "punch", punched.acks(), bare == null ? null : bare.acks());
      line(text, "           lost %,d  refused %,d", punched.lost(), punched.refused());
    }
    line(text, "cores      server %.2f  sender %.2f", serverCores, senderCores);
    pings.breaks().forEach((why, count) -> line(text, "broke      %,d: %s", count, why));
    Ramp search = ramp;
    if (search != null) {
      text.append(search.text());
    }
    return text.toString();
  }

  private static void latencies(
      StringBuilder text, String name, Latencies ours, @Nullable Latencies bare) {
    line(text, "%-10s %s", name, ours);
    if (bare != null && bare.count() > 0) {
      line(text, "  floor    %s", bare);
      line(
          text,
          "  ratio    p50 %.2f  p99 %.2f  p99.9 %.2f",
          ours.ratioTo(bare, 50),
          ours.ratioTo(bare, 99),
          ours.ratioTo(bare, 99.9));
    }
  }

  private static void line(StringBuilder text, String format, @Nullable Object... of) {
    text.append(String.format(Locale.ROOT, format, of)).append('\n');
  }

  /** For machines. */
  JsonObject json(LoadPlan plan) {
    double seconds = Math.max(pings.measuredSeconds(), 1e-9);
    JsonObject row =
        new JsonObject()
            .put("door", door.label())
            .put("batch", batch)
            .put("devices", plan.devices())
            .put("managers", plan.managers())
            .put("fences", plan.fences())
            .put("seconds", plan.seconds())
            .put("closed_loop", plan.closed())
            .put("offered_per_s", pings.offered() / seconds)
            .put("accepted_per_s", (pings.offered() - pings.refused()) / seconds)
            .put("acked_per_s", pings.ackedPerSecond())
            .put("lost", pings.lost())
            .put("refused", pings.refused())
            .put("unsent", pings.unsent())
            .put("conflated", conflated)
            .put("live_bytes_per_s", liveBytes / seconds)
            .put("live_sockets_closed", closed)
            .put("ack_ms", pings.acks().toJson())
            .put("live_ms", live.toJson())
            .put("server_cores", serverCores)
            .put("sender_cores", senderCores)
            .put("stages_us", stages.json());
    FleetResult beside = floor;
    if (beside != null) {
      row.put("floor_per_s", beside.ackedPerSecond())
          .put("ratio_to_floor", ratioToFloor())
          .put("floor_ack_ms", beside.acks().toJson());
    }
    Latencies relay = liveFloor;
    if (relay != null) {
      row.put("live_floor_ms", relay.toJson());
    }
    FleetResult punched = punches;
    if (punched != null) {
      row.put("punches_per_s", punched.ackedPerSecond())
          .put("punches_lost", punched.lost())
          .put("punch_ms", punched.acks().toJson());
    }
    FleetResult barePunches = punchFloor;
    if (barePunches != null) {
      row.put("punch_floor_ms", barePunches.acks().toJson());
    }
    Ramp search = ramp;
    if (search != null) {
      row.put("ramp", search.json());
    }
    JsonArray timeLine = new JsonArray();
    pings.seconds().forEach(second -> timeLine.add(second.json()));
    return row.put("time_line", timeLine);
  }
}
