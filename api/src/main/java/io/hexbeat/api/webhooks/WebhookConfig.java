package io.hexbeat.api.webhooks;

import java.time.Duration;

/**
 * How webhooks are sent, and within what bounds. Immutable; any thread.
 *
 * @param allowHttp whether a URL may be plain http
 * @param allowPrivate whether a URL may lead to this machine or a private network
 * @param timeout for an answer, connecting included
 * @param poll how often it is looked for what is due
 * @param retryFirst pause after the first failure; each further one doubles it, give or take a
 *     quarter
 * @param retryLast the longest pause
 * @param attempts after which a delivery is dead
 * @param concurrency deliveries of one webhook under way at a time
 * @param maxHooks webhooks there may be
 * @param maxPending deliveries of one webhook that may wait; beyond it the oldest are dead
 * @param maxAge events older than this are not told any more
 * @param keep how long deliveries that are done or dead can be looked at
 * @param secretOverlap how long the secret before a rotation signs as well
 */
public record WebhookConfig(
    boolean allowHttp,
    boolean allowPrivate,
    Duration timeout,
    Duration poll,
    Duration retryFirst,
    Duration retryLast,
    int attempts,
    int concurrency,
    int maxHooks,
    int maxPending,
    Duration maxAge,
    Duration keep,
    Duration secretOverlap) {
  /** Five seconds, then doubling to an hour: sixteen attempts reach over half a day. */
  public static final WebhookConfig DEFAULT =
      new WebhookConfig(
          false,
          false,
          Duration.ofSeconds(10),
          Duration.ofMillis(500),
          Duration.ofSeconds(5),
          Duration.ofHours(1),
          16,
          4,
          50,
          10_000,
          Duration.ofDays(3),
          Duration.ofDays(7),
          Duration.ofDays(1));
}
