/**
 * The data plane. A record goes door, shard, journal, live: the folders are the stages. What stands
 * here is shared by them: who a device is, and how one loop wakes another.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.ingest;
