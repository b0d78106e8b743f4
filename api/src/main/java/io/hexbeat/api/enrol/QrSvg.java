package io.hexbeat.api.enrol;

import io.nayuki.qrcodegen.QrCode;

/**
 * A text as a QR code in SVG, scalable and without a size of its own. Stateless; any thread. Grows
 * with the text up to the 2,953 bytes that a code can hold; beyond them it fails, so whoever calls
 * bounds the text. Error correction is as high as the chosen size gives for free.
 */
final class QrSvg {
  /** The white frame that a scanner needs to find the code, in modules. */
  private static final int QUIET_ZONE_MODULES = 4;

  private QrSvg() {}

  static String of(String text) {
    QrCode code = QrCode.encodeText(text, QrCode.Ecc.LOW);
    int side = code.size + 2 * QUIET_ZONE_MODULES;
    StringBuilder svg = new StringBuilder(8 << 10);
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ").append(side);
    svg.append(' ').append(side).append("\" shape-rendering=\"crispEdges\">");
    svg.append("<path fill=\"#fff\" d=\"M0 0h").append(side).append('v').append(side);
    svg.append("H0z\"/><path stroke=\"#000\" d=\"");
    for (int y = 0; y < code.size; y++) {
      appendRow(code, y, svg);
    }
    return svg.append("\"/></svg>").toString();
  }

  /** One stroke for each run of dark modules, through the middle of the row. */
  private static void appendRow(QrCode code, int y, StringBuilder svg) {
    int x = 0;
    while (x < code.size) {
      int from = x;
      while (x < code.size && code.getModule(x, y)) {
        x++;
      }
      if (x > from) {
        svg.append('M').append(from + QUIET_ZONE_MODULES);
        svg.append(' ').append(y + QUIET_ZONE_MODULES).append(".5h").append(x - from);
      }
      x++;
    }
  }
}
