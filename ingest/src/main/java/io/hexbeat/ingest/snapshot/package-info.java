/**
 * Snapshots of a shard's state as files: written whole or not at all, read when every byte is
 * right. Knows neither shards nor journals: a state names its fields by {@link
 * io.hexbeat.geofence.StateFields}. Worker threads only.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.ingest.snapshot;
