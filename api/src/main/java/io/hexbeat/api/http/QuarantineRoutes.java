package io.hexbeat.api.http;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Device;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.Times;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Records that were acknowledged but could not be used, for administrators. Runs on the event loop
 * of the request; a page holds at most 4 KiB of each record's bytes.
 */
public final class QuarantineRoutes implements Routes {
  /** Of a character's four bytes, when the last is missing. */
  private static final int MAX_HALF_CHARACTER_BYTES = 3;

  /** What a record is filed under: the reason's first word, or that PostgreSQL never took it. */
  private static final String CODE =
      "case source when 'door' then split_part(reason, ' ', 1) else 'not_stored' end";

  private static final String WITHIN =
      " from quarantine where received_ms >= $1 and received_ms < $2"
          + " and ($3::text is null or device in (select handle from devices where id = $3))";

  private final Pool pool;
  private final Directory directory;
  private final ReadLog reads;

  public QuarantineRoutes(Pool pool, Directory directory, ReadLog reads) {
    this.pool = pool;
    this.directory = directory;
    this.reads = reads;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("listQuarantine").addHandler(Routes.json(this::list));
    builder.getRoute("countQuarantine").addHandler(Routes.json(this::count));
  }

  /** Newest first, by the time at which they were put aside. */
  private Future<JsonObject> list(Call call) {
    Period period = Period.of(call);
    Cursor cursor = Cursor.of(call, 3);
    int limit = call.limit();
    Tuple arguments =
        Tuple.tuple()
            .addLong(period.fromMs())
            .addLong(period.toMs())
            .addString(call.text("device"))
            .addString(call.text("code"))
            .addLong(cursor == null ? Long.MAX_VALUE : cursor.number(0))
            .addInteger(cursor == null ? Integer.MAX_VALUE : (int) cursor.number(1))
            .addLong(cursor == null ? Long.MAX_VALUE : cursor.number(2))
            .addInteger(limit + 1);
    return pool.preparedQuery(
            "select received_ms, shard, journal_index, source, member, device, reason, sent_bytes,"
                + " payload, put_aside_at, "
                + CODE
                + " as code"
                + WITHIN
                + " and ($4::text is null or "
                + CODE
                + " = $4) and (received_ms, shard, journal_index) < ($5, $6, $7)"
                + " order by received_ms desc, shard desc, journal_index desc limit $8")
        .execute(arguments)
        .map(
            rows -> {
              HistoryRoutes.noteRead(reads, call, "read.quarantine", rows, period);
              return HistoryRoutes.page(
                  new JsonObject(),
                  "records",
                  rows,
                  limit,
                  this::record,
                  last -> Cursor.after(last.getLong(0), last.getInteger(1), last.getLong(2)));
            });
  }

  /** How many there are of each code, the most frequent first. */
  private Future<JsonObject> count(Call call) {
    Period period = Period.of(call);
    return pool.preparedQuery(
            "select "
                + CODE
                + " as code, count(*) as records"
                + WITHIN
                + " group by 1 order by 2 desc, 1")
        .execute(Tuple.of(period.fromMs(), period.toMs(), call.text("device")))
        .map(
            rows -> {
              JsonArray counts = new JsonArray();
              for (Row row : rows) {
                counts.add(
                    new JsonObject()
                        .put("code", row.getString("code"))
                        .put("records", row.getLong("records")));
              }
              return new JsonObject().put("counts", counts);
            });
  }

  private JsonObject record(Row row) {
    OffsetDateTime putAsideAt = row.getOffsetDateTime("put_aside_at");
    JsonObject record =
        new JsonObject()
            .put("received_time", Times.iso(row.getLong("received_ms")))
            .put("put_aside_at", Times.iso(putAsideAt))
            .put("source", row.getString("source"))
            .put("code", row.getString("code"))
            .put("reason", row.getString("reason"))
            .put("sent_bytes", row.getInteger("sent_bytes"));
    Integer memberHandle = row.getInteger("member");
    Member member = memberHandle == null ? null : directory.member(memberHandle);
    if (member != null) {
      record.put("member", member.id());
    }
    Integer deviceHandle = row.getInteger("device");
    Device device = deviceHandle == null ? null : directory.device(deviceHandle);
    if (device != null) {
      record.put("device", device.id());
    }
    byte[] payload = row.getBuffer("payload").getBytes();
    String text = textOrNull(payload, row.getInteger("sent_bytes") > payload.length);
    return text == null
        ? record.put("payload_base64", Base64.getEncoder().encodeToString(payload))
        : record.put("payload", text);
  }

  /**
   * The bytes as UTF-8, null if they are something else.
   *
   * @param cut whether more was sent, so that the last character may be half of one
   */
  static @Nullable String textOrNull(byte[] bytes, boolean cut) {
    int dropMost = cut ? Math.min(MAX_HALF_CHARACTER_BYTES, bytes.length) : 0;
    for (int dropped = 0; dropped <= dropMost; dropped++) {
      ByteBuffer kept = ByteBuffer.wrap(bytes, 0, bytes.length - dropped);
      try {
        String text = StandardCharsets.UTF_8.newDecoder().decode(kept).toString();
        return text.indexOf('\0') < 0 ? text : null;
      } catch (CharacterCodingException e) {
        // It may be the cut, which the next try leaves out.
      }
    }
    return null;
  }
}
