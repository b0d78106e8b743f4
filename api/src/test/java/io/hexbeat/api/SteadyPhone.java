package io.hexbeat.api;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A phone that sends ping after ping on a thread of its own, notes which were acknowledged and how
 * long the slowest answer took, and sends again what wasn't taken. Its figures may be read when it
 * has stopped, and the number of acknowledgements at any time.
 */
final class SteadyPhone implements AutoCloseable {
  private final ApiClient device;
  private final long firstFixMs;
  private final Thread thread;
  private final List<Long> acked = new ArrayList<>();
  private volatile int ackedCount;
  private volatile boolean stopping;
  private long slowestNs;
  private int refused;

  SteadyPhone(URI door, String token, long firstFixMs) {
    this.device = ApiClient.bearer(door, token);
    this.firstFixMs = firstFixMs;
    this.thread = new Thread(this::run, "steady-phone");
    thread.start();
  }

  private void run() {
    try {
      long n = 0;
      while (!stopping) {
        long fixMs = firstFixMs + n * 1_000;
        long startNs = System.nanoTime();
        HttpResponse<String> answer = device.send("POST", "/v1/pings", ping(fixMs, n));
        slowestNs = Math.max(slowestNs, System.nanoTime() - startNs);
        if (answer.statusCode() == 200) {
          acked.add(fixMs);
          ackedCount = acked.size();
          n++;
        } else {
          refused++;
        }
      }
    } catch (IOException killed) {
      // the server is gone; what was acknowledged before is what counts
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static JsonObject ping(long fixMs, long n) {
    return new JsonObject()
        .put("lat", 30.27 + n % 100 * 1e-5)
        .put("lng", -97.74)
        .put("accuracy_m", 5)
        .put("fix_time", Instant.ofEpochMilli(fixMs).toString());
  }

  /** Waits until so many more have been acknowledged. */
  void awaitAcks(int more) {
    int until = ackedCount + more;
    while (ackedCount < until) {
      if (!thread.isAlive()) {
        throw new AssertionError("the phone has stopped after " + ackedCount + " acks");
      }
      Thread.onSpinWait();
    }
  }

  /** Fix times of what was acknowledged; once closed. */
  List<Long> acked() {
    return acked;
  }

  double slowestSeconds() {
    return slowestNs / 1e9;
  }

  int refused() {
    return refused;
  }

  @Override
  public void close() {
    stopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
