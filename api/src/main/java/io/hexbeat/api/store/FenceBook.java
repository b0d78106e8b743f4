package io.hexbeat.api.store;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.Shape;
import io.hexbeat.geofence.ShapeEdit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fences in PostgreSQL and the index compiled from them. Any thread; edits follow each other:
 * store, compile on a worker, commit, let every shard adopt, answer with the version. What doesn't
 * compile is rolled back. If a shard fails to adopt or PostgreSQL's answer to a commit is lost, the
 * edit may stand and its caller is told of the failure; the next edit or start carries it along.
 */
public final class FenceBook {
  private static final Logger LOG = LoggerFactory.getLogger(FenceBook.class);
  private static final String LANE = "fences";
  private static final int WAITING_EDITS_MAX = 200;

  /** Rows of one statement or cursor read: a few hundred kilobytes. */
  private static final int CHUNK = 1_000;

  /** Of an import the audit log names this many. */
  private static final int IMPORTED_TOLD_MAX = 100;

  private static final String COLUMNS =
      "handle, id, name, kind, customer, tags, active_from, active_to, presence, geometry, radius_m,"
          + " half_width_m, time_zone, opening_hours,"
          + " shape_before, shape_edited_at,"
          + " index_version, updated_at, updated_by";

  /** Of an upsert: the fence covers something else than before. */
  private static final String RESHAPED =
      "(fences.geometry, fences.radius_m, fences.half_width_m) is distinct from"
          + " (excluded.geometry, excluded.radius_m, excluded.half_width_m)";

  private final Vertx vertx;
  private final Pool pool;
  private final PresencePolicy defaults;
  private final Function<FenceIndex, Future<Void>> adopt;
  private final EditLanes lanes = new EditLanes(WAITING_EDITS_MAX);

  /** Handles of the fences in force; written by the edit whose turn it is, read by the doors. */
  private final Map<String, Integer> handles = new ConcurrentHashMap<>();

  /** Written by the edit whose turn it is, read by any thread. */
  private volatile FenceIndex current;

  /**
   * A page of fences.
   *
   * @param features GeoJSON Features in the order of their ids
   * @param nextCursor where the next page begins, or null
   */
  public record Page(List<JsonObject> features, @Nullable String nextCursor) {}

  /**
   * Which fences to list; null is no condition.
   *
   * @param box fences that reach into it
   * @param text part of id, name or customer
   * @param afterId the last id of the page before
   */
  public record Query(
      @Nullable GeoBox box, @Nullable String text, @Nullable String afterId, int limit) {}

  /**
   * @param defaults what a fence's own policy leaves unsaid
   * @param current what {@link #load} gave and the shards started with
   * @param adopt completes when every shard decides by the index
   */
  public FenceBook(
      Vertx vertx,
      Database database,
      PresencePolicy defaults,
      FenceIndex current,
      Function<FenceIndex, Future<Void>> adopt) {
    this.vertx = vertx;
    this.pool = database.pool();
    this.defaults = defaults;
    this.current = current;
    this.adopt = adopt;
    current.fences().forEach(fence -> handles.put(fence.id(), fence.handle()));
  }

  /**
   * Reads and compiles all stored fences, at start.
   *
   * @param defaults what a fence's own policy leaves unsaid
   */
  public static Future<FenceIndex> load(Vertx vertx, Database database, PresencePolicy defaults) {
    long startNs = System.nanoTime();
    return database
        .pool()
        .withTransaction(
            connection ->
                connection
                    .query("select version from fence_index")
                    .execute()
                    .map(rows -> rows.iterator().next().getLong(0))
                    .compose(version -> compiled(vertx, connection, version, defaults)))
        .map(
            index -> {
              LOG.info(
                  "compiled {} fences at version {} in {} ms",
                  index.size(),
                  index.version(),
                  (System.nanoTime() - startNs) / 1_000_000);
              return index;
            });
  }

