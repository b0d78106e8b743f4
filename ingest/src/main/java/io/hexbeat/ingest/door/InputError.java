package io.hexbeat.ingest.door;

/**
 * What is wrong with one place of a body.
 *
 * @param pointer JSON pointer, empty for the whole
 */
record InputError(String pointer, String reason) {}
