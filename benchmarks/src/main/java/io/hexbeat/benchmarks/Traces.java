package io.hexbeat.benchmarks;

import io.hexbeat.geofence.E7;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;

/**
 * Recorded GPS traces as the fixes of many devices in the city. Stateless; any thread. A file is
 * CSV, gzipped or not, with the header {@code user,timestamp_ms,lat,lon,alt}; a user's trace is
 * what lies between gaps of {@link #GAP_MS} and jumps faster than {@link #MOST_MPS}, which nobody
 * travels: some recorded users are two devices in turn.
 *
 * <p>Recorded devices are few and elsewhere: each device of a stream follows one trace from a drawn
 * start, moved as a whole so that it begins at a drawn place of the city, distances unchanged. At
 * its end it goes on with the next trace where it is. Devices report in turn.
 */
final class Traces {
  /** Names the phones that ship with the program: mostly 5-13 s from fix to fix. */
  static final String PHONES = "phones";

  /** Names the buses that ship with the program: mostly two minutes from fix to fix. */
  static final String BUSES = "buses";

  private static final long GAP_MS = 10 * 60_000;
  private static final double MOST_MPS = 70;

  /** Noise, and clocks that count seconds. */
  private static final double NO_JUMP_METERS = 300;

  private static final int LEAST_FIXES = 10;
  private static final long SEED = 20_260_103;

  /** One way of one user, {@code [latE7, lngE7, ...]}. */
  private record Trace(List<int[]> fixes) {}

  private Traces() {}

  /**
   * Fixes of {@code devices} devices in turn, {@code fixesEach} of each.
   *
   * @param name {@link #PHONES}, {@link #BUSES} or the path of a file
   */
  static FixStream read(String name, int devices, int fixesEach) {
    return stream(traces(name), devices, fixesEach);
  }

  /**
   * Reads a file for nothing but its errors.
   *
   * @throws IllegalArgumentException if it holds no traces
   */
  static void check(String name) {
    if (traces(name).isEmpty()) {
      throw new IllegalStateException("traces=" + name);
    }
  }

  private static List<Trace> traces(String name) {
    List<Trace> traces;
    try (InputStream in = open(name)) {
      traces = traces(in);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("traces=" + name + ": " + e.getMessage(), e);
    }
    if (traces.isEmpty()) {
      throw new IllegalArgumentException(
          "traces=" + name + " has no trace of " + LEAST_FIXES + " fixes");
    }
    return traces;
  }

  private static InputStream open(String name) throws IOException {
    InputStream in =
        switch (name) {
          case PHONES -> GeoJsonFile.open("/traces/aracaju_phones.csv.gz");
          case BUSES -> GeoJsonFile.open("/demo/austin_buses.csv.gz");
          default -> Files.newInputStream(Path.of(name));
        };
    return PHONES.equals(name) || BUSES.equals(name) || name.endsWith(".gz")
        ? new GZIPInputStream(in)
        : in;
  }

  private static List<Trace> traces(InputStream in) throws IOException {
    Map<String, Trace> open = new LinkedHashMap<>();
    Map<String, Long> lastMs = new LinkedHashMap<>();
    List<Trace> closed = new ArrayList<>();
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    String header = lines.readLine();
    if (header == null || !header.startsWith("user,timestamp_ms,lat,lon")) {
      throw new IOException("the first line must be user,timestamp_ms,lat,lon,alt");
    }
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] columns = line.split(",", -1);
      String user = columns[0];
      long timeMs = Long.parseLong(columns[1]);
      Long last = lastMs.put(user, timeMs);
      int[] fix = {
        E7.fromDegrees(Double.parseDouble(columns[2])),
        E7.fromDegrees(Double.parseDouble(columns[3]))
      };
      Trace trace = open.computeIfAbsent(user, none -> new Trace(new ArrayList<>()));
      if (last != null && (timeMs - last > GAP_MS || jumps(trace, fix, timeMs - last))) {
        closed.add(trace);
        trace = new Trace(new ArrayList<>());
        open.put(user, trace);
      }
      trace.fixes().add(fix);
    }
    return longEnough(closed, open.values());
  }

  private static boolean jumps(Trace trace, int[] fix, long tookMs) {
    int[] from = trace.fixes().get(trace.fixes().size() - 1);
    double meters = E7.distanceMeters(from[0], from[1], fix[0], fix[1]);
    return meters > NO_JUMP_METERS + MOST_MPS * tookMs / 1_000;
  }

  private static List<Trace> longEnough(List<Trace> closed, Collection<Trace> open) {
    List<Trace> all = new ArrayList<>(closed);
    all.addAll(open);
    all.removeIf(trace -> trace.fixes().size() < LEAST_FIXES);
    return all;
  }

  private static FixStream stream(List<Trace> traces, int devices, int fixesEach) {
    int[] ids = new int[devices * fixesEach];
    int[] lats = new int[ids.length];
    int[] lngs = new int[ids.length];
    SplittableRandom random = new SplittableRandom(SEED);
    List<int[]> starts = starts(traces);
    for (int device = 0; device < devices; device++) {
      int[] start = starts.get(random.nextInt(starts.size()));
      int trace = start[0];
      int next = start[1];
      int[] at = City.point(random);
      for (int fix = 0; fix < fixesEach; fix++) {
        List<int[]> way = traces.get(trace).fixes();
        if (fix > 0) {
          at = moved(at, way.get(next - 1), way.get(next));
        }
        int i = fix * devices + device;
        ids[i] = device;
        lats[i] = at[0];
        lngs[i] = at[1];
        next++;
        if (next == way.size()) {
          trace = (trace + 1) % traces.size();
          next = 1;
        }
      }
    }
    return new FixStream(ids, lats, lngs, devices);
  }

  /** Every fix but the first of a trace is as likely a start, {@code [trace, fix]}. */
  private static List<int[]> starts(List<Trace> traces) {
    List<int[]> starts = new ArrayList<>();
    for (int trace = 0; trace < traces.size(); trace++) {
      for (int fix = 1; fix < traces.get(trace).fixes().size(); fix++) {
        starts.add(new int[] {trace, fix});
      }
    }
    return starts;
  }

  /**
   * As far north and east, in metres, as from one recorded fix to the next; back in at the edge.
   */
  private static int[] moved(int[] at, int[] from, int[] to) {
    double stretch =
        Math.cos(Math.toRadians(E7.toDegrees(from[0])))
            / Math.cos(Math.toRadians(E7.toDegrees(at[0])));
    int north = to[0] - from[0];
    int east = (int) Math.round((to[1] - from[1]) * stretch);
    if (City.holds(at[0] + north, at[1] + east)) {
      return new int[] {at[0] + north, at[1] + east};
    }
    return new int[] {at[0] - north, at[1] - east};
  }
}
