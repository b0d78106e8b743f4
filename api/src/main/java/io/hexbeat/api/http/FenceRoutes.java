package io.hexbeat.api.http;

import io.hexbeat.api.store.Expected;
import io.hexbeat.api.store.FenceBook;
import io.hexbeat.api.store.GeoBox;
import io.hexbeat.api.store.GeoJson;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.FenceIndex;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The fences. Shapes are checked on workers, where a big ring may take its milliseconds. At most
 * two imports are held in memory at a time; another is told to come again. Whoever sends the
 * version that they have seen is refused with 412 if somebody was quicker. Runs on the requests'
 * event loops.
 */
public final class FenceRoutes implements Routes {
  private static final int IMPORTS_MAX = 2;
  private static final long IMPORT_RETRY_S = 5;

  private final Vertx vertx;
  private final FenceBook fences;
  private final GeoJson geoJson;
  private final AtomicInteger imports = new AtomicInteger();

  public FenceRoutes(Vertx vertx, FenceBook fences, GeoJson geoJson) {
    this.vertx = vertx;
    this.fences = fences;
    this.geoJson = geoJson;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("listFences").addHandler(Routes.json(this::list));
    builder.getRoute("fencesAt").addHandler(Routes.json(this::at));
    builder.getRoute("getFence").addHandler(Routes.json(this::get));
    builder.getRoute("putFence").addHandler(Routes.json(this::put));
    builder.getRoute("deleteFence").addHandler(Routes.json(this::delete));
    // An import may be lines, which the validator can't read; the reader checks all of it.
    builder
        .getRoute("importFences")
        .setDoValidation(false)
        .addHandler(Routes.json(this::importAll));
  }

  private Future<JsonObject> get(Call call) {
    return fences
        .get(call.path("id"))
        .map(
            feature -> {
              tag(call, feature.getJsonObject("properties").getLong("index_version"));
              return feature;
            });
  }

  private Future<JsonObject> put(Call call) {
    String id = call.path("id");
    JsonObject feature = call.body();
    return vertx
        .executeBlocking(() -> geoJson.fence(id, feature), false)
        .compose(draft -> fences.put(call.actor(), draft, expected(call)))
        .map(
            version -> {
              tag(call, version);
              return edited(id, version);
            });
  }

  private Future<JsonObject> delete(Call call) {
    String id = call.path("id");
    return fences.delete(call.actor(), id, expected(call)).map(version -> edited(id, version));
  }

  private static Expected expected(Call call) {
    HttpServerRequest request = call.context().request();
    return Expected.of(
        request.getHeader(HttpHeaders.IF_MATCH), request.getHeader(HttpHeaders.IF_NONE_MATCH));
  }

  /** The index version that a fence came with is its own as well: no two of its states share it. */
  private static void tag(Call call, long version) {
    call.context().response().putHeader(HttpHeaders.ETAG, "\"" + version + "\"");
  }

  private static JsonObject edited(String id, long version) {
    return new JsonObject().put("id", id).put("index_version", version);
  }

  private Future<JsonObject> list(Call call) {
    List<Double> bbox = call.numbers("bbox");
    return fences
        .list(
            new FenceBook.Query(
                bbox == null ? null : GeoBox.of(bbox), call.text("q"), call.cursor(), call.limit()))
        .map(
            page -> {
              JsonObject collection =
                  new JsonObject()
                      .put("type", "FeatureCollection")
                      .put("features", new JsonArray(page.features()));
              return page.nextCursor() == null
                  ? collection
                  : collection.put("next_cursor", page.nextCursor());
            });
  }

  private Future<JsonObject> at(Call call) {
    Double lat = call.number("lat");
    Double lng = call.number("lng");
    if (lat == null || lng == null) {
      throw new IllegalStateException("the contract requires lat and lng");
    }
    FenceIndex index = fences.current();
    List<String> ids =
        FenceBook.containing(
            index,
            E7.fromDegrees(lat),
            E7.normalizeLngE7(E7.fromDegrees(lng)),
            System.currentTimeMillis());
    return Future.succeededFuture(
        new JsonObject().put("fences", new JsonArray(ids)).put("index_version", index.version()));
  }

  private Future<JsonObject> importAll(Call call) {
    Buffer body = call.context().body().buffer();
    boolean lines =
        ApiRouter.mediaType(call.context().request()).equals(FenceImport.LINES_MEDIA_TYPE);
    if (imports.incrementAndGet() > IMPORTS_MAX) {
      imports.decrementAndGet();
      return Future.failedFuture(
          Problem.retryLater(503, "Other imports are running.", IMPORT_RETRY_S));
    }
    return vertx
        .executeBlocking(() -> FenceImport.read(body, lines, geoJson), false)
        .compose(
            read ->
                read.drafts().isEmpty()
                    ? Future.succeededFuture(read.report(fences.current().version()))
                    : fences.put(call.actor(), read.drafts()).map(read::report))
        .onComplete(done -> imports.decrementAndGet());
  }
}
