package io.hexbeat.load.faults;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fences there must be at each version of the index, from the edits that were acknowledged. Any
 * thread, under one lock. Of an edit whose answer was lost the tables tell after the next start
 * whether it was made; until then its fence is left alone. Compiles each version anew instead of
 * editing the one before, as the server does.
 */
final class FenceHistory {
  /**
   * A row of the table.
   *
   * @param version of the index that the last edit of it made
   */
  record Row(int handle, Site site, long version, boolean deleted) {}

  /** Makes a fence what it says, or deletes it where it says nothing. */
  record Edit(String fenceId, @Nullable Site site) {}

  /** A fence at some version. A fence that was deleted and made again has another handle then. */
  private record Life(int number, Site site) {}

  /** By which fences a shard decides. */
  private static final class View {
    final Map<String, Life> lives;
    final Map<String, Integer> lastLife = new HashMap<>();
    long version;
    FenceIndex index;

    View(Map<String, Life> lives, long version, FenceIndex index) {
      this.lives = new HashMap<>(lives);
      this.version = version;
      this.index = index;
    }

    void apply(Edit edit) {
      Site site = edit.site;
      Life before = lives.get(edit.fenceId);
      if (site == null) {
        lives.remove(edit.fenceId);
      } else {
        int life = before == null ? lastLife.getOrDefault(edit.fenceId, 0) + 1 : before.number;
        lastLife.put(edit.fenceId, life);
        lives.put(edit.fenceId, new Life(life, site));
      }
    }
  }

  private final Violations violations;
  private final TreeMap<Long, Edit> edits = new TreeMap<>();

  /** After all edits that are known; without those that are deleted. */
  private final Map<String, Site> now = new HashMap<>();

  /** Sent, and not known whether they were made. */
  private final Map<String, Edit> open = new HashMap<>();

  /** Of each life of each fence. */
  private final Map<String, List<Integer>> handles = new HashMap<>();

  private final Map<Integer, String> ids = new HashMap<>();
  private final List<View> views = new ArrayList<>();
  private long acknowledged;

  /**
   * Starts with what is stored.
   *
   * @param version of the index now
   */
  FenceHistory(List<Row> rows, long version, int shards, Violations violations) {
    this.violations = violations;
    know(rows);
    Map<String, Life> lives = new HashMap<>();
    for (Row row : rows) {
      now.put(row.site.id(), row.site);
      lives.put(row.site.id(), new Life(0, row.site));
    }
    edits.put(version, new Edit("", null));
    for (int shard = 0; shard < shards; shard++) {
      views.add(new View(lives, version, compiled(version, lives)));
    }
  }

  /** Whether the fence may be edited now. */
  synchronized boolean settled(String fenceId) {
    return !open.containsKey(fenceId);
  }

  synchronized boolean exists(String fenceId) {
    return now.containsKey(fenceId);
  }

  /** It is about to be sent. */
  synchronized void sent(Edit edit) {
    open.put(edit.fenceId, edit);
  }

  /** It was answered with this version. */
  synchronized void acknowledged(Edit edit, long version) {
    acknowledged++;
    open.remove(edit.fenceId);
    made(edit, version);
  }

  /** Edits that were answered. */
  synchronized long acknowledged() {
    return acknowledged;
  }

  /** Holds the table against what must be there, while nobody edits. */
  synchronized void settle(List<Row> rows, long version) {
    know(rows);
    Map<String, Row> last = new HashMap<>();
    rows.forEach(row -> last.put(row.site.id(), row));
    for (Edit edit : List.copyOf(open.values())) {
      Row row = last.get(edit.fenceId);
      if (row != null && Objects.equals(row.deleted ? null : row.site, edit.site)) {
        made(edit, row.version);
      }
    }
    open.clear();
    last.forEach(
        (id, row) -> {
          Site stored = row.deleted ? null : row.site;
          if (!Objects.equals(stored, now.get(id))) {
            violations.add("fences", "stored is " + stored + ", must be " + now.get(id));
          }
        });
    if (version != edits.lastKey()) {
      violations.add(
          "fences", "the index has version " + version + ", the last edit " + edits.lastKey());
    }
  }

  /** The shard decides by this version from here on. */
  synchronized void adopt(int shard, long version) {
    View view = views.get(shard);
    if (version < view.version || !edits.containsKey(version)) {
      violations.add(
          "fences",
          "shard " + shard + " has gone from version " + view.version + " to unknown " + version);
    }
    edits
        .subMap(view.version, false, Math.max(version, view.version), true)
        .values()
        .forEach(view::apply);
    view.version = version;
    view.index = compiled(version, view.lives);
  }

  /** By what the shard decides. */
  synchronized FenceIndex index(int shard) {
    return views.get(shard).index;
  }

  /** After the journal was read: each shard must have come to the last version. */
  synchronized void checkAdopted() {
    for (int shard = 0; shard < views.size(); shard++) {
      if (views.get(shard).version != edits.lastKey()) {
        violations.add(
            "fences",
            "shard "
                + shard
                + " decides by version "
                + views.get(shard).version
                + ", the last is "
                + edits.lastKey());
      }
    }
  }

  /** Whose handle it is or was. */
  synchronized String id(int handle) {
    return ids.getOrDefault(handle, "unknown-" + handle);
  }

  private void made(Edit edit, long version) {
    if (edits.put(version, edit) != null) {
      violations.add("fences", "two edits were answered with version " + version);
    }
    Site site = edit.site;
    if (site == null) {
      now.remove(edit.fenceId);
    } else {
      now.put(edit.fenceId, site);
    }
  }

  private void know(List<Row> rows) {
    handles.clear();
    for (Row row : rows) {
      handles.computeIfAbsent(row.site.id(), first -> new ArrayList<>()).add(row.handle);
      ids.put(row.handle, row.site.id());
    }
  }

  private FenceIndex compiled(long version, Map<String, Life> lives) {
    List<Fence> fences = new ArrayList<>();
    lives.forEach((id, life) -> fences.add(life.site.fence(handles.get(id).get(life.number))));
    return FenceIndex.of(version, fences);
  }
}
