/**
 * Who is inside which fence: turns one fix after the other into ENTER, EXIT, DWELL and REMOVED.
 * Pure: {@code decide} reads, {@code apply} writes, time is an argument; a device's state belongs
 * to the thread of its shard.
 *
 * <pre>
 *   fix -> PresenceEngine.decide -> PresenceDecision -> journal -> PresenceEngine.apply -> PresenceState
 *                                                          |                 ^
 *                                                          +---- restart ----+
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.geofence.presence;
