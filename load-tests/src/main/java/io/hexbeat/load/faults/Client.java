package io.hexbeat.load.faults;

/**
 * One who sends, and sends again what was not acknowledged. Belongs to the phones' loop. Never
 * fails: a server that does not answer is tried again until it is paused.
 */
interface Client {
  /** Sends from now on, first what is still unacknowledged. */
  void resume();

  /** Begins nothing new; what is under way ends by its answer or its connection's end. */
  void pause();

  /** Paused, and nothing under way. */
  boolean idle();
}
