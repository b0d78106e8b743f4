package io.hexbeat.load.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class VehicleDayTest {
  private static final String HEADER = "user,timestamp_ms,lat,lon,alt\n";

  @Test
  void shouldSplitVehiclesAndTheirLocalDays() throws IOException {
    long lateMs = Instant.parse("2020-01-02T05:59:00Z").toEpochMilli();
    String csv =
        HEADER
            + ("a," + lateMs + ",30.5,-97.5,\n")
            + ("b," + (lateMs + 1_000) + ",30.6,-97.6,\n")
            + ("a," + (lateMs + 120_000) + ",30.7,-97.7,\n");

    List<VehicleDay> days = VehicleDay.readAll(gzip(csv), ZoneId.of("America/Chicago"));

    assertEquals(3, days.size());
    assertEquals("a", days.get(0).vehicle());
    assertEquals(LocalDate.of(2020, 1, 1), days.get(0).day());
    assertEquals(
        Duration.ofHours(23).plusMinutes(59).toMillis(), days.get(0).fixes().get(0).dayMs());
    assertEquals(LocalDate.of(2020, 1, 2), days.get(2).day());
    assertEquals(new TraceFix(60_000, 30.7, -97.7), days.get(2).fixes().get(0));
  }

  @Test
  void shouldLeaveOutFixesAtZeroAndRepeatedTimes() throws IOException {
    String csv = HEADER + "a,1000,0.0,0.0,\na,2000,1.0,2.0,\na,2000,1.5,2.0,\na,3000,0,2.0,\n";

    List<VehicleDay> days = VehicleDay.readAll(gzip(csv), ZoneOffset.UTC);

    assertEquals(
        List.of(new TraceFix(2000, 1.0, 2.0), new TraceFix(3000, 0, 2.0)), days.get(0).fixes());
  }

  @Test
  void shouldNameTheLineThatCannotBeRead() {
    IOException columns =
        assertThrows(
            IOException.class,
            () -> VehicleDay.readAll(gzip(HEADER + "a,1,2,3,\na,1,2\n"), ZoneOffset.UTC));
    IOException number =
        assertThrows(
            IOException.class,
            () -> VehicleDay.readAll(gzip(HEADER + "a,x,2,3,\n"), ZoneOffset.UTC));

    assertTrue(columns.getMessage().contains("line=3"), columns.getMessage());
    assertTrue(number.getMessage().contains("line=2"), number.getMessage());
  }

  private static InputStream gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }
}
