package io.hexbeat.api.store;

import io.hexbeat.api.store.Directory.Team;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The teams in PostgreSQL. Any thread; edits of teams follow each other, because each may move the
 * tree that the others check, and commit before the {@link Directory} shows them.
 */
public final class TeamBook {
  /** The lane of all that changes the tree of teams or who leads them. */
  static final String LANE = "teams";

  private final Pool pool;
  private final Directory directory;
  private final EditLanes lanes;

  /** What an edit says of a team. */
  public record Edit(String id, String name, @Nullable String parentId, List<String> managers) {
    public Edit {
      managers = managers.stream().distinct().sorted().toList();
    }
  }

  TeamBook(Pool pool, Directory directory, EditLanes lanes) {
    this.pool = pool;
    this.directory = directory;
    this.lanes = lanes;
  }

  public Future<Team> create(Actor actor, Edit edit) {
    return lanes.submit(
        Set.of(LANE),
        () ->
            directory.team(edit.id()) == null
                ? store(actor, edit)
                : Future.failedFuture(
                    Refusal.conflict("The team '" + edit.id() + "' is there already.")));
  }

  /** Creates or replaces a team. */
  public Future<Team> put(Actor actor, Edit edit) {
    return lanes.submit(Set.of(LANE), () -> store(actor, edit));
  }

  /** Deletes a team that holds nobody. */
  public Future<Void> delete(Actor actor, String teamId) {
    return lanes.submit(
        Set.of(LANE),
        () -> {
          Team team = directory.team(teamId);
          if (team == null) {
            return Future.failedFuture(Refusal.notFound("team", teamId));
          }
          if (directory.teamsWithin(teamId).size() > 1) {
            return Future.failedFuture(
                Refusal.conflict("The team '" + teamId + "' has teams below it."));
          }
          return pool.withTransaction(
                  connection ->
                      deleteIfEmpty(connection, team)
                          .compose(
                              deleted ->
                                  AuditLog.changed(
                                      connection,
                                      actor,
                                      "team.delete",
                                      "team:" + teamId,
                                      DirectoryJson.of(team),
                                      null)))
              .map(
                  deleted -> {
                    directory.removeTeam(teamId);
                    return null;
                  });
        });
  }

  private static Future<Void> deleteIfEmpty(SqlConnection connection, Team team) {
    // The row lock holds back members who are being added to the team at this moment.
    return connection
        .preparedQuery("select handle from teams where handle = $1 for update")
        .execute(Tuple.of(team.handle()))
        .compose(
            locked ->
                connection
                    .preparedQuery(
                        "select 1 from members where team = $1 and deleted_at is null limit 1")
                    .execute(Tuple.of(team.handle())))
        .compose(
            members ->
                members.size() > 0
                    ? Future.failedFuture(
                        Refusal.conflict("The team '" + team.id() + "' has members."))
                    : connection
                        .preparedQuery("delete from team_managers where team = $1")
                        .execute(Tuple.of(team.handle())))
        .compose(
            unmanaged ->
                connection
                    .preparedQuery("update teams set deleted_at = now() where handle = $1")
                    .execute(Tuple.of(team.handle())))
        .mapEmpty();
  }

  private Future<Team> store(Actor actor, Edit edit) {
    Refusal refusal = check(edit);
    if (refusal != null) {
      return Future.failedFuture(refusal);
    }
    Team parent = edit.parentId() == null ? null : directory.team(edit.parentId());
    Integer parentHandle = parent == null ? null : parent.handle();
    Team before = directory.team(edit.id());
    return pool.withTransaction(
            connection ->
                connection
                    .preparedQuery(
                        "insert into teams (id, name, parent) values ($1, $2, $3)"
                            + " on conflict (id) where deleted_at is null"
                            + " do update set name = excluded.name, parent = excluded.parent,"
                            + " updated_at = now() returning handle")
                    .execute(Tuple.of(edit.id(), edit.name(), parentHandle))
                    .map(rows -> rows.iterator().next().getInteger(0))
                    .compose(handle -> storeManagers(connection, handle, edit).map(handle))
                    .map(
                        handle ->
                            new Team(
                                handle, edit.id(), edit.name(), edit.parentId(), edit.managers()))
                    .compose(
                        team ->
                            AuditLog.changed(
                                    connection,
                                    actor,
                                    "team.put",
                                    "team:" + team.id(),
                                    DirectoryJson.ofNullable(before),
                                    DirectoryJson.of(team))
                                .map(team)))
        .map(
            team -> {
              directory.put(team);
              return team;
            });
  }

  private static Future<Void> storeManagers(SqlConnection connection, int handle, Edit edit) {
    String[] managers = edit.managers().toArray(String[]::new);
    return connection
        .preparedQuery("delete from team_managers where team = $1 and user_id <> all ($2)")
        .execute(Tuple.of(handle).addArrayOfString(managers))
        .compose(
            removed ->
                connection
                    .preparedQuery(
                        "insert into team_managers (team, user_id)"
                            + " select $1, id from unnest($2::text[]) as id on conflict do nothing")
                    .execute(Tuple.of(handle).addArrayOfString(managers)))
        .mapEmpty();
  }

  private @Nullable Refusal check(Edit edit) {
    for (int i = 0; i < edit.managers().size(); i++) {
      Directory.User user = directory.user(edit.managers().get(i));
      if (user == null) {
        return Refusal.invalid("/managers", "there is no user '" + edit.managers().get(i) + "'");
      }
      if (user.role() == Role.MEMBER) {
        return Refusal.invalid(
            "/managers", "the user '" + user.id() + "' has the role member and can't lead a team");
      }
    }
    Set<String> seen = new HashSet<>(Set.of(edit.id()));
    for (String at = edit.parentId(); at != null; ) {
      if (!seen.add(at)) {
        return Refusal.invalid("/parent", "the team would lie below itself");
      }
      Team above = directory.team(at);
      if (above == null) {
        return Refusal.invalid("/parent", "there is no team '" + at + "'");
      }
      at = above.parentId();
    }
    return null;
  }
}
