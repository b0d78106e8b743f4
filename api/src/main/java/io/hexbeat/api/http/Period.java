package io.hexbeat.api.http;

/**
 * The times of a query, {@code from} inclusive, {@code to} exclusive, Unix milliseconds; an end
 * that isn't given is open. Immutable; any thread.
 */
public record Period(long fromMs, long toMs) {
  /** From the request, or a {@link Problem} that names the parameter. */
  public static Period of(Call call) {
    Long from = call.timeMs("from");
    Long to = call.timeMs("to");
    if (from != null && to != null && from >= to) {
      throw Problem.invalid("/query/to", "must be later than from");
    }
    return new Period(from == null ? Long.MIN_VALUE : from, to == null ? Long.MAX_VALUE : to);
  }
}
