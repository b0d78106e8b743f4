package io.hexbeat.api.auth;

import io.hexbeat.api.store.Directory.Member;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom somebody may see, as of one moment. Immutable; any thread. Equal scopes see the same
 * members, whoever has them; a member's team is looked at when asked, so that one who moves is gone
 * at once.
 *
 * @param all nothing is hidden
 * @param teams ids of the teams that they lead, those below others included
 * @param memberId themselves, for accounts bound to a member
 */
public record Scope(boolean all, Set<String> teams, @Nullable String memberId) {
  static final Scope ALL = new Scope(true, Set.of(), null);

  public boolean sees(Member member) {
    return all || teams.contains(member.teamId()) || member.id().equals(memberId);
  }
}
