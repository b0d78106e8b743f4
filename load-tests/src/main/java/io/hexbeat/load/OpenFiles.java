package io.hexbeat.load;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files and sockets a process may have open. Stateless; any thread. */
final class OpenFiles {
  private OpenFiles() {}

  /** The hard limit: a JVM raises its own to it. A server that this process starts inherits it. */
  static long most() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
