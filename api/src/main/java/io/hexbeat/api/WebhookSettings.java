package io.hexbeat.api;

import io.hexbeat.api.webhooks.WebhookConfig;
import java.time.Duration;

/** The settings of webhooks, by their names. Stateless; one thread. */
final class WebhookSettings {
  private WebhookSettings() {}

  static WebhookConfig read(Settings settings) {
    WebhookConfig usual = WebhookConfig.DEFAULT;
    Duration ms = Duration.ofMillis(1);
    Duration day = Duration.ofDays(1);
    return new WebhookConfig(
        settings.flag("webhook.allow_http", usual.allowHttp()),
        settings.flag("webhook.allow_private", usual.allowPrivate()),
        settings.duration("webhook.timeout", "10s", Duration.ofMillis(100), Duration.ofMinutes(2)),
        settings.duration("webhook.poll", "500ms", Duration.ofMillis(10), Duration.ofMinutes(1)),
        settings.duration("webhook.retry_first", "5s", ms, day),
        settings.duration("webhook.retry_last", "1h", ms, day),
        (int) settings.number("webhook.attempts", usual.attempts(), 1, 100),
        (int) settings.number("webhook.concurrency", usual.concurrency(), 1, 64),
        (int) settings.number("webhook.max_hooks", usual.maxHooks(), 1, 1_000),
        (int) settings.number("webhook.max_pending", usual.maxPending(), 1, 10_000_000),
        settings.duration("webhook.max_age", "3d", Duration.ofMinutes(1), Duration.ofDays(365)),
        settings.duration("webhook.keep", "7d", Duration.ofMinutes(1), Duration.ofDays(365)),
        settings.duration("webhook.secret_overlap", "1d", Duration.ZERO, Duration.ofDays(30)));
  }
}
