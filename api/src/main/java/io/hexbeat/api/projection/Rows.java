package io.hexbeat.api.projection;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows on their way into one table, kept column by column so that one statement with an array a
 * column stores them all. One thread. Grows with the batch and is thrown away with it. The values
 * of a row must have the Java type of their column, else the insert fails.
 */
final class Rows {
  /** How a column travels: the array's SQL type, its Java array, and what it becomes. */
  enum Type {
    BIGINT("bigint", Long.class, ""),
    INT("int", Integer.class, ""),
    BOOLEAN("boolean", Boolean.class, ""),
    TEXT("text", String.class, ""),
    /** JSON text; PostgreSQL itself checks and parses it. */
    JSON("text", String.class, "::jsonb"),
    BYTES("bytea", Buffer.class, "");

    private final String arrayOf;
    private final Class<?> element;
    private final String cast;

    Type(String arrayOf, Class<?> element, String cast) {
      this.arrayOf = arrayOf;
      this.element = element;
      this.cast = cast;
    }

    Object[] newArray(int length) {
      return (Object[]) Array.newInstance(element, length);
    }
  }

  /** One column of a table. */
  record Column(String name, Type type) {
    static Column of(String name, Type type) {
      return new Column(name, type);
    }
  }

  private final String insert;
  private final List<Column> columns;
  private final List<List<@Nullable Object>> values = new ArrayList<>();

  private Rows(String insert, List<Column> columns) {
    this.insert = insert;
    this.columns = columns;
    for (int i = 0; i < columns.size(); i++) {
      values.add(new ArrayList<>());
    }
  }

  /** A table's shape; {@code onConflict} ends the statement and may be empty. */
  record Table(String insert, List<Column> columns) {
    static Table of(String name, String onConflict, Column... columns) {
      StringBuilder names = new StringBuilder();
      StringBuilder selected = new StringBuilder();
      StringBuilder arrays = new StringBuilder();
      for (int i = 0; i < columns.length; i++) {
        String comma = i == 0 ? "" : ", ";
        names.append(comma).append(columns[i].name());
        selected.append(comma).append(columns[i].name()).append(columns[i].type().cast);
        arrays.append(comma).append('$').append(i + 1).append("::");
        arrays.append(columns[i].type().arrayOf).append("[]");
      }
      return new Table(
          "insert into %s (%s) select %s from unnest(%s) as row_of (%s) %s"
              .formatted(name, names, selected, arrays, names, onConflict),
          List.of(columns));
    }

    Rows rows() {
      return new Rows(insert, columns);
    }
  }

  /** Adds a row; the values in the order of the table's columns. */
  void add(@Nullable Object... row) {
    if (row.length != columns.size()) {
      throw new IllegalArgumentException("values=" + row.length + " columns=" + columns.size());
    }
    for (int i = 0; i < row.length; i++) {
      values.get(i).add(row[i]);
    }
  }

  int size() {
    return values.get(0).size();
  }

  /** Stores all rows with one statement; none, no statement. */
  Future<Void> insert(SqlConnection connection) {
    if (size() == 0) {
      return Future.succeededFuture();
    }
    Tuple arrays = Tuple.tuple();
    for (int i = 0; i < columns.size(); i++) {
      arrays.addValue(values.get(i).toArray(columns.get(i).type().newArray(size())));
    }
    return connection.preparedQuery(insert).execute(arrays).mapEmpty();
  }
}
