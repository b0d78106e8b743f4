package io.hexbeat.api.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;

/**
 * What the server must remember about itself, such as the key that signs tokens. Any thread. A
 * secret is made once and never changes, so several servers on one database agree on it.
 */
public final class SecretBook {
  private final Pool pool;

  SecretBook(Pool pool) {
    this.pool = pool;
  }

  /** The secret of that name; the candidate becomes it if there is none yet. */
  public Future<String> keepOnce(String name, String candidate) {
    return pool.preparedQuery(
            "insert into secrets (name, value) values ($1, $2) on conflict (name) do nothing")
        .execute(Tuple.of(name, candidate))
        .compose(
            kept ->
                pool.preparedQuery("select value from secrets where name = $1")
                    .execute(Tuple.of(name)))
        .map(rows -> rows.iterator().next().getString(0));
  }
}
