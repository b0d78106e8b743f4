/** The hot line: decide, append, apply, publish. A shard's state belongs to its event loop. */
@org.jspecify.annotations.NullMarked
package io.hexbeat.ingest.shard;
