/**
 * Whether a ping or punch can be believed: many weak signals, each with the figures behind it.
 * Pure: {@code decide} reads, {@code apply} writes facts only, time is an argument; a device's
 * state belongs to the thread of its shard, the {@link io.hexbeat.geofence.trust.PhoneBook} to all.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.geofence.trust;
