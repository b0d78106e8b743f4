package io.hexbeat.load.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * What one vehicle did on one day, in time order. Immutable; any thread. {@link #readAll} holds all
 * fixes of the file in memory. A row that cannot be read is an {@link IOException} that names its
 * line: the file ships with the program, so that it cannot be anybody's typing error.
 */
record VehicleDay(String vehicle, LocalDate day, List<TraceFix> fixes) {
  private static final String HEADER = "user,timestamp_ms,lat,lon,alt";
  private static final int COLUMNS = 5;

  VehicleDay {
    fixes = List.copyOf(fixes);
  }

  /**
   * Reads a gzip CSV {@code user,timestamp_ms,lat,lon,alt}; days are those of {@code zone}. Fixes
   * at 0,0 and fixes that repeat the time of the one before are left out.
   */
  static List<VehicleDay> readAll(InputStream gzipCsv, ZoneId zone) throws IOException {
    Map<String, VehicleDay> byName = new TreeMap<>();
    Map<String, List<TraceFix>> fixes = new TreeMap<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(gzipCsv), StandardCharsets.UTF_8))) {
      String line = reader.readLine();
      if (!HEADER.equals(line)) {
        throw new IOException("line=1 header=" + line + " expected=" + HEADER);
      }
      int number = 1;
      for (line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        String[] columns = line.split(",", -1);
        try {
          if (columns.length != COLUMNS) {
            throw new IOException("line=" + number + " columns=" + columns.length);
          }
          double lat = Double.parseDouble(columns[2]);
          double lng = Double.parseDouble(columns[3]);
          if (lat == 0 && lng == 0) {
            continue;
          }
          ZonedDateTime local = Instant.ofEpochMilli(Long.parseLong(columns[1])).atZone(zone);
          LocalDate day = local.toLocalDate();
          long dayMs = local.toLocalTime().toNanoOfDay() / 1_000_000;
          String name = day + " " + columns[0];
          List<TraceFix> track = fixes.computeIfAbsent(name, key -> new ArrayList<>());
          if (track.isEmpty() || track.get(track.size() - 1).dayMs() < dayMs) {
            track.add(new TraceFix(dayMs, lat, lng));
          }
          byName.putIfAbsent(name, new VehicleDay(columns[0], day, List.of()));
        } catch (NumberFormatException e) {
          throw new IOException("line=" + number + " " + e.getMessage(), e);
        }
      }
    }
    List<VehicleDay> all = new ArrayList<>();
    byName.forEach(
        (name, empty) -> all.add(new VehicleDay(empty.vehicle, empty.day, fixes.get(name))));
    return all;
  }

  /** What happened at or after a time of day. */
  VehicleDay from(long dayMs) {
    return new VehicleDay(
        vehicle, day, fixes.stream().filter(fix -> fix.dayMs() >= dayMs).toList());
  }
}
