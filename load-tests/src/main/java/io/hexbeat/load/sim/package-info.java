/**
 * {@code hexbeat sim}: the labelled simulator of geofence's fixtures through the real engines, and
 * how right they are. One thread; no server, no clock but for the report's.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.load.sim;
