/**
 * Where phones come in: authenticates, translates a phone's format into wire records and answers
 * what that phone takes for success. Runs on the event loop that accepted the connection.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.ingest.door;
