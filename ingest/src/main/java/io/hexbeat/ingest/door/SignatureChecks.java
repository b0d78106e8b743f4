package io.hexbeat.ingest.door;

import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that verify what takes too long for a loop, half as many as there are cores. Any
 * thread may ask and is told on its own loop. Bounded by the records that wait: what would be too
 * many is refused, as by a shard whose inbox is full. A connection has one batch here at a time and
 * is not read meanwhile, so its records keep their order. Idle threads end by themselves.
 */
public final class SignatureChecks {
  private static final Logger log = LoggerFactory.getLogger(SignatureChecks.class);

  /**
   * What a thread or two verify in some seconds: to wait longer, a phone can wait itself. A single
   * batch may be larger, if nothing waits before it.
   */
  static final int MAX_WAITING = 2_000;

  private static final long KEEP_THREAD_SECONDS = 30;

  private final AtomicInteger waiting = new AtomicInteger();
  private final ThreadPoolExecutor threads;

  public SignatureChecks() {
    int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            KEEP_THREAD_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "hexbeat-signatures");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs the checks, then the other on its loop.
   *
   * @return false if too many wait; then nothing is run
   */
  boolean run(List<? extends LateCheck> checks, Context loop, Runnable then) {
    int count = checks.size();
    int before = waiting.getAndAdd(count);
    if (before > 0 && before + count > MAX_WAITING) {
      waiting.addAndGet(-count);
      return false;
    }
    threads.execute(
        () -> {
          try {
            checks.forEach(LateCheck::run);
          } catch (RuntimeException e) {
            log.error("could not verify {} signatures; they count as wrong", count, e);
          } finally {
            waiting.addAndGet(-count);
            loop.runOnContext(now -> then.run());
          }
        });
    return true;
  }
}
