package io.hexbeat.ingest.door;

/**
 * What must hold of a decoder whatever it reads; the oracle of a {@link FuzzTarget}. One thread at
 * a time. May keep what it checks from input to input, as a loop of the server does. Throws on what
 * it finds broken.
 */
@FunctionalInterface
interface Law {
  void check(byte[] input) throws Exception;
}
