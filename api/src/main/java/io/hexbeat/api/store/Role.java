package io.hexbeat.api.store;

import java.util.Locale;

/**
 * What kind of user asks. An admin sees and changes everything, a manager sees the teams they lead
 * and all teams below them, a member sees only themselves.
 */
public enum Role {
  ADMIN,
  MANAGER,
  MEMBER;

  /** The name in JSON, in the database and in the contract's {@code x-roles}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role of a code.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Role ofCode(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