  /** All that is stored as the transaction sees it. */
  private static Future<FenceIndex> compiled(
      Vertx vertx, SqlConnection connection, long version, PresencePolicy defaults) {
    GeoJson geoJson = new GeoJson(defaults);
    List<Fence> fences = new ArrayList<>();
    return connection
        .prepare("select " + COLUMNS + " from fences where deleted_at is null order by handle")
        .compose(
            statement ->
                read(vertx, statement.cursor(), geoJson, fences)
                    .eventually(() -> statement.close()))
        .compose(read -> vertx.executeBlocking(() -> FenceIndex.of(version, fences)));
  }

  private static Future<Void> read(
      Vertx vertx, Cursor cursor, GeoJson geoJson, List<Fence> fences) {
    return cursor
        .read(CHUNK)
        .compose(
            rows ->
                vertx.executeBlocking(
                    () -> {
                      for (Row row : rows) {
                        addIfReadable(row, geoJson, fences);
                      }
                      return null;
                    }))
        .compose(
            read ->
                cursor.hasMore() ? read(vertx, cursor, geoJson, fences) : Future.succeededFuture());
  }

  /** One fence that rules of today refuse must not keep all others from being decided by. */
  private static void addIfReadable(Row row, GeoJson geoJson, List<Fence> fences) {
    try {
      Fence fence =
          geoJson.fence(row.getString("id"), feature(row)).toFence(row.getInteger("handle"));
      OffsetDateTime shapedAt = row.getOffsetDateTime("shape_edited_at");
      if (shapedAt == null) {
        fences.add(fence);
        return;
      }
      long shapedMs = shapedAt.toInstant().toEpochMilli();
      Shape before = shapeBefore(row, geoJson);
      fences.add(
          before == null
              ? fence.madeAt(shapedMs)
              : fence.editedFrom(new ShapeEdit(before, shapedMs)));
    } catch (Refusal e) {
      LOG.error(
          "fence id={} is stored but left out of the index: {} {}",
          row.getString("id"),
          e.pointer(),
          e.getMessage());
    }
  }

  /** The shape before its last one, null if there was none. */
  private static @Nullable Shape shapeBefore(Row row, GeoJson geoJson) {
    JsonObject before = row.getJsonObject("shape_before");
    if (before == null) {
      return null;
    }
    JsonObject properties = new JsonObject().put("name", row.getString("name"));
    putIfThere(properties, "radius_m", before.getValue("radius_m"));
    putIfThere(properties, "half_width_m", before.getValue("half_width_m"));
    JsonObject feature =
        new JsonObject()
            .put("type", "Feature")
            .put("id", row.getString("id"))
            .put("geometry", before.getJsonObject("geometry"))
            .put("properties", properties);
    return geoJson.fence(row.getString("id"), feature).shape();
  }

  /** The index in force. */
  public FenceIndex current() {
    return current;
  }

  /** The id of a fence in force, or null. */
  public @Nullable String id(int fenceHandle) {
    Fence fence = current.byHandle(fenceHandle);
    return fence == null ? null : fence.id();
  }

  /** The fence in force with this id, or null. Any thread; answers at once. */
  public @Nullable Fence fence(String fenceId) {
    Integer handle = handles.get(fenceId);
    return handle == null ? null : current.byHandle(handle);
  }

  /** Whether it is a fence in force and a site. Any thread; answers at once. */
  public boolean isSite(int fenceHandle) {
    Fence fence = current.byHandle(fenceHandle);
    return fence != null && fence.isSite();
  }

