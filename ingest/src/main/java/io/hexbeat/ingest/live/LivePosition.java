package io.hexbeat.ingest.live;

/**
 * Where a member was last seen, as readers get it. Immutable by agreement: nobody writes into the
 * array. Numbers that the phone didn't give are {@link io.hexbeat.geofence.Fix#UNKNOWN}; whether a
 * member is online is for the reader to compute from the times.
 *
 * @param fixTimeMs when the phone says that it stood there
 * @param receivedTimeMs when the phone was last heard of: that position or a later heartbeat
 * @param fenceHandles the fences that the device is in, ascending; shared, not to be written
 */
@SuppressWarnings("ArrayRecordComponent") // one shared array a change of fences, not a List a frame
public record LivePosition(
    int memberHandle,
    int deviceHandle,
    int latE7,
    int lngE7,
    long fixTimeMs,
    long receivedTimeMs,
    int accuracyCm,
    int speedCmps,
    int bearingCdeg,
    int batteryPct,
    int[] fenceHandles) {}
