/**
 * Exact geometry and the fence index: which fences contain a point. Pure functions over immutable
 * snapshots; any thread may read, nothing here knows a clock, a thread or a logger.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.geofence;
