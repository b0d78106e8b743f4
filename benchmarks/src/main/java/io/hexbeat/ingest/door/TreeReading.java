package io.hexbeat.ingest.door;

import io.hexbeat.geofence.E7;
import io.hexbeat.ingest.shard.Submission;
import io.hexbeat.ingest.wire.PingRecord;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The same request as its users would read it with what Vert.x offers: Jackson's tokens into a tree
 * of maps, then each field from the tree into a wire record. One thread. The app's other fields
 * stay in the tree, where our doors write them into the record; readings are not checked.
 */
final class TreeReading {
  private final DoorSample sample;
  private final Buffer json;
  private final Submission submission = new Submission(1 << 14);
  private final PingRecord record = new PingRecord();

  TreeReading(DoorSample sample) {
    this.sample = sample;
    json = Buffer.buffer(sample.json());
  }

  /** Reads it once more; returns the bytes of its records. */
  int read() {
    submission.reuse(DoorReading.WHO, done -> {});
    switch (sample) {
      case WIRE, NATIVE -> readPing(new JsonObject(json));
      case NATIVE_BATCH -> new JsonArray(json).forEach(ping -> readPing((JsonObject) ping));
      case OSMAND_QUERY, OSMAND_FORM, OSMAND_JSON -> readFlat(new JsonObject(json));
      case SDK_JSON -> readItem(new JsonObject(json).getJsonObject("location"));
      case OWNTRACKS -> readMessage(new JsonObject(json));
      case OVERLAND ->
          new JsonObject(json)
              .getJsonArray("locations")
              .forEach(point -> readPoint((JsonObject) point));
    }
    return submission.lengthBytes();
  }

  PingRecord fix(int i) {
    return new PingRecord().wrap(submission.bytes(), i * PingRecord.HEADER_BYTES);
  }

  private void readPing(JsonObject ping) {
    begin(
        Instant.parse(ping.getString("fix_time")).toEpochMilli(),
        ping.getDouble("lat"),
        ping.getDouble("lng"));
    readings(
        ping.getDouble("accuracy_m"),
        ping.getDouble("altitude_m"),
        ping.getDouble("speed_mps"),
        ping.getDouble("bearing_deg"),
        ping.getDouble("battery_pct"));
    record.mock(ping.getBoolean("mock", false)).seq(ping.getLong("seq", -1L));
    end();
  }

  private void readFlat(JsonObject flat) {
    begin(flat.getLong("timestamp") * 1000, flat.getDouble("lat"), flat.getDouble("lon"));
    readings(
        flat.getDouble("accuracy"),
        flat.getDouble("altitude"),
        flat.getDouble("speed") * 1852 / 3600,
        flat.getDouble("bearing"),
        flat.getDouble("batt"));
    end();
  }

  private void readItem(JsonObject location) {
    JsonObject coords = location.getJsonObject("coords");
    begin(
        Instant.parse(location.getString("timestamp")).toEpochMilli(),
        coords.getDouble("latitude"),
        coords.getDouble("longitude"));
    readings(
        coords.getDouble("accuracy"),
        coords.getDouble("altitude"),
        coords.getDouble("speed"),
        coords.getDouble("heading"),
        location.getJsonObject("battery").getDouble("level") * 100);
    record.mock(location.getBoolean("mock", false));
    end();
  }

  private void readMessage(JsonObject message) {
    if (!"location".equals(message.getString("_type"))) {
      return;
    }
    begin(message.getLong("tst") * 1000, message.getDouble("lat"), message.getDouble("lon"));
    readings(
        message.getDouble("acc"),
        message.getDouble("alt"),
        message.getDouble("vel") / 3.6,
        message.getDouble("cog"),
        message.getDouble("batt"));
    end();
  }

  private void readPoint(JsonObject point) {
    JsonArray lngLat = point.getJsonObject("geometry").getJsonArray("coordinates");
    JsonObject properties = point.getJsonObject("properties");
    begin(
        Instant.parse(properties.getString("timestamp")).toEpochMilli(),
        lngLat.getDouble(1),
        lngLat.getDouble(0));
    readings(
        properties.getDouble("horizontal_accuracy"),
        properties.getDouble("altitude"),
        properties.getDouble("speed"),
        properties.getDouble("course"),
        properties.getDouble("battery_level") * 100);
    end();
  }

  private void begin(long fixTimeMs, double lat, double lng) {
    int offset = submission.reserve(PingRecord.HEADER_BYTES);
    record
        .wrapNew(
            submission.bytes(),
            offset,
            DoorReading.WHO.deviceHandle(),
            DoorReading.WHO.memberHandle(),
            DoorReading.RECEIVED_MS)
        .fixTimeMs(fixTimeMs)
        .position(E7.fromDegrees(lat), E7.normalizeLngE7(E7.fromDegrees(lng)));
  }

  private void readings(
      @Nullable Double accuracyMeters,
      @Nullable Double altitudeMeters,
      @Nullable Double speedMps,
      @Nullable Double bearingDeg,
      @Nullable Double batteryPct) {
    if (accuracyMeters != null) {
      record.accuracyCm((int) Math.round(accuracyMeters * 100));
    }
    if (altitudeMeters != null) {
      record.altitudeCm((int) Math.round(altitudeMeters * 100));
    }
    if (speedMps != null) {
      record.speedCmps((int) Math.round(speedMps * 100));
    }
    if (bearingDeg != null) {
      record.bearingCdeg((int) Math.round(bearingDeg * 100));
    }
    if (batteryPct != null) {
      record.batteryPct((int) Math.round(batteryPct));
    }
  }

  private void end() {
    submission.commit(PingRecord.HEADER_BYTES);
  }
}
