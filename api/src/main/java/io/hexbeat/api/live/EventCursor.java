package io.hexbeat.api.live;

import io.vertx.core.json.JsonObject;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How far a reader has seen the events: the run of the server that numbered them, and the last
 * number. Immutable. Opaque to clients, who get it with each event and send it back as {@code
 * since} when they come again.
 *
 * @param run names the server's run; numbers of another run mean nothing
 * @param number of the last event that was told
 */
record EventCursor(String run, long number) {
  private static final Pattern TEXT = Pattern.compile("([0-9a-z]{1,16})-([0-9]{1,18})");

  /**
   * What a subscribe message says, or null when it says nothing.
   *
   * @throws BadMessageException if it is not one of ours
   */
  static @Nullable EventCursor since(JsonObject message) {
    Object since = message.getValue("since");
    if (since == null) {
      return null;
    }
    Matcher matcher = TEXT.matcher(since instanceof String text ? text : "");
    if (!matcher.matches()) {
      throw new BadMessageException("/since", "must be the cursor of a frame");
    }
    return new EventCursor(matcher.group(1), Long.parseLong(matcher.group(2)));
  }

  @Override
  public String toString() {
    return run + "-" + number;
  }
}
