package io.hexbeat.load;

import io.vertx.core.Future;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One manager's socket that measures how long after its intended send time a position arrives.
 * Belongs to one Vert.x loop, which must not be the sender's. Remembers one fix time a member. A
 * position that is told again counts once; one that never comes, because a newer one took its
 * place, is missing from {@link Latencies#count}. A socket that the server closes stops to count.
 */
final class LiveProbe {
  /** The most that a server grants. */
  private static final int RATE_HZ = 20;

  private final Map<String, Long> lastFixMs = new HashMap<>();
  private Latencies latencies = new Latencies();
  private @Nullable LoadSchedule schedule;
  private boolean closed;

  /** Connects and subscribes; {@link #measure} tells it what to count. */
  Future<LiveProbe> open(Api manager) {
    return manager.live(RATE_HZ).onSuccess(this::listen).map(this);
  }

  /** Starts to count, anew. */
  void measure(LoadSchedule schedule) {
    this.schedule = schedule;
    latencies = new Latencies();
  }

  Latencies latencies() {
    return latencies;
  }

  /** Whether the server closed the socket before the end. */
  boolean closed() {
    return closed;
  }

  private void listen(WebSocket socket) {
    socket.textMessageHandler(text -> told(text, System.nanoTime()));
    socket.closeHandler(done -> closed = true);
  }

  private void told(String text, long nowNs) {
    LoadSchedule measured = schedule;
    // a frame of another type needs no parsing: at high rates transitions are many
    if (measured == null || !text.contains("\"positions\"")) {
      return;
    }
    JsonObject frame = new JsonObject(text);
    if ("positions".equals(frame.getString("type"))) {
      JsonArray positions = frame.getJsonArray("positions");
      for (int i = 0; i < positions.size(); i++) {
        count(measured, positions.getJsonObject(i), nowNs);
      }
    }
  }

  private void count(LoadSchedule measured, JsonObject position, long nowNs) {
    long fixMs = Instant.parse(position.getString("fix_time")).toEpochMilli();
    Long before = lastFixMs.put(position.getString("member"), fixMs);
    if (measured.measured(fixMs) && (before == null || fixMs > before)) {
      latencies.record(nowNs - measured.intendedNs(fixMs));
    }
  }
}
