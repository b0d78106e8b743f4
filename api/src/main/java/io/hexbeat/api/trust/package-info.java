/**
 * The trust policy of this installation, and the search for frauds that only a comparison of people
 * shows. Runs on requests' event loops and the projector's threads, never on a shard's.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.api.trust;
