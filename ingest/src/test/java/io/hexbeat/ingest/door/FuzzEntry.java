package io.hexbeat.ingest.door;

/** Where Jazzer comes in. The property {@code hexbeat.fuzz.target} names the target. */
public final class FuzzEntry {
  static final String TARGET_PROPERTY = "hexbeat.fuzz.target";

  private static final Law LAW =
      FuzzTarget.of(System.getProperty(TARGET_PROPERTY, FuzzTarget.ALL.label())).law();

  private FuzzEntry() {}

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    LAW.check(input);
  }
}
