package io.hexbeat.api.auth;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;

/**
 * Slow, salted hashes of passwords (bcrypt). Any thread may ask; the work runs on two threads of
 * its own, so that a flood of logins takes no thread from anybody else. The comparison takes the
 * same time wherever the passwords differ. Passwords beyond bcrypt's 72 bytes are hashed down
 * first, not cut.
 */
public final class Passwords {
  private static final int THREADS = 2;

  private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2A;

  private final WorkerExecutor workers;
  private final int cost;
  private final String nobodysHash;

  /**
   * @param cost bcrypt's work factor, 4..16; 12 is about a quarter of a second
   */
  public Passwords(Vertx vertx, int cost) {
    this.workers = vertx.createSharedWorkerExecutor("hexbeat-passwords", THREADS);
    this.cost = cost;
    // Never equal to a password's hash: of the right form and cost, but made of nothing.
    this.nobodysHash = "$2a$%02d$".formatted(cost) + ".".repeat(53);
  }

  public Future<String> hash(String password) {
    return workers.executeBlocking(
        () ->
            BCrypt.with(VERSION, LongPasswordStrategies.hashSha512(VERSION))
                .hashToString(cost, password.toCharArray()),
        false);
  }

  /**
   * Whether the password is the one behind the hash. An empty hash, that of an unknown user, takes
   * as long as any other and is never right.
   */
  public Future<Boolean> matches(String password, String hash) {
    String against = hash.isEmpty() ? nobodysHash : hash;
    return workers
        .executeBlocking(
            () ->
                BCrypt.verifyer(VERSION, LongPasswordStrategies.hashSha512(VERSION))
                    .verify(password.toCharArray(), against.toCharArray())
                    .verified,
            false)
        .map(verified -> verified && !hash.isEmpty());
  }
}
