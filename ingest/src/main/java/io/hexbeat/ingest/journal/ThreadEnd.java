package io.hexbeat.ingest.journal;

/** Waits for the end of a thread of ours that was told to end. Stateless; any thread. */
final class ThreadEnd {
  private ThreadEnd() {}

  /** Returns once it has ended; an interrupt meanwhile is kept for the caller. */
  static void await(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
