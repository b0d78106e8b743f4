package io.hexbeat.api;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has ZGC collect from half a gigabyte of heap on, instead of letting the heap float up to its
 * limit, which is a quarter of the machine unless somebody says else. Called once, when the server
 * starts. Not a flag of the launcher: a JVM whose limit is lower, as in a small container, would
 * refuse that and not start. What the operator has set stays; other collectors and JVMs are let be.
 */
final class SoftHeap {
  static final long USUAL_BYTES = 512L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SoftHeap.class);
  private static final String OPTION = "SoftMaxHeapSize";

  private SoftHeap() {}

  static void limit() {
    HotSpotDiagnosticMXBean jvm = hotSpot();
    if (jvm == null || !Boolean.parseBoolean(jvm.getVMOption("UseZGC").getValue())) {
      return;
    }
    VMOption soft = jvm.getVMOption(OPTION);
    long mostBytes = Long.parseLong(jvm.getVMOption("MaxHeapSize").getValue());
    boolean ours =
        switch (soft.getOrigin()) {
          case DEFAULT, ERGONOMIC -> soft.isWriteable();
          default -> false;
        };
    if (ours && mostBytes > USUAL_BYTES) {
      jvm.setVMOption(OPTION, Long.toString(USUAL_BYTES));
      LOG.info(
          "heap: collected from {} MiB on, {} MiB at most", USUAL_BYTES >> 20, mostBytes >> 20);
    }
  }

  /** Null on a JVM that has no such options. */
  private static @Nullable HotSpotDiagnosticMXBean hotSpot() {
    try {
      HotSpotDiagnosticMXBean jvm =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      jvm.getVMOption("UseZGC");
      jvm.getVMOption(OPTION);
      return jvm;
    } catch (IllegalArgumentException | NullPointerException e) {
      return null;
    }
  }
}
