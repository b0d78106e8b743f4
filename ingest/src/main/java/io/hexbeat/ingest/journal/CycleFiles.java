package io.hexbeat.ingest.journal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.impl.RollingResourcesCache;

/** The files of one shard's journal, one a cycle, in their order. Any thread that may wait. */
final class CycleFiles {
  static final String SUFFIX = ".cq4";

  private final Path dir;
  private final RollCycle rollCycle;
  private final RollingResourcesCache names;

  /** One of them; {@code firstIndex} is that of its first record. */
  record CycleFile(Path path, int cycle, long firstIndex) {}

  CycleFiles(Path dir, RollCycle rollCycle) {
    this.dir = dir;
    this.rollCycle = rollCycle;
    this.names =
        new RollingResourcesCache(
            rollCycle,
            0,
            name -> dir.resolve(name + SUFFIX).toFile(),
            (File file) -> file.getName().substring(0, file.getName().length() - SUFFIX.length()));
  }

  /** Oldest first; empty while there are none. */
  List<CycleFile> list() throws IOException {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(dir)) {
      return paths
          .filter(path -> path.getFileName().toString().endsWith(SUFFIX))
          .sorted()
          .map(this::file)
          .toList();
    }
  }

  int cycleOf(long index) {
    return rollCycle.toCycle(index);
  }

  /** When a cycle began. */
  long startMs(int cycle) {
    return (long) cycle * rollCycle.lengthInMillis();
  }

  private CycleFile file(Path path) {
    String name = path.getFileName().toString();
    int cycle = names.parseCount(name.substring(0, name.length() - SUFFIX.length()));
    return new CycleFile(path, cycle, rollCycle.toIndex(cycle, 0));
  }
}
