package io.hexbeat.load;

import io.hexbeat.load.IdlePlan.Kind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What idle connections cost a server. Filled while the run goes on, by its thread; then read.
 * Memory of a kind is what the server took more after it was opened than before, divided by the
 * connections; of the process that includes what its heap grew by for other reasons.
 */
final class IdleReport {
  private static final double MIB = 1 << 20;

  private final IdlePlan plan;
  private final Latencies acksWithout;
  private final List<Stage> stages = new ArrayList<>();
  private ServerFigures last;

  /** One kind: what became of it, and the server before and after. */
  private record Stage(
      Kind kind, IdleCrowd.Tally tally, ServerFigures before, ServerFigures after) {
    double heapBytes() {
      return perConnection(after.heapBytes() - before.heapBytes());
    }

    double directBytes() {
      return perConnection(after.directBytes() - before.directBytes());
    }

    double rssBytes() {
      return perConnection(after.rssBytes() - before.rssBytes());
    }

    private double perConnection(long bytes) {
      return tally.opened() == 0 ? 0 : (double) bytes / tally.opened();
    }
  }

  /**
   * Starts with the server as it is before the first idle connection.
   *
   * @param acksWithout of the same pings, sent before there were any
   */
  IdleReport(IdlePlan plan, Latencies acksWithout, ServerFigures before) {
    this.plan = plan;
    this.acksWithout = acksWithout;
    this.last = before;
  }

  /** All of a kind are open, or lost. */
  void opened(Kind kind, IdleCrowd.Tally tally, ServerFigures after) {
    stages.add(new Stage(kind, tally, last, after));
    last = after;
  }

  /** The server after pings have gone through beside them. */
  void ended(ServerFigures figures) {
    last = figures;
  }

  int lost() {
    return stages.stream().mapToInt(stage -> stage.tally.lost()).sum();
  }

  /** For people. */
  String text(Latencies acksWith) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "idle       %,d connections from %s, one ping each, then silence%n",
            plan.total(),
            plan.sourceAddresses() == 0 ? "this machine" : plan.sourceAddresses() + " addresses"));
    text.append("           kind       asked   opened     open     heap B   direct B      RSS B\n");
    for (Stage stage : stages) {
      text.append(
          String.format(
              Locale.ROOT,
              "           %-6s  %,8d %,8d %,8d %,10.0f %,10.0f %,10.0f%n",
              stage.kind.label(),
              stage.tally.asked(),
              stage.tally.opened(),
              stage.tally.open(),
              stage.heapBytes(),
              stage.directBytes(),
              stage.rssBytes()));
      for (Map.Entry<String, Integer> loss : stage.tally.losses().entrySet()) {
        text.append(
            String.format(
                Locale.ROOT, "             lost %,d: %s%n", loss.getValue(), loss.getKey()));
      }
    }
    text.append(
        String.format(
            Locale.ROOT,
            """
            server     counts %,d connections on the device port, %,d on MQTT; %,d threads, %,d open files
            memory     RSS %s, at most %s, of it mapped files %s; PostgreSQL beside it %s
            heap       %s%s in %s; direct buffers %s
            ack        %s without them
            ratio      p50 %.2f  p99 %.2f, with idle connections over without
            """,
            last.deviceConnections(),
            last.mqttConnections(),
            last.threads(),
            last.openFiles(),
            mib(last.rssBytes()),
            mib(last.peakRssBytes()),
            mib(last.mappedBytes()),
            mib(last.databaseBytes()),
            mib(last.heapBytes()),
            last.garbageCollected() ? " live" : "",
            mib(last.heapCommittedBytes()),
            mib(last.directBytes()),
            acksWithout,
            acksWith.ratioTo(acksWithout, 50),
            acksWith.ratioTo(acksWithout, 99)));
    return text.toString();
  }

  /** For machines. */
  JsonObject json(Latencies acksWith) {
    JsonArray kinds = new JsonArray();
    for (Stage stage : stages) {
      JsonObject losses = new JsonObject();
      stage.tally.losses().forEach(losses::put);
      kinds.add(
          new JsonObject()
              .put("kind", stage.kind.label())
              .put("asked", stage.tally.asked())
              .put("opened", stage.tally.opened())
              .put("open", stage.tally.open())
              .put("losses", losses)
              .put("heap_bytes_per_connection", stage.heapBytes())
              .put("direct_bytes_per_connection", stage.directBytes())
              .put("rss_bytes_per_connection", stage.rssBytes())
              .put("server_after", stage.after.json()));
    }
    return new JsonObject()
        .put("asked", plan.total())
        .put("lost", lost())
        .put("source_addresses", plan.sourceAddresses())
        .put("kinds", kinds)
        .put("server", last.json())
        .put("ack_ms_without", acksWithout.toJson())
        .put(
            "ack_ratio",
            new JsonObject()
                .put("p50", acksWith.ratioTo(acksWithout, 50))
                .put("p99", acksWith.ratioTo(acksWithout, 99)));
  }

  private static String mib(long bytes) {
    return bytes == ServerFigures.UNKNOWN
        ? "unknown"
        : String.format(Locale.ROOT, "%,.0f MiB", bytes / MIB);
  }
}