  /** Ids of the fences that contain the point and are active then, in order. */
  public static List<String> containing(FenceIndex index, int latE7, int lngE7, long timeMs) {
    FenceIds handles = new FenceIds();
    index.containing(latE7, lngE7, handles);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < handles.size(); i++) {
      Fence fence = index.byHandle(handles.get(i));
      if (fence != null && fence.activeAt(timeMs)) {
        ids.add(fence.id());
      }
    }
    ids.sort(null);
    return ids;
  }

  /**
   * Creates or replaces a fence; fails with a {@link Refusal} if not what was expected is there.
   */
  public Future<Long> put(Actor actor, FenceDraft draft, Expected expected) {
    return put(actor, List.of(draft), expected);
  }

  /** Creates or replaces fences under one new version; ids must differ from each other. */
  public Future<Long> put(Actor actor, Collection<FenceDraft> drafts) {
    return put(actor, List.copyOf(drafts), Expected.ANYTHING);
  }

  private Future<Long> put(Actor actor, List<FenceDraft> all, Expected expected) {
    return edit(
        (connection, version) ->
            stored(connection, all.size() == 1 ? all.get(0).id() : null)
                .compose(
                    before ->
                        insert(connection, met(expected, all, before), version, by(actor))
                            .map(
                                handles ->
                                    new Change(
                                        all.stream().map(draft -> fence(draft, handles)).toList(),
                                        List.of(),
                                        () ->
                                            putAudited(connection, actor, all, version, before)))));
  }

  /** The drafts, if what is stored is what was expected. */
  private static List<FenceDraft> met(
      Expected expected, List<FenceDraft> drafts, Optional<JsonObject> before) {
    String id = drafts.isEmpty() ? "" : drafts.get(0).id();
    check(expected, id, before.orElse(null));
    return drafts;
  }

  private static void check(Expected expected, String fenceId, @Nullable JsonObject stored) {
    if (stored == null) {
      if (!expected.isMetBy(null)) {
        throw Refusal.stale("There is no fence '" + fenceId + "' any more.");
      }
      return;
    }
    JsonObject properties = stored.getJsonObject("properties");
    if (!expected.isMetBy(properties.getLong("index_version"))) {
      throw Refusal.stale(
          "The fence '"
              + fenceId
              + "' is at version "
              + properties.getLong("index_version")
              + ", by "
              + properties.getString("updated_by")
              + " at "
              + properties.getString("updated_at")
              + ".");
    }
  }

  /** Deletes a fence; fails with a {@link Refusal} if not what was expected is there. */
  public Future<Long> delete(Actor actor, String fenceId, Expected expected) {
    return edit(
        (connection, version) ->
            stored(connection, fenceId)
                .compose(
                    before -> {
                      JsonObject fence =
                          before.orElseThrow(() -> Refusal.notFound("fence", fenceId));
                      check(expected, fenceId, fence);
                      return connection
                          .preparedQuery(
                              "update fences set deleted_at = now(), updated_at = now(),"
                                  + " updated_by = $2, index_version = $3"
                                  + " where id = $1 and deleted_at is null returning handle")
                          .execute(Tuple.of(fenceId, by(actor), version))
                          .map(
                              rows ->
                                  new Change(
                                      List.of(),
                                      List.of(rows.iterator().next().getInteger("handle")),
                                      () ->
                                          AuditLog.changed(
                                              connection,
                                              actor,
                                              "fence.delete",
                                              "fence:" + fenceId,
                                              fence,
                                              null)));
                    }));
  }

  /** One fence is told before and after; of an import only how many and the first of them. */
  private static Future<Void> putAudited(
      SqlConnection connection,
      Actor actor,
      List<FenceDraft> all,
      long version,
      Optional<JsonObject> before) {
    if (all.size() > 1) {
      return AuditLog.happened(
          connection,
          actor,
          "fence.import",
          null,
          new JsonObject()
              .put("fences", all.size())
              .put("index_version", version)
              .put(
                  "first",
                  new JsonArray(
                      all.stream().limit(IMPORTED_TOLD_MAX).map(FenceDraft::id).toList())));
    }
    String id = all.get(0).id();
    return stored(connection, id)
        .compose(
            after ->
                AuditLog.changed(
                    connection,
                    actor,
                    "fence.put",
                    "fence:" + id,
                    before.orElse(null),
                    after.orElse(null)));
  }

  /** Empty if there is none, or for null. */
  private static Future<Optional<JsonObject>> stored(
      SqlConnection connection, @Nullable String fenceId) {
    return fenceId == null
        ? Future.succeededFuture(Optional.empty())
        : connection
            .preparedQuery(
                "select " + COLUMNS + " from fences where id = $1 and deleted_at is null")
            .execute(Tuple.of(fenceId))
            .map(
                rows ->
                    rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(feature(rows.iterator().next())));
  }

  private static String by(Actor actor) {
    return actor.userId() == null ? "" : actor.userId();
  }

  /** The stored Feature. */
  public Future<JsonObject> get(String fenceId) {
    return pool.preparedQuery(
            "select " + COLUMNS + " from fences where id = $1 and deleted_at is null")
        .execute(Tuple.of(fenceId))
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw Refusal.notFound("fence", fenceId);
              }
              return feature(rows.iterator().next());
            });
  }

  public Future<Page> list(Query query) {
    StringBuilder where = new StringBuilder("deleted_at is null");
    Tuple values = Tuple.tuple();
    if (query.afterId() != null) {
      values.addString(query.afterId());
      where.append(" and id collate \"C\" > $").append(values.size());
    }
    if (query.text() != null) {
      values.addString("%" + query.text().replaceAll("([\\\\%_])", "\\\\$1") + "%");
      String at = "$" + values.size();
      where.append(
          " and (id ilike %s or name ilike %s or customer ilike %s)".formatted(at, at, at));
    }
    GeoBox box = query.box();
    if (box != null) {
      values.addDouble(box.west()).addDouble(box.east()).addDouble(box.south());
      values.addDouble(box.north());
      int n = values.size();
      where.append(" and south <= $").append(n).append(" and north >= $").append(n - 1);
      // The same meridian may be written a turn apart on either side.
      where.append(
          (" and (west <= $%2$d and east >= $%1$d or west + 360 <= $%2$d and east + 360 >= $%1$d"
                  + " or west - 360 <= $%2$d and east - 360 >= $%1$d)")
              .formatted(n - 3, n - 2));
    }
    values.addInteger(query.limit() + 1);
    return pool.preparedQuery(
            "select "
                + COLUMNS
                + " from fences where "
                + where
                + " order by id collate \"C\" limit $"
                + values.size())
        .execute(values)
        .map(
            rows -> {
              List<JsonObject> features = new ArrayList<>();
              String next = null;
              for (Row row : rows) {
                if (features.size() == query.limit()) {
                  next = features.get(features.size() - 1).getString("id");
                  break;
                }
                features.add(feature(row));
              }
              return new Page(features, next);
            });
  }

  /**
   * What an edit does to the index.
   *
   * @param audit writes what was done, last of all, because it holds others back
   */
  private record Change(
      List<Fence> puts, List<Integer> removedHandles, Supplier<Future<Void>> audit) {}

  /** The SQL of an edit, under the version that it will have. */
  @FunctionalInterface
  private interface Edit {
    Future<Change> store(SqlConnection connection, long version);
  }

  private Future<Long> edit(Edit edit) {
    return lanes.submit(
        Set.of(LANE),
        () ->
            pool.withTransaction(
                    connection ->
                        connection
                            .query("update fence_index set version = version + 1 returning version")
                            .execute()
                            .map(rows -> rows.iterator().next().getLong(0))
                            .compose(
                                version ->
                                    edit.store(connection, version)
                                        .compose(change -> compile(connection, version, change))
                                        .compose(
                                            compiled ->
                                                compiled.change().audit().get().map(compiled))))
                .compose(
                    compiled -> {
                      become(compiled);
                      return adopt.apply(compiled.index()).map(compiled.index().version());
                    }));
  }

  /** An edit that is committed, and the index with it. */
  private record Compiled(Change change, FenceIndex index) {}

  /**
   * Of the index in force, or anew where that is not the version before: an edit of this server was
   * committed and its answer lost, or another one has made it.
   */
  private Future<Compiled> compile(SqlConnection connection, long version, Change change) {
    FenceIndex before = current;
    if (version == before.version() + 1) {
      return vertx.executeBlocking(
          () ->
              new Compiled(
                  change,
                  before.edited(version, remembering(before, change), change.removedHandles())));
    }
    LOG.warn(
        "fences of version {} are in force, PostgreSQL has {}: all are read again",
        before.version(),
        version - 1);
    return compiled(vertx, connection, version, defaults).map(index -> new Compiled(change, index));
  }

  /** The fences with since when they are so and what was before, as {@link #insert} stores it. */
  private static List<Fence> remembering(FenceIndex before, Change change) {
    long nowMs = System.currentTimeMillis();
    return change.puts().stream()
        .map(
            fence -> {
              Fence old = before.byHandle(fence.handle());
              if (old == null) {
                return fence.madeAt(nowMs);
              }
              if (!old.shape().equals(fence.shape())) {
                return fence.editedFrom(new ShapeEdit(old.shape(), nowMs));
              }
              ShapeEdit edit = old.lastEdit();
              return edit == null ? fence.madeAt(old.shapedMs()) : fence.editedFrom(edit);
            })
        .toList();
  }

  private void become(Compiled compiled) {
    FenceIndex index = compiled.index();
    boolean anew = index.version() != current.version() + 1;
    if (anew) {
      handles.values().removeIf(handle -> index.byHandle(handle) == null);
      index.fences().forEach(fence -> handles.put(fence.id(), fence.handle()));
    }
    for (int removed : compiled.change().removedHandles()) {
      Fence gone = current.byHandle(removed);
      if (gone != null) {
        handles.remove(gone.id());
      }
    }
    compiled.change().puts().forEach(fence -> handles.put(fence.id(), fence.handle()));
    current = index;
  }

  private static Fence fence(FenceDraft draft, Map<String, Integer> handles) {
    Integer handle = handles.get(draft.id());
    if (handle == null) {
      throw new IllegalStateException("fence id=" + draft.id() + " got no handle");
    }
    return draft.toFence(handle);
  }

  private Future<Map<String, Integer>> insert(
      SqlConnection connection, List<FenceDraft> drafts, long version, String userId) {
    Map<String, Integer> handles = new HashMap<>();
    Future<Void> chain = Future.succeededFuture();
    for (int from = 0; from < drafts.size(); from += CHUNK) {
      List<FenceDraft> chunk = drafts.subList(from, Math.min(drafts.size(), from + CHUNK));
      chain =
          chain
              .compose(before -> vertx.executeBlocking(() -> rows(chunk)))
              .compose(
                  rows ->
                      connection
                          .preparedQuery(
                              "insert into fences (id, name, kind, customer, tags, active_from,"
                                  + " active_to, presence, geometry, radius_m, half_width_m,"
                                  + " time_zone, opening_hours,"
                                  + " west, south, east,"
                                  + " north, index_version, updated_by, shape_edited_at)"
                                  + " select id, name, kind, customer, tags, active_from, active_to,"
                                  + " presence, geometry, radius_m, half_width_m,"
                                  + " time_zone, opening_hours,"
                                  + " west, south, east, north,"
                                  + " $2, $3, now() from jsonb_to_recordset($1::text::jsonb) as"
                                  + " r (id text, name text, kind text, customer text, tags text[],"
                                  + " active_from timestamptz, active_to timestamptz,"
                                  + " presence jsonb, geometry jsonb, radius_m float8,"
                                  + " half_width_m float8,"
                                  + " time_zone text, opening_hours jsonb,"
                                  + " west float8, south float8, east float8, north float8)"
                                  + " on conflict (id) where deleted_at is null do update set"
                                  + " name = excluded.name, kind = excluded.kind,"
                                  + " customer = excluded.customer,"
                                  + " tags = excluded.tags, active_from = excluded.active_from,"
                                  + " active_to = excluded.active_to,"
                                  + " presence = excluded.presence,"
                                  + " shape_before = case when "
                                  + RESHAPED
                                  + " then jsonb_build_object('geometry', fences.geometry,"
                                  + " 'radius_m', fences.radius_m,"
                                  + " 'half_width_m', fences.half_width_m)"
                                  + " else fences.shape_before end,"
                                  + " shape_edited_at = case when "
                                  + RESHAPED
                                  + " then now() else fences.shape_edited_at end,"
                                  + " geometry = excluded.geometry,"
                                  + " radius_m = excluded.radius_m,"
                                  + " half_width_m = excluded.half_width_m,"
                                  + " time_zone = excluded.time_zone,"
                                  + " opening_hours = excluded.opening_hours,"
                                  + " west = excluded.west,"
                                  + " south = excluded.south, east = excluded.east,"
                                  + " north = excluded.north,"
                                  + " index_version = excluded.index_version,"
                                  + " updated_by = excluded.updated_by, updated_at = now()"
                                  + " returning id, handle")
                          .execute(Tuple.of(rows, version, userId)))
              .map(
                  stored -> {
                    stored.forEach(
                        row -> handles.put(row.getString("id"), row.getInteger("handle")));
                    return null;
                  });
    }
    return chain.map(handles);
  }

  /** The drafts as one JSON text, geometries spliced in as they are. */
  private static String rows(List<FenceDraft> drafts) {
    StringBuilder rows = new StringBuilder("[");
    for (FenceDraft draft : drafts) {
      String row =
          new JsonObject()
              .put("id", draft.id())
              .put("name", draft.name())
              .put("kind", draft.kind().text())
              .put("customer", draft.customer())
              .put("tags", new JsonArray(draft.tags()))
              .put("active_from", timestamp(draft.activeFromMs()))
              .put("active_to", timestamp(draft.activeToMs()))
              .put("presence", draft.presenceJson())
              .put("radius_m", draft.radiusMeters())
              .put("half_width_m", draft.halfWidthMeters())
              .put("time_zone", draft.timeZone())
              .put("opening_hours", draft.hoursJson())
              .put("west", draft.bounds().west())
              .put("south", draft.bounds().south())
              .put("east", draft.bounds().east())
              .put("north", draft.bounds().north())
              .encode();
      rows.append(rows.length() == 1 ? "" : ",")
          .append(row, 0, row.length() - 1)
          .append(",\"geometry\":")
          .append(draft.geometry())
          .append('}');
    }
    return rows.append(']').toString();
  }

  private static @Nullable String timestamp(@Nullable Long timeMs) {
    return timeMs == null ? null : Instant.ofEpochMilli(timeMs).toString();
  }

  private static JsonObject feature(Row row) {
    JsonObject properties =
        new JsonObject()
            .put("name", row.getString("name"))
            .put("fence_kind", row.getString("kind"));
    putIfThere(properties, "customer", row.getString("customer"));
    String[] tags = row.getArrayOfStrings("tags");
    if (tags.length > 0) {
      properties.put("tags", new JsonArray(List.of(tags)));
    }
    putIfThere(properties, "radius_m", row.getDouble("radius_m"));
    putIfThere(properties, "half_width_m", row.getDouble("half_width_m"));
    putIfThere(properties, "active_from", iso(row.getOffsetDateTime("active_from")));
    putIfThere(properties, "active_to", iso(row.getOffsetDateTime("active_to")));
    putIfThere(properties, "presence", row.getJsonObject("presence"));
    putIfThere(properties, "time_zone", row.getString("time_zone"));
    putIfThere(properties, "opening_hours", row.getJsonObject("opening_hours"));
    properties
        .put("index_version", row.getLong("index_version"))
        .put("updated_at", iso(row.getOffsetDateTime("updated_at")))
        .put("updated_by", row.getString("updated_by"));
    return new JsonObject()
        .put("type", "Feature")
        .put("id", row.getString("id"))
        .put("geometry", row.getJsonObject("geometry"))
        .put("properties", properties);
  }

  private static void putIfThere(JsonObject into, String key, @Nullable Object value) {
    if (value != null) {
      into.put(key, value);
    }
  }

  private static @Nullable String iso(@Nullable OffsetDateTime time) {
    return time == null ? null : Times.iso(time.withOffsetSameInstant(ZoneOffset.UTC));
  }
}
