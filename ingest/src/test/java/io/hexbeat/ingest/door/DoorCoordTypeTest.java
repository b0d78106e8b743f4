package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexbeat.geofence.CoordType;
import io.hexbeat.geofence.E7;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.wire.PingRecord;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A position is read by what it says itself, else by its device's system, else by its door's. */
final class DoorCoordTypeTest {
  private static final double LAT = 31.1774276;
  private static final double LNG = 121.5272106;

  @ParameterizedTest
  @CsvSource({
    ", , , WGS84",
    ", , GCJ02, GCJ02",
    ", BD09, GCJ02, BD09",
    ", WGS84, GCJ02, WGS84",
    "gcj02, BD09, WGS84, GCJ02",
    "wgs84, GCJ02, GCJ02, WGS84"
  })
  void shouldReadAPositionByTheNearestThatNamesItsSystem(
      @Nullable String record, @Nullable CoordType device, @Nullable CoordType door, CoordType used)
      throws Exception {
    double gcjLat = CoordType.gcjLat(LAT, LNG);
    double gcjLng = CoordType.gcjLng(LAT, LNG);
    double sentLat =
        switch (used) {
          case WGS84 -> LAT;
          case GCJ02 -> gcjLat;
          case BD09 -> CoordType.bdLat(gcjLat, gcjLng);
        };
    double sentLng =
        switch (used) {
          case WGS84 -> LNG;
          case GCJ02 -> gcjLng;
          case BD09 -> CoordType.bdLng(gcjLat, gcjLng);
        };
    String body =
        "{\"fix_time\":1700000000000,\"lat\":"
            + sentLat
            + ",\"lng\":"
            + sentLng
            + (record == null ? "" : ",\"coord_type\":\"" + record + "\"")
            + "}";

    Batch batch = read(body, device, door == null ? Map.of() : Map.of(Door.NATIVE, door));

    PingRecord ping = new PingRecord().wrap(batch.submission().bytes(), 0);
    assertEquals(E7.fromDegrees(LAT), ping.latE7(), 1);
    assertEquals(E7.fromDegrees(LNG), ping.lngE7(), 1);
  }

  private static Batch read(String body, @Nullable CoordType ofDevice, Map<Door, CoordType> ofDoors)
      throws RefusedBodyException {
    DoorConfig usual = DoorConfig.of("127.0.0.1", 0, 1);
    DoorConfig config =
        new DoorConfig(
            usual.host(),
            usual.port(),
            usual.loops(),
            usual.maxConnections(),
            usual.maxBodyBytes(),
            usual.maxFormBytes(),
            usual.maxBatchRecords(),
            usual.maxAttributes(),
            usual.maxHeadBytes(),
            usual.maxInflationRatio(),
            usual.headTimeout(),
            usual.bodyTimeout(),
            usual.keepAliveTimeout(),
            usual.share(),
            ofDoors);
    PhoneRequest request = new PhoneRequest();
    request.open(null, null);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    request.replaceBody(bytes, bytes.length);
    Batch batch = new Batch(config, new DoorStats());
    DeviceIdentity who =
        new DeviceIdentity(7, "phone-7", 21, "member-21", ZoneOffset.UTC, ofDevice);
    batch.open(who, Door.NATIVE, ReadRequest.RECEIVED_MS, submission -> {});
    new NativeFormat(config).read(request, batch);
    return batch;
  }
}
