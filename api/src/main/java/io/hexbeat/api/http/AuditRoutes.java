package io.hexbeat.api.http;

import io.hexbeat.api.store.AuditBook;
import io.hexbeat.api.store.AuditChain;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The audit log, for administrators: pages, the whole as a file, and the state of its chain. Runs
 * on the event loop of the request; a file is sent page by page, as fast as it is read.
 */
public final class AuditRoutes implements Routes {
  private static final int EXPORT_PAGE_ROWS = 1_000;
  private static final List<String> CSV_COLUMNS =
      List.of(
          "seq",
          "at",
          "user",
          "role",
          "session",
          "address",
          "request",
          "action",
          "subject",
          "members_count",
          "members",
          "before",
          "after",
          "detail",
          "hash");

  private final AuditBook audit;

  public AuditRoutes(AuditBook audit) {
    this.audit = audit;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("listAudit").addHandler(Routes.json(this::list));
    builder.getRoute("exportAudit").addHandler(this::export);
    builder
        .getRoute("verifyAudit")
        .addHandler(Routes.json(call -> audit.verify().map(AuditRoutes::json)));
  }

  private Future<JsonObject> list(Call call) {
    Cursor cursor = Cursor.of(call, 1);
    int limit = call.limit();
    return audit
        .list(query(call, cursor == null ? Long.MAX_VALUE : cursor.number(0), limit + 1))
        .map(
            rows -> {
              JsonObject page = new JsonObject();
              List<JsonObject> kept = rows;
              if (rows.size() > limit) {
                kept = rows.subList(0, limit);
                page.put("next_cursor", Cursor.after(kept.get(limit - 1).getLong("seq")).encode());
              }
              return page.put("entries", new JsonArray(kept));
            });
  }

  private static AuditBook.Query query(Call call, long beforeSeq, int limit) {
    Period period = Period.of(call);
    return new AuditBook.Query(
        call.text("user"),
        call.text("action"),
        call.text("subject"),
        call.text("member"),
        period.fromMs(),
        period.toMs(),
        beforeSeq,
        limit);
  }

  private void export(RoutingContext context) {
    Call call = new Call(context);
    boolean csv = "csv".equals(call.text("format"));
    AuditBook.Query first;
    try {
      first = query(call, Long.MAX_VALUE, EXPORT_PAGE_ROWS);
    } catch (RuntimeException e) {
      context.fail(e);
      return;
    }
    HttpServerResponse response =
        context
            .response()
            .setChunked(true)
            .putHeader("Content-Type", csv ? "text/csv; charset=utf-8" : "application/x-ndjson")
            .putHeader(
                "Content-Disposition", "attachment; filename=audit." + (csv ? "csv" : "ndjson"));
    Future<Void> begun =
        csv ? response.write(String.join(",", CSV_COLUMNS) + "\r\n") : Future.succeededFuture();
    begun
        .compose(ready -> send(response, first, csv))
        .onSuccess(done -> response.end())
        .onFailure(context::fail);
  }

  private Future<Void> send(HttpServerResponse response, AuditBook.Query query, boolean csv) {
    return audit
        .list(query)
        .compose(
            rows -> {
              if (rows.isEmpty()) {
                return Future.succeededFuture();
              }
              StringBuilder text = new StringBuilder();
              rows.forEach(row -> text.append(csv ? csvLine(row) : row.encode() + "\n"));
              long last = rows.get(rows.size() - 1).getLong("seq");
              AuditBook.Query next =
                  new AuditBook.Query(
                      query.userId(),
                      query.action(),
                      query.subject(),
                      query.memberId(),
                      query.fromMs(),
                      query.toMs(),
                      last,
                      query.limit());
              return response
                  .write(text.toString())
                  .compose(
                      written ->
                          rows.size() < query.limit()
                              ? Future.succeededFuture()
                              : send(response, next, csv));
            });
  }

  private static String csvLine(JsonObject row) {
    List<@Nullable Object> cells = new ArrayList<>();
    CSV_COLUMNS.forEach(column -> cells.add(row.getValue(column)));
    return CsvText.line(cells);
  }

  private static JsonObject json(AuditChain.Verified verified) {
    JsonObject json =
        new JsonObject()
            .put("intact", verified.intact())
            .put("rows", verified.rows())
            .put("pruned", verified.pruned())
            .put("last_hash", verified.lastHash())
            .put("took_ms", verified.tookMs());
    return verified.intact()
        ? json
        : json.put(
            "broken",
            new JsonObject().put("seq", verified.brokenSeq()).put("reason", verified.reason()));
  }
}
