/**
 * Clients of the binary doors, as a gateway would write them: of the server they know the wire
 * layout only. Each belongs to one event loop.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.load.stream;
