/** Chronicle Queue, one a shard: append, replay, tail. The only package that knows net.openhft. */
@org.jspecify.annotations.NullMarked
package io.hexbeat.ingest.journal;
