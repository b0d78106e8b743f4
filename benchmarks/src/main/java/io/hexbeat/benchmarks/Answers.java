package io.hexbeat.benchmarks;

import io.hexbeat.geofence.FenceIds;
import io.hexbeat.geofence.FenceIndex;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Which fences contain each fix, as Hexbeat said: written by the fork that times Hexbeat, read by
 * the fork of each peer, which must find the same before it is timed. Immutable; any thread.
 */
final class Answers {
  /**
   * Where the peers may differ, metres from a fence's edge: S2 draws an edge as a great circle, up
   * to 0.1 m from the straight line of degrees on the 3 km that a neighbourhood's longest edge has;
   * the others round where Hexbeat is exact.
   */
  static final double TOLERANCE_METERS = 0.25;

  private final int[][] handles;

  private Answers(int[][] handles) {
    this.handles = handles;
  }

  /** Those of the index, each fix looked up by itself. */
  static Answers of(FenceIndex index, FixStream fixes) {
    int[][] handles = new int[fixes.size()][];
    FenceIds ids = new FenceIds();
    for (int i = 0; i < handles.length; i++) {
      index.containing(fixes.latsE7()[i], fixes.lngsE7()[i], ids);
      handles[i] = ids.toArray();
    }
    return new Answers(handles);
  }

  static Answers read(Path file) {
    if (!Files.exists(file)) {
      throw new IllegalStateException("Hexbeat has not answered yet: run it before its peers");
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      int[][] handles = new int[in.readInt()][];
      for (int i = 0; i < handles.length; i++) {
        handles[i] = new int[in.readInt()];
        for (int j = 0; j < handles[i].length; j++) {
          handles[i][j] = in.readInt();
        }
      }
      return new Answers(handles);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(Path file) {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(handles.length);
      for (int[] ofFix : handles) {
        out.writeInt(ofFix.length);
        for (int handle : ofFix) {
          out.writeInt(handle);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Over all fixes. */
  long hits() {
    return Arrays.stream(handles).mapToLong(ofFix -> ofFix.length).sum();
  }

  /**
   * @throws IllegalStateException if the stream of fixes is answered otherwise, be it by one fence
   */
  void check(HexbeatStream stream, FixStream fixes) {
    for (int i = 0; i < fixes.size(); i++) {
      int lat = fixes.latsE7()[i];
      int lng = fixes.lngsE7()[i];
      int[] found = stream.evaluate(fixes.devices()[i], lat, lng).toArray();
      if (!Arrays.equals(found, handles[i])) {
        throw new IllegalStateException(
            "answers differ, so nothing is timed: fix %d at (%d, %d) E7 is in %s, the stream says %s"
                .formatted(i, lat, lng, Arrays.toString(handles[i]), Arrays.toString(found)));
      }
    }
  }

  /**
   * @throws IllegalStateException if the peer finds other fences for a fix than these, farther than
   *     {@link #TOLERANCE_METERS} from their edge
   */
  void check(String name, Peer peer, FixStream fixes, List<Outline> outlines) {
    Hits found = new Hits();
    for (int i = 0; i < fixes.size(); i++) {
      int lat = fixes.latsE7()[i];
      int lng = fixes.lngsE7()[i];
      peer.containing(lat, lng, found);
      int[] theirs = found.sorted();
      if (Arrays.equals(theirs, handles[i])) {
        continue;
      }
      checkDifference(name + " has, Hexbeat has not", theirs, handles[i], lat, lng, outlines);
      checkDifference("Hexbeat has, " + name + " has not", handles[i], theirs, lat, lng, outlines);
    }
  }

  private static void checkDifference(
      String what, int[] some, int[] others, int latE7, int lngE7, List<Outline> outlines) {
    for (int handle : some) {
      if (Arrays.binarySearch(others, handle) >= 0) {
        continue;
      }
      double meters = outlines.get(handle - 1).shape().distanceToEdgeMeters(latE7, lngE7);
      if (meters > TOLERANCE_METERS) {
        throw new IllegalStateException(
            "answers differ, so nothing is timed: %s fence %d around (%d, %d) E7, %.3f m from edge"
                .formatted(what, handle, latE7, lngE7, meters));
      }
    }
  }
}
