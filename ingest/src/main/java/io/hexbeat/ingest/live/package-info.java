/**
 * What is true now, and who is watching: latest position of each member and the events of the
 * moment. Shards write, sockets' loops read; neither waits for the other.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.ingest.live;
