package io.hexbeat.api;

import io.hexbeat.api.alerts.AlertDesk;
import io.hexbeat.api.auth.Authenticator;
import io.hexbeat.api.enrol.DoorUrls;
import io.hexbeat.api.live.LiveParts;
import io.hexbeat.api.operations.Metrics;
import io.hexbeat.api.operations.Readiness;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.FenceBook;
import io.hexbeat.api.store.GatewayBook;
import io.hexbeat.api.store.PasskeyBook;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.trust.PolicyBook;
import io.hexbeat.api.webhooks.WebhookBook;

/**
 * What the API port is built from. Its parts may be used by any thread.
 *
 * @param doors what phones and gateways are told to connect to
 */
record ApiParts(
    ServerConfig config,
    DoorUrls doors,
    Store store,
    Database database,
    Authenticator authenticator,
    FenceBook fences,
    GatewayBook gateways,
    AlertDesk alerts,
    WebhookBook webhooks,
    PolicyBook policies,
    PasskeyBook passkeys,
    LiveParts live,
    ReadLog reads,
    Metrics metrics,
    Readiness readiness) {}
