/**
 * The fault suite: a real server under load, killed and hindered at random, held against a model
 * that knows every acknowledgement. The run belongs to the main thread, the phones to one event
 * loop.
 */
@NullMarked
package io.hexbeat.load.faults;

import org.jspecify.annotations.NullMarked;
