package io.hexbeat.ingest;

import java.time.ZoneId;

/**
 * Whom a device credential speaks for. Immutable; any thread.
 *
 * @param deviceHandle the store's number for this enrolment; a phone handed to another member gets
 *     a new one
 * @param deviceId the phone's name, 1-64 characters
 * @param memberHandle the store's number for the member; decides the shard
 * @param memberId the member's name in the API
 * @param zone the member's time zone, for rules about hours
 */
public record DeviceIdentity(
    int deviceHandle, String deviceId, int memberHandle, String memberId, ZoneId zone) {}
