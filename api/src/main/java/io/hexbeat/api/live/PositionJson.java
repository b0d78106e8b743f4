package io.hexbeat.api.live;

import io.hexbeat.api.http.JsonText;
import io.hexbeat.api.store.Directory;
import io.hexbeat.geofence.Fix;
import io.hexbeat.ingest.live.LivePosition;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a live position, the same for {@code GET /v1/positions} and the socket. Any thread,
 * if the lookups allow it. Writes into the caller's StringBuilder; an unknown reading is left out,
 * and so is a fence that no longer exists.
 */
public final class PositionJson {
  private final Directory directory;
  private final IntFunction<@Nullable String> fenceIds;

  /**
   * @param fenceIds the id of a fence by its handle, or null when it is gone
   */
  public PositionJson(Directory directory, IntFunction<@Nullable String> fenceIds) {
    this.directory = directory;
    this.fenceIds = fenceIds;
  }

  /** Appends {@code {"member": …}}. */
  public void append(
      StringBuilder out, Directory.Member member, LivePosition position, MemberState state) {
    out.append("{\"member\":");
    JsonText.appendString(out, member.id());
    out.append(",\"team\":");
    JsonText.appendString(out, member.teamId());
    Directory.Device device = directory.device(position.deviceHandle());
    if (device != null) {
      out.append(",\"device\":");
      JsonText.appendString(out, device.id());
    }
    out.append(",\"lat\":");
    JsonText.appendScaled(out, position.latE7(), 7);
    out.append(",\"lng\":");
    JsonText.appendScaled(out, position.lngE7(), 7);
    out.append(",\"fix_time\":\"");
    JsonText.appendTime(out, position.fixTimeMs());
    out.append("\",\"received_time\":\"");
    JsonText.appendTime(out, position.receivedTimeMs());
    out.append('"');
    appendReading(out, ",\"accuracy_m\":", position.accuracyCm(), 2);
    appendReading(out, ",\"speed_mps\":", position.speedCmps(), 2);
    appendReading(out, ",\"bearing_deg\":", position.bearingCdeg(), 2);
    appendReading(out, ",\"battery_pct\":", position.batteryPct(), 0);
    out.append(",\"fences\":[");
    String comma = "";
    for (int handle : position.fenceHandles()) {
      String id = fenceIds.apply(handle);
      if (id != null) {
        out.append(comma);
        JsonText.appendString(out, id);
        comma = ",";
      }
    }
    out.append("],\"state\":\"").append(state.code()).append("\"}");
  }

  private static void appendReading(StringBuilder out, String name, int value, int decimals) {
    if (value != Fix.UNKNOWN) {
      out.append(name);
      JsonText.appendScaled(out, value, decimals);
    }
  }
}
