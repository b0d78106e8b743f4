package io.hexbeat.ingest.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * How long stages of the line take on one thread, in nanoseconds. That thread records without
 * waiting and without allocating; any thread takes snapshots, which wait for each other only. Times
 * beyond {@link #MAX_NS} count as that much.
 */
public final class StageLatency {
  /** The stages of the line, in its order. */
  public enum Stage {
    /** From a request or message that is there to its records, on the door's loop. */
    DECODE,
    /** From the door's submit to the shard's first look; zero-length runs inline are left out. */
    INBOX_WAIT,
    DECIDE,
    APPEND,
    /** The state is changed and the board told. */
    PUBLISH,
    /** From the append to the sync that covers it; only where acks wait for syncs. */
    SYNC_WAIT,
    /** From a shard that is done to the door's loop; zero-length ones inline are left out. */
    ACK_WAIT,
    /** Answer or ack made and written to the socket. */
    SOCKET,
    /** News made into a frame and written to all sockets of a view. */
    LIVE
  }

  /** A stall past a minute is an outage, not a latency. */
  public static final long MAX_NS = 60_000_000_000L;

  private static final int SIGNIFICANT_DIGITS = 2;

  /** One stage's: what was taken from the recorder so far, by readers under the monitor. */
  private record Track(SingleWriterRecorder recorder, Histogram total) {}

  private final Map<Stage, Track> tracks = new EnumMap<>(Stage.class);

  /** Of these stages only; a histogram takes some tens of kilobytes. */
  public StageLatency(Set<Stage> stages) {
    for (Stage stage : stages) {
      tracks.put(
          stage, new Track(new SingleWriterRecorder(MAX_NS, SIGNIFICANT_DIGITS), nothingYet()));
    }
  }

  /** What a stage's snapshot is before anything was recorded; the caller's own. */
  static Histogram nothingYet() {
    return new Histogram(MAX_NS, SIGNIFICANT_DIGITS);
  }

  /** By its thread. */
  public void record(Stage stage, long durationNs) {
    track(stage).recorder.recordValue(Math.min(MAX_NS, Math.max(0, durationNs)));
  }

  /** A copy of all that was recorded so far; the caller's own. */
  public synchronized Histogram snapshot(Stage stage) {
    Track track = track(stage);
    track.total.add(track.recorder.getIntervalHistogram());
    return track.total.copy();
  }

  private Track track(Stage stage) {
    return Objects.requireNonNull(tracks.get(stage));
  }
}
