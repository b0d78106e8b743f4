package io.hexbeat.api.webhooks;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What became of deliveries. Any thread. */
public final class WebhookStats {
  public final LongAdder delivered = new LongAdder();

  /** Attempts that didn't succeed. */
  public final LongAdder failed = new LongAdder();

  /** Given up. */
  public final LongAdder dead = new LongAdder();

  /** Waiting, as of the last look. */
  public final AtomicLong pending = new AtomicLong();
}
