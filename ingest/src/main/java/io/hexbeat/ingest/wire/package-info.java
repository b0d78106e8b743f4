/**
 * The one binary layout of a record: in the shard's inbox, in the journal and on the binary doors.
 * Flyweights over byte arrays; each belongs to the thread that wrapped it.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.ingest.wire;
