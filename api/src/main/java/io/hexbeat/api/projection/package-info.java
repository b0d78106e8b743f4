/**
 * The journal's way into PostgreSQL: {@code tailer -> batch -> one transaction with its progress},
 * exactly once. Each shard has a worker thread of its own; nothing here runs on an event loop, and
 * nothing that goes wrong here reaches the hot line.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.api.projection;
