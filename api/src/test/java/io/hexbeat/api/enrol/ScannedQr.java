package io.hexbeat.api.enrol;

import com.google.zxing.ChecksumException;
import com.google.zxing.FormatException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.decoder.Decoder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A scanner for the codes that {@link QrSvg} draws: reads the strokes back, another library
 * decodes.
 */
final class ScannedQr {
  private static final Pattern SIDE = Pattern.compile("viewBox=\"0 0 (\\d+) \\1\"");
  private static final Pattern RUN = Pattern.compile("M(\\d+) (\\d+)\\.5h(\\d+)");
  private static final int QUIET_ZONE_MODULES = 4;

  private ScannedQr() {}

  static String read(String svg) {
    Matcher side = SIDE.matcher(svg);
    if (!side.find()) {
      throw new AssertionError("no square: " + svg);
    }
    BitMatrix modules = new BitMatrix(Integer.parseInt(side.group(1)) - 2 * QUIET_ZONE_MODULES);
    Matcher run = RUN.matcher(svg);
    while (run.find()) {
      modules.setRegion(
          Integer.parseInt(run.group(1)) - QUIET_ZONE_MODULES,
          Integer.parseInt(run.group(2)) - QUIET_ZONE_MODULES,
          Integer.parseInt(run.group(3)),
          1);
    }
    try {
      return new Decoder().decode(modules).getText();
    } catch (ChecksumException | FormatException e) {
      throw new AssertionError("can't be scanned: " + svg, e);
    }
  }
}
