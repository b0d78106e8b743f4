package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In JVMs of its own: an option is set for good. */
class SoftHeapTest {
  /** Prints what the option is afterwards. */
  static final class Print {
    public static void main(String[] args) {
      SoftHeap.limit();
      HotSpotDiagnosticMXBean jvm =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      System.out.println("soft=" + jvm.getVMOption("SoftMaxHeapSize").getValue());
    }
  }

  @Test
  void shouldKeepTheHeapOfALargeMachineSmall() throws Exception {
    assertEquals("soft=" + SoftHeap.USUAL_BYTES, of("-XX:+UseZGC", "-Xmx1g"));
  }

  @Test
  void shouldStartWithLessThanThatToo() throws Exception {
    assertEquals("soft=" + (256L << 20), of("-XX:+UseZGC", "-Xmx256m"));
  }

  @Test
  void shouldLeaveWhatTheOperatorHasSet() throws Exception {
    String set = "-XX:SoftMaxHeapSize=768m";
    assertEquals("soft=" + (768L << 20), of("-XX:+UseZGC", "-Xmx1g", set));
  }

  @Test
  void shouldLeaveOtherCollectorsAlone() throws Exception {
    assertEquals("soft=" + (1L << 30), of("-XX:+UseSerialGC", "-Xmx1g"));
  }

  private static String of(String... flags) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of(flags));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Print.class.getName()));
    Process java = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, java.waitFor(), output);
    return output.lines().filter(line -> line.startsWith("soft=")).findFirst().orElse(output);
  }
}
