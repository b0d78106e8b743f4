package io.hexbeat.api.store;

import io.hexbeat.api.store.Directory.User;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The accounts in PostgreSQL. Any thread; each edit commits before the {@link Directory} shows it.
 * Never loses the last admin. Password hashes go in and out here and nowhere else.
 */
public final class UserBook {
  /** All account edits share a lane: the rule of the last admin is about all of them. */
  static final String LANE = "users";

  private static final String RETURNING = "returning id, name, role, credentials_version";

  private final Pool pool;
  private final Directory directory;
  private final EditLanes lanes;

  /** What an edit says of an account. */
  public record Edit(String id, @Nullable String name, Role role, @Nullable String memberId) {}

  /** A password's hash, and the version of the account's credentials that it is part of. */
  public record Credentials(String passwordHash, long version) {
    @Override
    public String toString() {
      return "Credentials[version=" + version + "]";
    }
  }

  UserBook(Pool pool, Directory directory, EditLanes lanes) {
    this.pool = pool;
    this.directory = directory;
    this.lanes = lanes;
  }

  /** What a password is checked against; empty when there is no such account. */
  public Future<Optional<Credentials>> credentials(String userId) {
    return pool.preparedQuery("select password_hash, credentials_version from users where id = $1")
        .execute(Tuple.of(userId))
        .map(
            rows -> {
              if (rows.size() == 0) {
                return Optional.empty();
              }
              Row row = rows.iterator().next();
              return Optional.of(new Credentials(row.getString(0), row.getLong(1)));
            });
  }

  public Future<User> create(Actor actor, Edit edit, String passwordHash) {
    return lanes.submit(
        Set.of(LANE, TeamBook.LANE),
        () ->
            memberHandle(edit)
                .compose(
                    member ->
                        pool.withTransaction(
                            connection ->
                                connection
                                    .preparedQuery(
                                        "insert into users (id, name, role, member, password_hash)"
                                            + " values ($1, $2, $3, $4, $5) "
                                            + RETURNING)
                                    .execute(
                                        Tuple.of(
                                            edit.id(),
                                            edit.name(),
                                            edit.role().code(),
                                            member,
                                            passwordHash))
                                    .compose(
                                        rows ->
                                            audited(connection, actor, "user.create", null, edit)
                                                .map(rows))))
                .recover(
                    failure ->
                        Future.failedFuture(
                            Database.isDuplicate(failure)
                                ? Refusal.conflict("The user '" + edit.id() + "' is there already.")
                                : failure))
                .map(rows -> adopt(rows, edit)));
  }

  /**
   * Changes an account.
   *
   * @param passwordHash the new one, or null to keep it; a new one refuses all tokens
   */
  public Future<User> update(Actor actor, Edit edit, @Nullable String passwordHash) {
    return lanes.submit(
        Set.of(LANE, TeamBook.LANE),
        () -> {
          User before = directory.user(edit.id());
          if (before == null) {
            return Future.failedFuture(Refusal.notFound("user", edit.id()));
          }
          if (edit.role() != Role.ADMIN && isLastAdmin(edit.id())) {
            return Future.failedFuture(lastAdmin());
          }
          return memberHandle(edit)
              .compose(
                  member ->
                      pool.withTransaction(
                          connection ->
                              store(connection, edit, member, passwordHash)
                                  .compose(
                                      rows ->
                                          audited(
                                                  connection,
                                                  actor,
                                                  passwordHash == null
                                                      ? "user.put"
                                                      : "user.put_password",
                                                  before,
                                                  edit)
                                              .map(rows))))
              .map(rows -> adopt(rows, edit));
        });
  }

  private static Future<RowSet<Row>> store(
      SqlConnection connection,
      Edit edit,
      @Nullable Integer member,
      @Nullable String passwordHash) {
    return connection
        .preparedQuery(
            "with led as (delete from team_managers"
                + " where user_id = $1 and $3 = 'member'),"
                + " ended as (delete from sessions where user_id = $1 and ($5::text is not null"
                + " or exists (select 1 from users where id = $1 and role <> $3)))"
                + " update users set name = $2, member = $4, updated_at = now(),"
                + " password_hash = coalesce($5, password_hash),"
                + " credentials_version = case when $5 is null and role = $3"
                + " then credentials_version"
                + " else nextval('credentials_version') end,"
                + " role = $3 where id = $1 "
                + RETURNING)
        .execute(Tuple.of(edit.id(), edit.name(), edit.role().code(), member, passwordHash));
  }

  private static Future<Void> audited(
      SqlConnection connection, Actor actor, String action, @Nullable User before, Edit edit) {
    return AuditLog.changed(
        connection,
        actor,
        action,
        "user:" + edit.id(),
        DirectoryJson.ofNullable(before),
        DirectoryJson.of(new User(edit.id(), edit.name(), edit.role(), edit.memberId(), 0)));
  }

  public Future<Void> delete(Actor actor, String userId) {
    return lanes.submit(
        Set.of(LANE, TeamBook.LANE),
        () -> {
          User before = directory.user(userId);
          if (before == null) {
            return Future.failedFuture(Refusal.notFound("user", userId));
          }
          if (isLastAdmin(userId)) {
            return Future.failedFuture(lastAdmin());
          }
          return pool.withTransaction(
                  connection ->
                      connection
                          .preparedQuery("delete from users where id = $1")
                          .execute(Tuple.of(userId))
                          .compose(
                              rows ->
                                  AuditLog.changed(
                                      connection,
                                      actor,
                                      "user.delete",
                                      "user:" + userId,
                                      DirectoryJson.of(before),
                                      null)))
              .map(
                  deleted -> {
                    directory.removeUser(userId);
                    directory.dropManager(userId);
                    return null;
                  });
        });
  }

  private boolean isLastAdmin(String userId) {
    User user = directory.user(userId);
    return user != null
        && user.role() == Role.ADMIN
        && directory.users().values().stream().filter(u -> u.role() == Role.ADMIN).count() == 1;
  }

  private static Refusal lastAdmin() {
    return Refusal.conflict("The last admin can't be deleted or given another role.");
  }

  private Future<@Nullable Integer> memberHandle(Edit edit) {
    String memberId = edit.memberId();
    if (memberId == null) {
      return edit.role() == Role.MEMBER
          ? Future.failedFuture(
              Refusal.invalid("/member", "an account of the role member needs a member"))
          : Future.succeededFuture(null);
    }
    Directory.Member member = directory.member(memberId);
    return member == null
        ? Future.failedFuture(Refusal.invalid("/member", "there is no member '" + memberId + "'"))
        : Future.succeededFuture(member.handle());
  }

  private User adopt(RowSet<Row> rows, Edit edit) {
    if (rows.size() == 0) {
      throw Refusal.notFound("user", edit.id());
    }
    Row row = rows.iterator().next();
    User user =
        new User(
            row.getString("id"),
            row.getString("name"),
            Role.ofCode(row.getString("role")),
            edit.memberId(),
            row.getLong("credentials_version"));
    directory.put(user);
    if (user.role() == Role.MEMBER) {
      directory.dropManager(user.id());
    }
    return user;
  }
}
