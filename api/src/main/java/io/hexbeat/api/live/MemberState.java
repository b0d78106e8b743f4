package io.hexbeat.api.live;

import java.util.Locale;

/** What a manager's map shows of a member at one glance; {@link MemberStates} says when. */
public enum MemberState {
  MOVING,
  STILL,
  AT_SITE,
  OFFLINE,
  SUSPECT;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** Its name in JSON. */
  public String code() {
    return code;
  }
}
