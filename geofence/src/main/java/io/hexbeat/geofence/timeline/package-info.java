/**
 * A person's day as a story: where they stood, how they went, and where nothing is known. Pure
 * functions of stored fixes; any thread.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.geofence.timeline;
