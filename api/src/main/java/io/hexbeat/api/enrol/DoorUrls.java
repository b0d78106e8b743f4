package io.hexbeat.api.enrol;

import org.jspecify.annotations.Nullable;

/**
 * Where phones reach the doors, as phones must be told. Immutable; any thread.
 *
 * @param device of the HTTP doors, without a slash at the end
 * @param mqtt scheme, host and port, the scheme with an s for TLS; null where that door is closed
 */
public record DoorUrls(String device, @Nullable String mqtt) {}
