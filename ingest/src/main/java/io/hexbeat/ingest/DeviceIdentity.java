package io.hexbeat.ingest;

import io.hexbeat.geofence.CoordType;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * Whom a device credential speaks for. Immutable; any thread.
 *
 * @param deviceHandle the store's number for this enrolment; a phone handed to another member gets
 *     a new one
 * @param deviceId the phone's name, 1-64 characters
 * @param memberHandle the store's number for the member; decides the shard
 * @param memberId the member's name in the API
 * @param zone the member's time zone, for rules about hours
 * @param coordType the coordinate system of positions that don't name one, or null for the door's
 * @param signing by what its signed records are verified, or null if it signs none
 */
public record DeviceIdentity(
    int deviceHandle,
    String deviceId,
    int memberHandle,
    String memberId,
    ZoneId zone,
    @Nullable CoordType coordType,
    @Nullable SigningKey signing) {

  /** A phone that signs nothing. */
  public DeviceIdentity(
      int deviceHandle,
      String deviceId,
      int memberHandle,
      String memberId,
      ZoneId zone,
      @Nullable CoordType coordType) {
    this(deviceHandle, deviceId, memberHandle, memberId, zone, coordType, null);
  }

  /** A phone that sends what its door expects. */
  public DeviceIdentity(
      int deviceHandle, String deviceId, int memberHandle, String memberId, ZoneId zone) {
    this(deviceHandle, deviceId, memberHandle, memberId, zone, null, null);
  }
}
