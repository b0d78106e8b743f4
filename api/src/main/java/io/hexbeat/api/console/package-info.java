/**
 * The web console on the API port: static ES modules, the map library and their headers. Runs on
 * the API's event loops; files are read once, on a worker.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.api.console;
