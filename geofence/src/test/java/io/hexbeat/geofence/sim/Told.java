package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.presence.ChangeKind;

/**
 * A transition that a server told. Immutable; any thread.
 *
 * @param device whose
 * @param kind ENTER, EXIT, DWELL or REMOVED
 */
public record Told(int device, int fence, ChangeKind kind, long atMs) {}
