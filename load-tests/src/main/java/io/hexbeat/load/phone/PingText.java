package io.hexbeat.load.phone;

/**
 * The text of one message: pings as JSON or as a form, with what stands before them. Belongs to its
 * phone's loop; allocates at construction only. Latitudes are north and longitudes west, of two
 * digits, as the load's city has them.
 */
final class PingText {
  static final String JSON =
      "{\"fix_time\":#############,\"lat\":##.#######,\"lng\":-##.#######,\"accuracy_m\":##.#,"
          + "\"speed_mps\":12,\"battery_pct\":80}";

  /** Places of a ping: time, degrees by two, degrees by two, accuracy by two. */
  private static final int PLACES_A_PING = 7;

  private final Template template;
  private final Route route;
  private final int batch;
  private final int[] timeAt;
  private final int[] latAt;
  private final int[] lngAt;
  private final int[] accuracyAt;

  private PingText(String text, Route route, int batch) {
    this.template = new Template(text);
    this.route = route;
    this.batch = batch;
    timeAt = new int[batch];
    latAt = new int[batch];
    lngAt = new int[batch];
    accuracyAt = new int[batch];
    int at = 0;
    for (int i = 0; i < batch; i++) {
      String rest = text.substring(at);
      timeAt[i] = at + Template.place(rest, 0);
      latAt[i] = at + Template.place(rest, 1);
      lngAt[i] = at + Template.place(rest, 3);
      accuracyAt[i] = at + Template.place(rest, PLACES_A_PING - 2);
      at = accuracyAt[i] + 4;
    }
  }

  /**
   * Pings of native JSON, several as an array.
   *
   * @param head what stands before the body, without place marks
   */
  static PingText json(String head, Route route, int batch) {
    return new PingText(head + jsonBody(batch), route, batch);
  }

  static String jsonBody(int batch) {
    return batch == 1 ? JSON : "[" + JSON + ("," + JSON).repeat(batch - 1) + "]";
  }

  /** One ping as Traccar Client posts it. */
  static PingText form(String head, String body, Route route) {
    return new PingText(head + body, route, 1);
  }

  static String formBody(String token) {
    return "id="
        + token
        + "&timestamp=#############&lat=##.#######&lon=-##.#######&accuracy=##.#&speed=23.3&batt=80";
  }

  /** The whole message; overwritten by the next. */
  byte[] at(long firstPing) {
    for (int i = 0; i < batch; i++) {
      long ping = firstPing + i;
      template.digits(timeAt[i], 13, route.fixMs(ping));
      template.degrees(latAt[i], route.latE7(ping));
      template.degrees(lngAt[i], route.lngE7(ping));
      template.tenths(accuracyAt[i], Route.accuracyDm(ping));
    }
    return template.bytes();
  }
}
