/**
 * The composition root: reads the configuration, opens every part in order, wires them and closes
 * them in reverse. Runs on the main thread until the server is ready.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.api;
