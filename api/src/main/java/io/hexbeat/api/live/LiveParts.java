package io.hexbeat.api.live;

import io.hexbeat.api.auth.Access;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.ingest.live.LiveBoard;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the live sockets of all event loops share. Immutable; its parts may be used by any thread.
 *
 * @param authenticate who a token speaks for; empty when it is none or has expired
 * @param reads where it is noted whom a socket has shown
 * @param fenceIds the id of a fence by its handle, or null when it is gone
 */
public record LiveParts(
    LiveBoard board,
    Directory directory,
    Function<String, Future<Optional<Access>>> authenticate,
    IntFunction<@Nullable String> fenceIds,
    OpenAlerts openAlerts,
    MemberStates states,
    LiveStats stats,
    ReadLog reads,
    LiveLimits limits) {}
