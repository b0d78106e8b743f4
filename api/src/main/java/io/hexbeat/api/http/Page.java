package io.hexbeat.api.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Pages of what the directory holds in memory, in the order of ids. Stateless; any thread. */
final class Page {
  private Page() {}

  /**
   * The page that the call asks for: {@code {name: [...], next_cursor?}}.
   *
   * @param visible what to leave out as if it weren't there
   */
  static <T> JsonObject of(
      Call call,
      String name,
      NavigableMap<String, T> all,
      Predicate<T> visible,
      Function<T, JsonObject> toJson) {
    String cursor = call.cursor();
    int limit = call.limit();
    JsonArray rows = new JsonArray();
    JsonObject page = new JsonObject().put(name, rows);
    String last = null;
    for (Map.Entry<String, T> entry :
        (cursor == null ? all : all.tailMap(cursor, false)).entrySet()) {
      if (!visible.test(entry.getValue())) {
        continue;
      }
      if (rows.size() == limit) {
        return page.put("next_cursor", last);
      }
      rows.add(toJson.apply(entry.getValue()));
      last = entry.getKey();
    }
    return page;
  }
}
