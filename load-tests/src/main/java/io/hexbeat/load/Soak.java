package io.hexbeat.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * What a server takes of its machine while it is under load for long: a look at it each half
 * minute, each so many minutes right after its garbage was collected. One thread looks, between
 * {@link #start} and {@link #stop}; read it after that. A look that fails is told and left out.
 */
final class Soak {
  private static final long EVERY_SECONDS = 30;
  private static final double MIB = 1 << 20;
  private static final double SECONDS_PER_HOUR = 3_600;
  private static final int FEW = 3;

  private final LoadTarget target;
  private final long collectEverySeconds;
  private final Consumer<String> progress;
  private final Thread looking = new Thread(this::look, "soak");
  private final List<Look> looks = new ArrayList<>();

  private record Look(double seconds, ServerFigures server, long lagRecords) {}

  Soak(LoadTarget target, int collectEveryMinutes, Consumer<String> progress) {
    this.target = target;
    this.collectEverySeconds = TimeUnit.MINUTES.toSeconds(collectEveryMinutes);
    this.progress = progress;
  }

  Soak start() {
    looking.setDaemon(true);
    looking.start();
    return this;
  }

  void stop() throws InterruptedException {
    looking.interrupt();
    looking.join();
  }

  private void look() {
    long startNs = System.nanoTime();
    long nextNs = startNs;
    double collectAt = 0;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        double elapsed = (System.nanoTime() - startNs) / 1e9;
        boolean collect = elapsed >= collectAt;
        if (collect) {
          collectAt = elapsed + collectEverySeconds - 1;
        }
        look(elapsed, collect);
        nextNs += TimeUnit.SECONDS.toNanos(EVERY_SECONDS);
        TimeUnit.NANOSECONDS.sleep(Math.max(0, nextNs - System.nanoTime()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(double elapsed, boolean collect) throws InterruptedException {
    try {
      Look look = new Look(elapsed, target.figures(collect), target.lagRecords());
      looks.add(look);
      progress.accept(line(look));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      progress.accept("no look at the server: " + e.getMessage());
    }
  }

  /** For people. */
  String text() {
    StringBuilder text = new StringBuilder("soak\n");
    looks.forEach(look -> text.append("  ").append(line(look)).append('\n'));
    text.append(
        String.format(
            Locale.ROOT,
            "an hour    live heap %+.1f MiB  RSS %+.1f MiB  threads %+.1f  open files %+.1f,"
                + " by the second half%n",
            heapSlope() / MIB,
            slope(ServerFigures::rssBytes) / MIB,
            slope(ServerFigures::threads),
            slope(ServerFigures::openFiles)));
    return text.toString();
  }

  /** For machines. */
  JsonObject json() {
    JsonArray all = new JsonArray();
    for (Look look : looks) {
      all.add(look.server.json().put("seconds", look.seconds).put("lag_records", look.lagRecords));
    }
    return new JsonObject()
        .put("live_heap_bytes_per_hour", heapSlope())
        .put("rss_bytes_per_hour", slope(ServerFigures::rssBytes))
        .put("threads_per_hour", slope(ServerFigures::threads))
        .put("open_files_per_hour", slope(ServerFigures::openFiles))
        .put("looks", all);
  }

  private static String line(Look look) {
    ServerFigures server = look.server;
    return String.format(
        Locale.ROOT,
        "%6.0f s  heap %7.1f MiB%s  RSS %7.1f MiB  direct %6.1f MiB  threads %d  files %d"
            + "  PostgreSQL %7.1f MiB  lag %,d",
        look.seconds,
        server.heapBytes() / MIB,
        server.garbageCollected() ? " live" : "     ",
        server.rssBytes() / MIB,
        server.directBytes() / MIB,
        server.threads(),
        server.openFiles(),
        server.databaseBytes() / MIB,
        look.lagRecords);
  }

  /** Of the heap only looks right after a collection say what is live. */
  private double heapSlope() {
    return slope(
        looks.stream().filter(look -> look.server.garbageCollected()).toList(),
        ServerFigures::heapBytes);
  }

  private double slope(ToLongFunction<ServerFigures> figure) {
    return slope(looks, figure);
  }

  /** Least squares over the second half, an hour; 0 of too few looks. */
  private static double slope(List<Look> of, ToLongFunction<ServerFigures> figure) {
    List<Look> half = of.subList(of.size() / 2, of.size());
    if (half.size() < FEW) {
      return 0;
    }
    double meanX = half.stream().mapToDouble(Look::seconds).average().orElse(0);
    double meanY =
        half.stream().mapToDouble(look -> figure.applyAsLong(look.server)).average().orElse(0);
    double product = 0;
    double square = 0;
    for (Look look : half) {
      double x = look.seconds - meanX;
      product += x * (figure.applyAsLong(look.server) - meanY);
      square += x * x;
    }
    return square == 0 ? 0 : product / square * SECONDS_PER_HOUR;
  }
}
