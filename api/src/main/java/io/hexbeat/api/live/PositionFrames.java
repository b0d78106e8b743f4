package io.hexbeat.api.live;

import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.live.LivePosition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes positions for the sockets of one event loop: each position once however many watch it,
 * and each list of news once for all sockets with an equal watch. Belongs to that loop. Keeps the
 * last text of each member, about 400 bytes, until {@link #clear}.
 */
final class PositionFrames {
  /** A scratch buffer that a huge snapshot has grown is not kept. */
  private static final int SCRATCH_MAX_CHARS = 1 << 20;

  private final Directory directory;
  private final PositionJson positionJson;
  private final MemberStates states;
  private final Map<Integer, Encoded> lastByMember = new HashMap<>();
  private final StringBuilder one = new StringBuilder(512);
  private final Map<Watch, Frame> framesOfNews = new HashMap<>();

  /** The list that those frames are made of. */
  private @Nullable List<LivePosition> news;

  private StringBuilder scratch = new StringBuilder(4096);

  /**
   * A frame with positions, as all sockets of a watch get it.
   *
   * @param members handles of those who are in it
   */
  record Frame(TextMessage text, BitSet members) {}

  private record Encoded(LivePosition position, Member member, MemberState state, String json) {}

  PositionFrames(Directory directory, PositionJson positionJson, MemberStates states) {
    this.directory = directory;
    this.positionJson = positionJson;
    this.states = states;
  }

  /** The frame that tells the sockets of a watch of some news. */
  @SuppressWarnings("ReferenceEquality") // views tell the same list, and it doesn't change
  Frame news(List<LivePosition> positions, Watch watch) {
    if (news != positions) {
      news = positions;
      framesOfNews.clear();
    }
    Frame made = framesOfNews.get(watch);
    if (made == null) {
      made = frame("\"type\":\"positions\"", positions, watch);
      framesOfNews.put(watch, made);
    }
    return made;
  }

  /**
   * A frame with those positions that a watch is about.
   *
   * @param head its fields before them
   */
  Frame frame(String head, List<LivePosition> positions, Watch watch) {
    StringBuilder out = emptied();
    out.append('{').append(head).append(",\"positions\":[");
    BitSet members = new BitSet();
    for (LivePosition position : positions) {
      if (!watch.sees(position.memberHandle())
          || !watch.covers(position.latE7(), position.lngE7())) {
        continue;
      }
      String json = json(position);
      if (json != null) {
        out.append(members.isEmpty() ? "" : ",").append(json);
        members.set(position.memberHandle());
      }
    }
    return new Frame(new TextMessage(out.append("]}")), members);
  }

  /** The position's JSON object; null when the member is gone. */
  private @Nullable String json(LivePosition position) {
    Member member = directory.member(position.memberHandle());
    if (member == null) {
      return null;
    }
    MemberState state = states.of(position);
    Encoded last = lastByMember.get(position.memberHandle());
    if (last != null
        && last.state() == state
        && last.member().equals(member)
        && same(last.position(), position)) {
      return last.json();
    }
    one.setLength(0);
    positionJson.append(one, member, position, state);
    String json = one.toString();
    lastByMember.put(position.memberHandle(), new Encoded(position, member, state, json));
    return json;
  }

  /** The id under which a member was last encoded, or null; known even when the member is gone. */
  @Nullable String lastIdOf(int memberHandle) {
    Encoded last = lastByMember.get(memberHandle);
    return last == null ? null : last.member().id();
  }

  /**
   * The newest positions of those whose state has changed by time or alert since they were encoded.
   */
  List<LivePosition> stateChanges(LiveBoard board) {
    List<LivePosition> changed = new ArrayList<>();
    for (Encoded last : lastByMember.values()) {
      if (states.of(last.position()) != last.state()) {
        LivePosition newest = board.of(last.position().memberHandle());
        changed.add(newest == null ? last.position() : newest);
      }
    }
    return changed;
  }

  void clear() {
    lastByMember.clear();
    framesOfNews.clear();
    news = null;
  }

  private StringBuilder emptied() {
    if (scratch.capacity() > SCRATCH_MAX_CHARS) {
      scratch = new StringBuilder(4096);
    }
    scratch.setLength(0);
    return scratch;
  }

  @SuppressWarnings("ReferenceEquality") // fence handles are one shared array until they change
  private static boolean same(LivePosition a, LivePosition b) {
    return a.receivedTimeMs() == b.receivedTimeMs()
        && a.fixTimeMs() == b.fixTimeMs()
        && a.latE7() == b.latE7()
        && a.lngE7() == b.lngE7()
        && a.fenceHandles() == b.fenceHandles()
        && a.deviceHandle() == b.deviceHandle()
        && a.batteryPct() == b.batteryPct()
        && a.speedCmps() == b.speedCmps()
        && a.accuracyCm() == b.accuracyCm()
        && a.bearingCdeg() == b.bearingCdeg();
  }
}
