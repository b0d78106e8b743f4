package io.hexbeat.api.live;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.geofence.E7;
import io.hexbeat.ingest.live.LivePosition;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does a position cost in a frame to managers, made once for all sockets of a view? A frame of
 * a hundred positions, to its UTF-8 bytes. Beside it the same object by Vert.x's JSON.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
public class EncodeBenchmark {
  static final int POSITIONS = 100;

  private static final long TIME_MS = 1_760_000_000_000L;
  private static final String FENCE = "customer-4711";

  /** Who moves. */
  @State(Scope.Thread)
  public static class Team {
    final List<Member> members = new ArrayList<>();
    final List<LivePosition> positions = new ArrayList<>();
    final PositionJson json = new PositionJson(new Directory(ZoneOffset.UTC), handle -> FENCE);
    final StringBuilder out = new StringBuilder(4096);

    /** Makes them; both ways must tell the same. */
    @Setup
    public void setUp() {
      for (int i = 1; i <= POSITIONS; i++) {
        members.add(new Member(i, "member-" + i, "Member " + i, "north", null));
        positions.add(
            new LivePosition(
                i,
                i,
                302_672_000 + i * 9_871,
                -977_431_000 - i * 7_919,
                TIME_MS + i * 37L,
                TIME_MS + i * 37L + 301,
                800 + i,
                130 + i,
                100 * i,
                80,
                new int[] {i}));
      }
      JsonObject ours = new JsonObject(new EncodeBenchmark().text(this).toString());
      if (!ours.equals(new JsonObject(new EncodeBenchmark().tree(this)))) {
        throw new IllegalStateException("both ways must tell the same");
      }
    }
  }

  /** One frame, by position. */
  @Benchmark
  @OperationsPerInvocation(POSITIONS)
  public Object encode(Team team) {
    return new TextMessage(text(team));
  }

  /** Beside it: a tree of objects and its encoding. */
  @Benchmark
  @OperationsPerInvocation(POSITIONS)
  public Buffer jsonTree(Team team) {
    return tree(team);
  }

  private CharSequence text(Team team) {
    StringBuilder out = team.out;
    out.setLength(0);
    out.append("{\"type\":\"positions\",\"positions\":[");
    for (int i = 0; i < POSITIONS; i++) {
      out.append(i == 0 ? "" : ",");
      team.json.append(out, team.members.get(i), team.positions.get(i), MemberState.AT_SITE);
    }
    return out.append("]}");
  }

  private Buffer tree(Team team) {
    JsonArray array = new JsonArray();
    for (int i = 0; i < POSITIONS; i++) {
      Member member = team.members.get(i);
      LivePosition position = team.positions.get(i);
      array.add(
          new JsonObject()
              .put("member", member.id())
              .put("team", member.teamId())
              .put("lat", position.latE7() / (double) E7.SCALE)
              .put("lng", position.lngE7() / (double) E7.SCALE)
              .put("fix_time", Instant.ofEpochMilli(position.fixTimeMs()).toString())
              .put("received_time", Instant.ofEpochMilli(position.receivedTimeMs()).toString())
              .put("accuracy_m", position.accuracyCm() / 100.0)
              .put("speed_mps", position.speedCmps() / 100.0)
              .put("bearing_deg", position.bearingCdeg() / 100.0)
              .put("battery_pct", position.batteryPct())
              .put("fences", new JsonArray().add(FENCE))
              .put("state", MemberState.AT_SITE.code()));
    }
    return new JsonObject().put("type", "positions").put("positions", array).toBuffer();
  }
}
