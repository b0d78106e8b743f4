package io.hexbeat.load.phone;

/**
 * The text of one punch with the head of its request. Belongs to its phone's loop; allocates at
 * construction only. Each has an id of its own and the time at which it is made.
 */
final class PunchText {
  private static final int ID_DIGITS = 9;

  private final Template template;
  private final Route route;
  private final int idAt;
  private final int punchedAt;
  private final int fixAt;
  private final int latAt;
  private final int lngAt;

  PunchText(String head, String body, Route route) {
    this.template = new Template(head + body);
    this.route = route;
    int from = head.length();
    idAt = from + Template.place(body, 0);
    punchedAt = from + Template.place(body, 1);
    fixAt = from + Template.place(body, 2);
    latAt = from + Template.place(body, 3);
    lngAt = from + Template.place(body, 5);
  }

  static String body(String idPrefix) {
    return "{\"id\":\""
        + idPrefix
        + "#".repeat(ID_DIGITS)
        + "\",\"kind\":\"visit_in\",\"at\":#############,\"fix_time\":#############,"
        + "\"lat\":##.#######,\"lng\":-##.#######,\"accuracy_m\":12.5}";
  }

  /** The whole message; overwritten by the next. */
  byte[] at(long punch) {
    long nowMs = System.currentTimeMillis();
    template.digits(idAt, ID_DIGITS, punch);
    template.digits(punchedAt, 13, nowMs);
    template.digits(fixAt, 13, nowMs);
    template.degrees(latAt, route.latE7(punch));
    template.degrees(lngAt, route.lngE7(punch));
    return template.bytes();
  }
}
