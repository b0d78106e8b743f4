package io.hexbeat.load.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fault run that was killed itself is cleared away by the next one. */
final class LeftoversTest {
  @TempDir Path dir;

  @Test
  void shouldUnmountAndEndTheServerOfARunThatIsGoneAndLeaveAnotherAlone() throws Exception {
    Path journal = Files.createDirectories(dir.resolve("data/journal"));
    JournalDisk disk = JournalDisk.mount(dir, journal);
    assumeTrue(disk != null, "nothing can be mounted here; it needs root");
    Files.writeString(journal.resolve("file"), "kept");
    Process server =
        new ProcessBuilder("sh", "-c", "sleep 60; :", "serve", "--data", dir + "/data").start();
    try {
      Leftovers.claim(dir);
      assertEquals(List.of(), Leftovers.clear());

      Files.writeString(dir.resolve("run.pid"), gone() + " 2020-01-01T00:00:00Z");
      Objects.requireNonNull(disk).freeze();
      assertEquals(List.of(dir), Leftovers.clear());

      assertTrue(server.waitFor(10, TimeUnit.SECONDS));
      assertFalse(Files.readString(Path.of("/proc/mounts")).contains(journal.toString()));
      assertEquals("kept", Files.readString(journal.resolve("file")));
      assertFalse(Files.exists(dir.resolve("journal.ext4")));
    } finally {
      server.descendants().forEach(ProcessHandle::destroyForcibly);
      server.destroyForcibly();
      JournalDisk.left(dir, journal).close();
    }
  }

  private static long gone() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }
}
