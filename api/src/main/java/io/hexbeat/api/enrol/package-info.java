/**
 * What a person types or scans to point a phone app at the doors: built when a phone is registered,
 * on the request's event loop, and never stored, since it holds the phone's token.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.api.enrol;
