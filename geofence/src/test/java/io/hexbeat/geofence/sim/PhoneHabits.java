package io.hexbeat.geofence.sim;

/**
 * How a phone reports. Immutable; any thread.
 *
 * @param noiseMeters in which 68% of its fixes lie
 * @param movingEveryMs between fixes of who moves
 * @param stillEveryMs between fixes of who doesn't
 * @param tellsAccuracy whether its app does
 * @param tellsMotion whether its app tells speed and bearing
 */
public record PhoneHabits(
    double noiseMeters,
    long movingEveryMs,
    long stillEveryMs,
    boolean tellsAccuracy,
    boolean tellsMotion) {}
