package io.hexbeat.api.auth;

import io.hexbeat.api.store.Actor;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.Directory.Team;
import io.hexbeat.api.store.Directory.User;
import io.hexbeat.api.store.Role;
import io.hexbeat.api.store.Session;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks and what they may see; every route and every live frame goes through it. Any thread.
 * Answers follow the directory as it is now, so that a team taken from a manager is gone from an
 * open socket too. Once the session is revoked, the account deleted, its password changed or its
 * role moved, {@link #current} is false and nothing is seen any more.
 */
public final class Access {
  private final Directory directory;
  private final User user;
  private final @Nullable Session session;

  public Access(Directory directory, User user) {
    this(directory, user, null);
  }

  /**
   * @param session that ends it, or null if only the account does
   */
  Access(Directory directory, User user, @Nullable Session session) {
    this.directory = directory;
    this.user = user;
    this.session = session;
  }

  /** The account behind the token as it was when the token was checked. */
  public User user() {
    return user;
  }

  /** The user's id. */
  public String userId() {
    return user.id();
  }

  public Role role() {
    return user.role();
  }

  /** The id of their session, or null if they have none. */
  public @Nullable String sessionId() {
    return session == null ? null : session.id();
  }

  /** Who does what they ask for, for the audit log. */
  public Actor actor(@Nullable String address, @Nullable String requestId) {
    return new Actor(user.id(), user.role(), sessionId(), address, requestId);
  }

  /** Tells when their session ends, on any thread; at once if it has. */
  public void onEnd(Runnable listener) {
    if (session != null) {
      session.onEnd(listener);
    }
  }

  /** The listener is not told any more. */
  public void forget(Runnable listener) {
    if (session != null) {
      session.forget(listener);
    }
  }

  /** Whether session and account still stand as they did when the token was checked. */
  public boolean current() {
    User now = directory.user(user.id());
    return (session == null || !session.ended())
        && now != null
        && now.credentialsVersion() == user.credentialsVersion()
        && now.role() == user.role();
  }

  /** Whether nothing is hidden from them. */
  public boolean seesAll() {
    return user.role() == Role.ADMIN && current();
  }

  public boolean sees(Team team) {
    return current()
        && switch (user.role()) {
          case ADMIN -> true;
          case MANAGER -> directory.leads(user.id(), team.id());
          case MEMBER -> ownMember().map(own -> own.teamId().equals(team.id())).orElse(false);
        };
  }

  public boolean sees(Member member) {
    return current() && scope().sees(member);
  }

  /**
   * Whom they may see as long as they are {@link #current}; another one once their teams change.
   */
  public Scope scope() {
    return switch (user.role()) {
      case ADMIN -> Scope.ALL;
      case MANAGER -> new Scope(false, directory.teamsLedBy(user.id()), user.memberId());
      case MEMBER -> new Scope(false, Set.of(), user.memberId());
    };
  }

  /** Whether the member exists and may be seen. */
  public boolean seesMember(int memberHandle) {
    Member member = directory.member(memberHandle);
    return member != null && sees(member);
  }

  /** The member that they are, for accounts bound to one. */
  public Optional<Member> ownMember() {
    String memberId = user.memberId();
    return memberId == null ? Optional.empty() : Optional.ofNullable(directory.member(memberId));
  }

  /**
   * Handles of all members whom they may see, for SQL's {@code = any($1)}.
   *
   * @param teamId only those of this team and the teams below it, or null for all
   */
  public Integer[] memberHandles(@Nullable String teamId) {
    return directory.members().stream()
        .filter(member -> teamId == null || directory.isWithin(member.teamId(), teamId))
        .filter(this::sees)
        .map(Member::handle)
        .toArray(Integer[]::new);
  }

  @Override
  public String toString() {
    return "Access[user=" + user.id() + " role=" + user.role().code() + "]";
  }
}
