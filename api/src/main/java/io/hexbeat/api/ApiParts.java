package io.hexbeat.api;

import io.hexbeat.api.auth.Authenticator;
import io.hexbeat.api.live.LiveParts;
import io.hexbeat.api.live.OpenAlerts;
import io.hexbeat.api.operations.Metrics;
import io.hexbeat.api.operations.Readiness;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.FenceBook;
import io.hexbeat.api.store.GatewayBook;
import io.hexbeat.api.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * What the API port is built from. Its parts may be used by any thread.
 *
 * @param deviceUrl what phones are told to connect to
 * @param tcpUrl what gateways are told to connect to, or null while that door is closed
 */
record ApiParts(
    ServerConfig config,
    String deviceUrl,
    @Nullable String tcpUrl,
    Store store,
    Database database,
    Authenticator authenticator,
    FenceBook fences,
    GatewayBook gateways,
    OpenAlerts openAlerts,
    LiveParts live,
    Metrics metrics,
    Readiness readiness) {}
