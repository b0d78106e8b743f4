package io.hexbeat.api.store;

import io.hexbeat.api.store.Directory.Device;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.Directory.User;
import io.hexbeat.ingest.DeviceRegistry;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members in PostgreSQL. Any thread; edits of one member follow each other and commit before
 * {@link Directory} and {@link DeviceRegistry} show them. A deleted member's row stays, because
 * journals name its handle; their devices are revoked and their account is deleted with them.
 */
public final class MemberBook {
  private final Pool pool;
  private final Directory directory;
  private final DeviceRegistry registry;
  private final EditLanes lanes;

  /** What an edit says of a member. */
  public record Edit(String id, String name, String teamId, @Nullable ZoneId zone) {}

  MemberBook(Pool pool, Directory directory, DeviceRegistry registry, EditLanes lanes) {
    this.pool = pool;
    this.directory = directory;
    this.registry = registry;
    this.lanes = lanes;
  }

  /** The lane of all that concerns one member and their devices. */
  static String lane(String memberId) {
    return "member:" + memberId;
  }

  public Future<Member> create(Actor actor, Edit edit) {
    return lanes.submit(
        Set.of(lane(edit.id())),
        () ->
            directory.member(edit.id()) == null
                ? store(actor, edit)
                : Future.failedFuture(
                    Refusal.conflict("The member '" + edit.id() + "' is there already.")));
  }

  /** Creates or replaces a member. */
  public Future<Member> put(Actor actor, Edit edit) {
    return lanes.submit(Set.of(lane(edit.id())), () -> store(actor, edit));
  }

  private Future<Member> store(Actor actor, Edit edit) {
    Member before = directory.member(edit.id());
    return pool.withTransaction(
            connection ->
                store(connection, edit)
                    .compose(
                        member ->
                            AuditLog.changed(
                                    connection,
                                    actor,
                                    "member.put",
                                    "member:" + member.id(),
                                    DirectoryJson.ofNullable(before),
                                    DirectoryJson.of(member))
                                .map(member)))
        .map(
            member -> {
              directory.put(member);
              // Doors carry the member's zone with the credential.
              directory.devicesOf(member.handle()).stream()
                  .filter(Device::active)
                  .forEach(device -> directory.admit(device, registry));
              return member;
            });
  }

  private static Future<Member> store(SqlConnection connection, Edit edit) {
    // The share lock keeps the team from being deleted before this row is there.
    return connection
        .preparedQuery(
            "with home as (select handle from teams where id = $3 and deleted_at is null for share)"
                + " insert into members (id, name, team, time_zone)"
                + " select $1, $2, handle, $4 from home"
                + " on conflict (id) where deleted_at is null"
                + " do update set name = excluded.name, team = excluded.team,"
                + " time_zone = excluded.time_zone, updated_at = now() returning handle")
        .execute(
            Tuple.of(
                edit.id(),
                edit.name(),
                edit.teamId(),
                edit.zone() == null ? null : edit.zone().getId()))
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw Refusal.invalid("/team", "there is no team '" + edit.teamId() + "'");
              }
              int handle = rows.iterator().next().getInteger(0);
              return new Member(handle, edit.id(), edit.name(), edit.teamId(), edit.zone());
            });
  }

  public Future<Void> delete(Actor actor, String memberId) {
    return lanes.submit(
        Set.of(lane(memberId), UserBook.LANE, TeamBook.LANE),
        () -> {
          Member member = directory.member(memberId);
          return member == null
              ? Future.failedFuture(Refusal.notFound("member", memberId))
              : deleteWithDevices(actor, member);
        });
  }

  private Future<Void> deleteWithDevices(Actor actor, Member member) {
    return pool.withTransaction(
            connection ->
                connection
                    .preparedQuery(
                        "with gone as (update members set deleted_at = now() where handle = $1),"
                            + " accounts as (delete from users where member = $1 and role = 'member'),"
                            + " unbound as (update users set member = null"
                            + " where member = $1 and role <> 'member'),"
                            + " passkeys_gone as (update passkeys set revoked_at = now()"
                            + " where member = $1 and revoked_at is null)"
                            + " update devices set revoked_at = now()"
                            + " where member = $1 and revoked_at is null returning "
                            + DeviceBook.COLUMNS)
                    .execute(Tuple.of(member.handle()))
                    .compose(
                        rows ->
                            AuditLog.changed(
                                    connection,
                                    actor,
                                    "member.delete",
                                    "member:" + member.id(),
                                    DirectoryJson.of(member).put("accounts", accountsOf(member)),
                                    null)
                                .map(rows)))
        .map(
            rows -> {
              for (Device device : DeviceBook.devices(rows)) {
                registry.revoke(device.tokenHash());
                directory.put(device);
              }
              directory.removeMember(member.id());
              directory.users().values().stream()
                  .filter(user -> member.id().equals(user.memberId()))
                  .toList()
                  .forEach(this::unbind);
              return null;
            });
  }

  /** Ids of the accounts that are deleted with the member. */
  private List<String> accountsOf(Member member) {
    return directory.users().values().stream()
        .filter(user -> user.role() == Role.MEMBER && member.id().equals(user.memberId()))
        .map(User::id)
        .toList();
  }

  private void unbind(User user) {
    if (user.role() == Role.MEMBER) {
      directory.removeUser(user.id());
    } else {
      directory.put(new User(user.id(), user.name(), user.role(), null, user.credentialsVersion()));
    }
  }
}
