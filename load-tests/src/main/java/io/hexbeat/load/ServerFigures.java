package io.hexbeat.load;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a server takes of its machine at one moment: its own figures from {@code /metrics}, and what
 * the kernel says of its process. Immutable; any thread. Sizes are bytes; what can't be known of
 * this server or on this system is {@link #UNKNOWN}.
 *
 * @param rssBytes resident memory of the process, database not included
 * @param peakRssBytes the most that it has been
 * @param mappedBytes the part of it that is files, the journal's and the libraries', which the
 *     kernel takes back when others need it
 * @param databaseBytes resident memory of its PostgreSQL, each page that its processes share
 *     counted once
 * @param heapBytes Java objects
 * @param heapCommittedBytes memory that the JVM holds for objects
 * @param directBytes buffers of Netty outside the heap
 * @param garbageCollected whether that was right after {@link #collectGarbage}
 * @param deviceConnections open on the device port, as the server counts
 * @param mqttConnections open at the MQTT door, as the server counts
 */
record ServerFigures(
    long rssBytes,
    long peakRssBytes,
    long mappedBytes,
    long databaseBytes,
    long heapBytes,
    long heapCommittedBytes,
    long directBytes,
    long threads,
    long openFiles,
    long deviceConnections,
    long mqttConnections,
    boolean garbageCollected) {
  static final long UNKNOWN = -1;

  private static final long COLLECT_WITHIN_SECONDS = 60;
  private static final long KIB = 1_024;

  /**
   * Reads both.
   *
   * @param metrics the text of {@code /metrics}
   * @param databasePid of its PostgreSQL, or {@link #UNKNOWN}
   * @param garbageCollected whether it has just been
   * @param pid of the server, or {@link #UNKNOWN} if it is not ours
   */
  static ServerFigures of(String metrics, long pid, long databasePid, boolean garbageCollected) {
    List<String> lines = metrics.lines().toList();
    Path process = Path.of("/proc", Long.toString(pid));
    List<String> status = linesOf(process.resolve("status"));
    return new ServerFigures(
        kib(status, "VmRSS:"),
        kib(status, "VmHWM:"),
        kib(status, "RssFile:"),
        databasePid == UNKNOWN ? UNKNOWN : databaseBytes(databasePid),
        sum(lines, "jvm_memory_used_bytes{area=\"heap\""),
        sum(lines, "jvm_memory_committed_bytes{area=\"heap\""),
        sum(lines, "hexbeat_netty_direct_bytes"),
        sum(lines, "jvm_threads_live_threads"),
        sum(lines, "process_files_open_files"),
        sum(lines, "hexbeat_door_connections "),
        sum(lines, "hexbeat_mqtt_connections "),
        garbageCollected);
  }

  /**
   * Makes the server's JVM collect its garbage, so that its heap shows what is live. Blocks.
   *
   * @return false if this JDK has no jcmd, or the process is another user's
   */
  static boolean collectGarbage(long pid) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    if (!Files.isExecutable(jcmd)) {
      return false;
    }
    Process collecting =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!collecting.waitFor(COLLECT_WITHIN_SECONDS, TimeUnit.SECONDS)) {
      collecting.destroyForcibly();
      return false;
    }
    return collecting.exitValue() == 0;
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    put(json, "rss_bytes", rssBytes);
    put(json, "peak_rss_bytes", peakRssBytes);
    put(json, "mapped_files_bytes", mappedBytes);
    put(json, "database_bytes", databaseBytes);
    put(json, "heap_bytes", heapBytes);
    put(json, "heap_committed_bytes", heapCommittedBytes);
    put(json, "direct_bytes", directBytes);
    put(json, "threads", threads);
    put(json, "open_files", openFiles);
    put(json, "device_connections", deviceConnections);
    put(json, "mqtt_connections", mqttConnections);
    return json.put("garbage_collected", garbageCollected);
  }

  private static void put(JsonObject json, String name, long value) {
    if (value != UNKNOWN) {
      json.put(name, value);
    }
  }

  /** The samples that begin so, added up; {@link #UNKNOWN} if there is none, or no number. */
  private static long sum(List<String> lines, String begin) {
    double sum = Double.NaN;
    for (String line : lines) {
      if (line.startsWith(begin)) {
        double sample = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        sum = Double.isNaN(sum) ? sample : sum + sample;
      }
    }
    return Double.isNaN(sum) ? UNKNOWN : (long) sum;
  }

  private static long kib(List<String> lines, String name) {
    for (String line : lines) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
      }
    }
    return UNKNOWN;
  }

  private static long databaseBytes(long pid) {
    return ProcessHandle.of(pid).stream()
        .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.children()))
        .map(process -> Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))
        .mapToLong(shares -> Math.max(0, kib(linesOf(shares), "Pss:")))
        .sum();
  }

  /** None where there is no such file, as on systems other than Linux. */
  private static List<String> linesOf(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
