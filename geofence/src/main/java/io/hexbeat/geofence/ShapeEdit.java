package io.hexbeat.geofence;

/**
 * That a fence had another shape until then. Immutable; any thread.
 *
 * @param before the shape
 * @param atMs when it was replaced, Unix milliseconds
 */
public record ShapeEdit(Shape before, long atMs) {}
