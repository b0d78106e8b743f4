package io.hexbeat.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Locale;

/**
 * What a load run measured. Immutable once made; any thread.
 *
 * @param offered pings that the schedule asked for in the measured part
 * @param acked those answered with success
 * @param refused those answered 503: the server said that it can't take them now
 * @param lost those neither acked nor refused
 * @param conflated acked pings that the managers' sockets were not told, since a newer one was
 * @param probesClosed live sockets that the server closed
 */
record LoadReport(
    LoadPlan plan,
    String startedAt,
    long offered,
    long acked,
    long refused,
    long lost,
    long conflated,
    int probesClosed,
    Latencies acks,
    Latencies live) {

  static LoadReport of(
      LoadPlan plan, Instant startedAt, Fleet fleet, Latencies live, int probesClosed) {
    long expectedLive = fleet.acked() * plan.managers();
    return new LoadReport(
        plan,
        startedAt.toString(),
        fleet.offered(),
        fleet.acked(),
        fleet.refused(),
        fleet.failed(),
        Math.max(0, expectedLive - live.count()),
        probesClosed,
        fleet.acks(),
        live);
  }

  /** For people. */
  String text() {
    return String.format(
        Locale.ROOT,
        """
        door %s, %d devices, %,d pings/s for %d s after %d s of warm-up, %d managers watching
        pings      offered %,d  acked %,d  refused %,d  lost %,d
        live       conflated %,d  sockets closed by the server %d
        ack        %s
        live       %s
        latencies are measured from the intended send time, on the sender's machine
        host       %s
        jvm        %s
        """,
        plan.door().name().toLowerCase(Locale.ROOT),
        plan.devices(),
        plan.ratePerSecond(),
        plan.seconds(),
        plan.warmUpSeconds(),
        plan.managers(),
        offered,
        acked,
        refused,
        lost,
        conflated,
        probesClosed,
        acks,
        live,
        host(),
        jvm());
  }

  /** For machines. */
  JsonObject json() {
    double seconds = plan.seconds();
    JsonObject row =
        new JsonObject()
            .put("door", plan.door().name().toLowerCase(Locale.ROOT))
            .put("devices", plan.devices())
            .put("managers", plan.managers())
            .put("seconds", plan.seconds())
            .put("offered_per_s", offered / seconds)
            .put("accepted_per_s", (offered - refused) / seconds)
            .put("acked_per_s", acked / seconds)
            .put("lost", lost)
            .put("conflated", conflated)
            .put("ack_ms", acks.toJson())
            .put("live_ms", live.toJson());
    return new JsonObject()
        .put("command", "load")
        .put("version", version())
        .put("jvm", jvm())
        .put("host", host())
        .put("cores", Runtime.getRuntime().availableProcessors())
        .put("started_at", startedAt)
        .put("rows", new JsonArray().add(row));
  }

  private static String version() {
    String packaged = LoadReport.class.getPackage().getImplementationVersion();
    return packaged == null ? "development" : packaged;
  }

  private static String host() {
    return System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + " "
        + System.getProperty("os.arch")
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " cores";
  }

  private static String jvm() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
  }
}
