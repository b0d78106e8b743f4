package io.hexbeat.geofence.sim;

/**
 * A phone of a simulated person. Immutable; any thread.
 *
 * @param deviceHandle its enrolment
 * @param phoneId what it calls itself
 */
public record SimPhone(int deviceHandle, String phoneId) {}
