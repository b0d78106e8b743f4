package io.hexbeat.benchmarks;

import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the report: what one work cost us and our peers in one world. Immutable; any thread.
 *
 * @param work stream, stateless, compile or edit
 * @param world what the fences are
 * @param fixes what was looked up, or null
 * @param oursNs a lookup, an edit (mean), or a whole compilation
 * @param peersNs the same of those peers that took part
 * @param allocBytesPerOp ours
 * @param hits fences found over all fixes, equal for all; null where nothing is looked up
 * @param more figures that only this work has, by their names in JSON
 */
record BenchRow(
    String work,
    String world,
    @Nullable String fixes,
    int fences,
    double oursNs,
    Map<PeerName, Double> peersNs,
    double allocBytesPerOp,
    @Nullable Long hits,
    Map<String, Number> more) {

  /** Who takes part beside us, in the order of the table. */
  enum PeerName {
    JTS_STRTREE("jts_strtree_ns", "JTS STRtree"),
    S2("s2_ns", "S2"),
    TEXTBOOK_H3("textbook_h3_ns", "textbook H3"),
    LINEAR("linear_ns", "linear scan");

    final String json;
    final String title;

    PeerName(String json, String title) {
      this.json = json;
      this.title = title;
    }
  }

  BenchRow {
    peersNs = peersNs.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(peersNs));
    more = Map.copyOf(more);
  }

  /** How many times as long the fastest peer takes; null without peers. */
  @Nullable Double bestPeerRatio() {
    return peersNs.isEmpty() ? null : Collections.min(peersNs.values()) / oursNs;
  }

  /** For machines; a peer that did not take part is null. */
  JsonObject json() {
    JsonObject peers = new JsonObject();
    for (PeerName peer : PeerName.values()) {
      peers.put(peer.json, peersNs.get(peer));
    }
    JsonObject json = new JsonObject().put("work", work).put("world", world).put("fences", fences);
    if (fixes != null) {
      json.put("fixes", fixes);
    }
    json.put("ours_ns", oursNs)
        .put("peers", peers)
        .put("best_peer_ratio", bestPeerRatio())
        .put("alloc_bytes_per_op", allocBytesPerOp)
        .put("hits", hits);
    more.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(figure -> json.put(figure.getKey(), figure.getValue()));
    return json;
  }
}
