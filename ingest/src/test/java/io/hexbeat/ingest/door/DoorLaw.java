package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A phone format takes any body or refuses it with a status it may use; what it takes obeys {@link
 * BatchLaw}, and is the same whatever the format has read before.
 */
final class DoorLaw implements Law {
  private static final Sites SITES =
      id ->
          switch (id) {
            case "shop-1" -> 301;
            case "district-1" -> Sites.AREA;
            default -> id.startsWith("stop-") ? 302 : Sites.UNKNOWN;
          };

  private final Supplier<PhoneFormat> fresh;
  private final PhoneFormat used;
  private final boolean hasQuery;
  private final Set<Integer> statuses;
  private final BatchLaw batchLaw = new BatchLaw();
  private final PhoneRequest request = new PhoneRequest();
  private final Batch batch;
  private final Batch other;

  private DoorLaw(Supplier<PhoneFormat> fresh, boolean hasQuery, Set<Integer> statuses) {
    this.fresh = fresh;
    this.used = fresh.get();
    this.hasQuery = hasQuery;
    this.statuses = statuses;
    batch = BatchLaw.open(used.door());
    other = BatchLaw.open(used.door());
  }

  static Law pings() {
    return new DoorLaw(() -> new NativeFormat(BatchLaw.CONFIG), false, Set.of(400, 413));
  }

  static Law punches() {
    return new DoorLaw(() -> new PunchFormat(BatchLaw.CONFIG, SITES), false, Set.of(400));
  }

  static Law osmAnd() {
    return new DoorLaw(() -> new OsmAndFormat(BatchLaw.CONFIG), true, Set.of(413));
  }

  static Law ownTracks() {
    return new DoorLaw(() -> new OwnTracksFormat(BatchLaw.CONFIG), false, Set.of());
  }

  static Law overland() {
    return new DoorLaw(() -> new OverlandFormat(BatchLaw.CONFIG), false, Set.of(413));
  }

  @Override
  public void check(byte[] input) {
    int body = 0;
    String query = null;
    if (hasQuery) {
      int line = 0;
      while (line < input.length && input[line] != '\n') {
        line++;
      }
      query = new String(input, 0, line, StandardCharsets.ISO_8859_1);
      body = Math.min(line + 1, input.length);
    }
    byte[] bytes = Arrays.copyOfRange(input, body, input.length);
    ProblemBody problem = read(used, query, bytes, batch);
    assertEquals(problem, read(fresh.get(), query, bytes, other));
    if (problem != null) {
      assertTrue(statuses.contains(problem.status()), problem::toString);
      BatchLaw.checkJson(problem.toBuffer().getBytes());
      return;
    }
    assertArrayEquals(BatchLaw.records(other), BatchLaw.records(batch));
    batchLaw.check(batch, request.token());
  }

  /** Why it was refused, or null. */
  private @Nullable ProblemBody read(
      PhoneFormat format, @Nullable String query, byte[] body, Batch batch) {
    request.clear(Integer.MAX_VALUE);
    request.open(MultiMap.caseInsensitiveMultiMap(), query);
    // The array ends with the body, where reading on shows.
    request.replaceBody(body, body.length);
    BatchLaw.reopen(batch, format.door());
    request.authenticatedBy(format.token(request));
    try {
      format.read(request, batch);
      return null;
    } catch (RefusedBodyException e) {
      return e.problem();
    }
  }
}
