package io.hexbeat.api.visits;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * The sites that visits were at of late, by handle. Belongs to one thread. Forgets all when a fence
 * was edited or there are too many; asks PostgreSQL for what it does not know.
 */
final class SiteBook {
  private static final int MAX_KNOWN = 20_000;

  private final LongSupplier fenceVersion;
  private final Map<Integer, Site> known = new HashMap<>();
  private long version = Long.MIN_VALUE;

  SiteBook(LongSupplier fenceVersion) {
    this.fenceVersion = fenceVersion;
  }

  /** Completes with all of these that there ever were. */
  Future<Map<Integer, Site>> of(SqlClient client, Collection<Integer> handles) {
    long now = fenceVersion.getAsLong();
    if (now != version || known.size() > MAX_KNOWN) {
      known.clear();
      version = now;
    }
    Set<Integer> missing = new TreeSet<>(handles);
    missing.removeAll(known.keySet());
    Future<Void> asked =
        missing.isEmpty()
            ? Future.succeededFuture()
            : client
                .preparedQuery(
                    "select " + Site.ALL_COLUMNS + " from fences f where handle = any($1)")
                .execute(Tuple.of(missing.toArray(Integer[]::new)))
                .map(
                    rows -> {
                      for (Row row : rows) {
                        Site site = Site.of(row);
                        known.put(site.handle(), site);
                      }
                      return null;
                    });
    return asked.map(
        v -> {
          Map<Integer, Site> found = new HashMap<>();
          for (Integer handle : handles) {
            Site site = known.get(handle);
            if (site != null) {
              found.put(handle, site);
            }
          }
          return found;
        });
  }
}
