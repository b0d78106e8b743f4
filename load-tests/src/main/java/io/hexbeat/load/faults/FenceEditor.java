package io.hexbeat.load.faults;

import io.hexbeat.load.Api;
import io.hexbeat.load.faults.FenceHistory.Edit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A manager who moves, resizes, deletes and makes fences while phones are in them. Belongs to the
 * phones' loop. One edit at a time, sent once: the {@link FenceHistory} finds out about one whose
 * answer was lost.
 */
final class FenceEditor implements Client {
  private static final long EDIT_EVERY_MS = 90;
  private static final int DELETE_ONCE_IN = 6;

  /** An answer that no fault explains: the server knows other fences than were acknowledged. */
  private static final Pattern REFUSED = Pattern.compile(" answered (400|404|409|422):");

  private final FenceHistory history;
  private final Violations violations;
  private final List<Route> routes;
  private final Random random;
  private @Nullable Api api;
  private int edits;
  private boolean paused = true;
  private boolean busy;

  FenceEditor(
      Vertx vertx, FenceHistory history, Violations violations, List<Route> routes, long seed) {
    this.history = history;
    this.violations = violations;
    this.routes = routes;
    this.random = new Random(seed * 37);
    vertx.setPeriodic(EDIT_EVERY_MS, timer -> edit());
  }

  /** From now on as this user. */
  void use(Api api) {
    this.api = api;
  }

  @Override
  public void resume() {
    paused = false;
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public boolean idle() {
    return paused && !busy;
  }

  private void edit() {
    Api user = api;
    if (paused || busy || user == null) {
      return;
    }
    edits++;
    Route route = routes.get(random.nextInt(routes.size()));
    Site site = route.site(random.nextInt(Route.SITES), edits);
    if (!history.settled(site.id())) {
      return;
    }
    boolean delete =
        random.nextInt(DELETE_ONCE_IN) == 0 && !route.keepsSites() && history.exists(site.id());
    Edit edit = new Edit(site.id(), delete ? null : site);
    history.sent(edit);
    busy = true;
    send(user, edit)
        .onSuccess(version -> history.acknowledged(edit, version))
        .onFailure(
            e -> {
              if (REFUSED.matcher(String.valueOf(e.getMessage())).find()) {
                violations.add("fences", String.valueOf(e.getMessage()));
              }
            })
        .onComplete(done -> busy = false);
  }

  private static Future<Long> send(Api user, Edit edit) {
    String path = "/v1/fences/" + edit.fenceId();
    Site site = edit.site();
    return (site == null ? user.delete(path) : user.put(path, site.feature()))
        .map(answer -> answer.getLong("index_version"));
  }
}
