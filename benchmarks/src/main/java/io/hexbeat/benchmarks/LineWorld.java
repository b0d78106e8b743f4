package io.hexbeat.benchmarks;

import io.hexbeat.geofence.FenceIndex;
import java.nio.file.Path;

/**
 * A city and its phones for the parts of the hot line: the fixes of recorded traces come device by
 * device in turn, forwards and then backwards, and time goes on. One thread; allocates nothing a
 * fix.
 */
public final class LineWorld {
  /** Phones, numbered from 0. */
  public static final int DEVICES = 256;

  private static final int FIXES_EACH = 256;
  private static final long START_MS = 1_760_000_000_000L;

  /** The phones of the traces report about as often. */
  private static final long ROUND_MS = 8_000;

  private final FenceIndex index;
  private final FixStream fixes;
  private final HexbeatStream stream;
  private long steps = -1;
  private int at;

  private LineWorld(FenceIndex index, FixStream fixes) {
    this.index = index;
    this.fixes = fixes;
    this.stream = new HexbeatStream(index, DEVICES);
  }

  /** With so many fences. */
  public static LineWorld of(int fences) {
    FenceIndex index = FenceIndex.of(1, City.fences(City.mixed(fences)));
    return new LineWorld(index, Traces.read(Traces.PHONES, DEVICES, FIXES_EACH));
  }

  /** A folder that goes with the run. */
  public static Path newFolder() {
    return BenchFiles.open().newFolder();
  }

  public FenceIndex index() {
    return index;
  }

  /** On to the next fix. */
  public void advance() {
    steps++;
    int size = fixes.latsE7().length;
    int turn = (int) (steps % (2L * size));
    at = turn < size ? turn : 2 * size - 1 - turn;
  }

  /** Whose fix it is. */
  public int device() {
    return fixes.devices()[at];
  }

  public int latE7() {
    return fixes.latsE7()[at];
  }

  public int lngE7() {
    return fixes.lngsE7()[at];
  }

  /** When; grows for each device. */
  public long timeMs() {
    return START_MS + steps / DEVICES * ROUND_MS;
  }

  /** In how many fences it is, by the index and the safe regions alone. */
  public int lookUp() {
    return stream.evaluate(device(), latE7(), lngE7()).size();
  }
}
