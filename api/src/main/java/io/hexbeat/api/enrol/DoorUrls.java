package io.hexbeat.api.enrol;

import org.jspecify.annotations.Nullable;

/**
 * Where phones and gateways reach the doors, as they must be told. Immutable; any thread.
 *
 * @param device of the HTTP doors, without a slash at the end
 * @param tcp scheme, host and port, {@code tls} as the scheme for TLS; null where that door is
 *     closed
 * @param mqtt scheme, host and port, the scheme with an s for TLS; null where that door is closed
 */
public record DoorUrls(String device, @Nullable String tcp, @Nullable String mqtt) {}
