/**
 * Reference data: PostgreSQL is the truth, memory is what requests read. Writes commit first and
 * then update memory; SQL runs on the pool's event loops, fences compile on a worker.
 */
@NullMarked
package io.hexbeat.api.store;

import org.jspecify.annotations.NullMarked;
