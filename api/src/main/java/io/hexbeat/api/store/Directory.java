package io.hexbeat.api.store;

import io.hexbeat.geofence.CoordType;
import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.SigningKey.Algorithm;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All reference data but the fences and the password hashes, in memory: users, teams, members and
 * devices. Any thread reads without waiting; the store writes after its transaction has committed.
 * Holds a few hundred bytes a member. What was deleted is not found by id any more; a revoked
 * device is still found by handle, because old records name it.
 */
public final class Directory {
  private final ZoneId defaultZone;
  private final SigningSecrets secrets;
  private final ConcurrentSkipListMap<String, User> users = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<String, Team> teams = new ConcurrentSkipListMap<>();
  private final Map<Integer, Team> teamByHandle = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<String, Member> members = new ConcurrentSkipListMap<>();
  private final Map<Integer, Member> memberByHandle = new ConcurrentHashMap<>();
  private final Map<Integer, Device> deviceByHandle = new ConcurrentHashMap<>();
  private final Map<Integer, Set<Integer>> devicesByMember = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<String, Device> activeDevices = new ConcurrentSkipListMap<>();

  /** Written once at start, read by the edits of users. */
  private volatile Consumer<String> credentialsListener = userId -> {};

  /** Written under the monitor when teams change, read by any thread. */
  private volatile Hierarchy hierarchy = Hierarchy.EMPTY;

  /**
   * An account.
   *
   * @param name for people, or null
   * @param memberId the member that they are, or null
   * @param credentialsVersion changes with the password; a token carries it
   */
  public record User(
      String id,
      @Nullable String name,
      Role role,
      @Nullable String memberId,
      long credentialsVersion) {}

  /**
   * A team.
   *
   * @param managers ids of the users who lead it, in order
   */
  public record Team(
      int handle, String id, String name, @Nullable String parentId, List<String> managers) {
    public Team {
      managers = List.copyOf(managers);
    }
  }

  /**
   * A person in the field.
   *
   * @param ownZone the time zone given for them, or null for the server's
   */
  public record Member(
      int handle, String id, String name, String teamId, @Nullable ZoneId ownZone) {}

  /**
   * One enrolment of a phone: the same phone under another member is another device.
   *
   * @param label for people, or null
   * @param tokenHash SHA-256 of its token, lower-case hex
   * @param revokedMs when its token was refused for good, or null while it is taken
   * @param coordType the coordinate system of positions that don't name one, or null for the door's
   * @param signing how it signs its records, or null if it doesn't
   */
  public record Device(
      int handle,
      String id,
      @Nullable String label,
      int memberHandle,
      String tokenHash,
      long enrolledMs,
      @Nullable Long revokedMs,
      @Nullable CoordType coordType,
      @Nullable Signing signing) {
    public boolean active() {
      return revokedMs == null;
    }
  }

  /**
   * How a phone signs its records.
   *
   * @param material of HS256 the salt of its secret, of EdDSA its public key; base64url
   * @param number tells the phone's keys apart, from 1
   * @param required whether its records are refused without a signature
   */
  public record Signing(Algorithm algorithm, String material, int number, boolean required) {}

  /** Which teams lie within which, and who leads what; rebuilt whole when a team changes. */
  private record Hierarchy(Map<String, Set<String>> within, Map<String, Set<String>> ledBy) {
    static final Hierarchy EMPTY = new Hierarchy(Map.of(), Map.of());

    static Hierarchy of(Map<String, Team> teams) {
      Map<String, Set<String>> within = new HashMap<>();
      Map<String, Set<String>> ledBy = new HashMap<>();
      for (Team team : teams.values()) {
        Set<String> seen = new HashSet<>();
        for (Team at = team; at != null && seen.add(at.id()); ) {
          within.computeIfAbsent(at.id(), id -> new HashSet<>()).add(team.id());
          for (String manager : at.managers()) {
            ledBy.computeIfAbsent(manager, id -> new HashSet<>()).add(team.id());
          }
          at = at.parentId() == null ? null : teams.get(at.parentId());
        }
      }
      ledBy.replaceAll((user, led) -> Collections.unmodifiableSet(led));
      return new Hierarchy(within, ledBy);
    }
  }

  public Directory(ZoneId defaultZone) {
    this(defaultZone, SigningSecrets.passing());
  }

  Directory(ZoneId defaultZone, SigningSecrets secrets) {
    this.defaultZone = defaultZone;
    this.secrets = secrets;
  }

  /**
   * Reads everything from PostgreSQL and tells the doors which device tokens hold.
   *
   * @param defaultZone for members without one of their own
   * @param secrets makes the keys of devices that sign
   */
  static Future<Directory> load(
      Pool pool, ZoneId defaultZone, DeviceRegistry registry, SigningSecrets secrets) {
    Directory directory = new Directory(defaultZone, secrets);
    return pool.query(
            "select t.handle, t.id, t.name, p.id as parent,"
                + " array(select user_id from team_managers m where m.team = t.handle"
                + " order by user_id) as managers"
                + " from teams t left join teams p on p.handle = t.parent"
                + " where t.deleted_at is null")
        .mapping(
            row ->
                new Team(
                    row.getInteger("handle"),
                    row.getString("id"),
                    row.getString("name"),
                    row.getString("parent"),
                    List.of(row.getArrayOfStrings("managers"))))
        .execute()
        .compose(
            rows -> {
              List<Team> all = new ArrayList<>();
              rows.forEach(all::add);
              directory.putTeams(all);
              return pool.query(
                      "select m.handle, m.id, m.name, t.id as team, m.time_zone"
                          + " from members m join teams t on t.handle = m.team"
                          + " where m.deleted_at is null")
                  .execute();
            })
        .compose(
            rows -> {
              for (Row row : rows) {
                String zone = row.getString("time_zone");
                directory.put(
                    new Member(
                        row.getInteger("handle"),
                        row.getString("id"),
                        row.getString("name"),
                        row.getString("team"),
                        zone == null ? null : ZoneId.of(zone)));
              }
              return pool.query("select " + DeviceBook.COLUMNS + " from devices").execute();
            })
        .compose(
            rows -> {
              for (Device device : DeviceBook.devices(rows)) {
                directory.put(device);
                if (device.active()) {
                  directory.admit(device, registry);
                }
              }
              return pool.query(
                      "select u.id, u.name, u.role, m.id as member, u.credentials_version"
                          + " from users u left join members m on m.handle = u.member")
                  .execute();
            })
        .map(
            rows -> {
              for (Row row : rows) {
                directory.put(
                    new User(
                        row.getString("id"),
                        row.getString("name"),
                        Role.ofCode(row.getString("role")),
                        row.getString("member"),
                        row.getLong("credentials_version")));
              }
              return directory;
            });
  }

  public @Nullable User user(String id) {
    return users.get(id);
  }

  /** All users by id, in order. */
  public NavigableMap<String, User> users() {
    return Collections.unmodifiableNavigableMap(users);
  }

  public @Nullable Team team(String id) {
    return teams.get(id);
  }

  public @Nullable Team team(int handle) {
    return teamByHandle.get(handle);
  }

  /** All teams by id, in order. */
  public NavigableMap<String, Team> teams() {
    return Collections.unmodifiableNavigableMap(teams);
  }

  public @Nullable Member member(String id) {
    return members.get(id);
  }

  public @Nullable Member member(int handle) {
    return memberByHandle.get(handle);
  }

  /** All members, in the order of their ids. */
  public Collection<Member> members() {
    return Collections.unmodifiableCollection(members.values());
  }

  /** All members by id, in order. */
  public NavigableMap<String, Member> membersById() {
    return Collections.unmodifiableNavigableMap(members);
  }

  /** A device, revoked or not. */
  public @Nullable Device device(int handle) {
    return deviceByHandle.get(handle);
  }

  /** The device that has this id now; a revoked one is not found. */
  public @Nullable Device device(String id) {
    return activeDevices.get(id);
  }

  /** The devices of a member, revoked ones too, oldest first. */
  public List<Device> devicesOf(int memberHandle) {
    return devicesByMember.getOrDefault(memberHandle, Set.of()).stream()
        .sorted()
        .map(deviceByHandle::get)
        .toList();
  }

  /** The zone for a member's hours: their own or the server's. */
  public ZoneId zoneOf(Member member) {
    ZoneId own = member.ownZone();
    return own == null ? defaultZone : own;
  }

  /** Whether the user leads the team or one above it. */
  public boolean leads(String userId, String teamId) {
    return teamsLedBy(userId).contains(teamId);
  }

  /**
   * Ids of the teams that the user leads and of all below them; the same set until teams change.
   */
  public Set<String> teamsLedBy(String userId) {
    return hierarchy.ledBy().getOrDefault(userId, Set.of());
  }

  /** Whether a team is the other one or lies below it. */
  public boolean isWithin(String teamId, String aboveTeamId) {
    return hierarchy.within().getOrDefault(aboveTeamId, Set.of()).contains(teamId);
  }

  /** The team and all below it; empty if there is no such team. */
  public Set<String> teamsWithin(String teamId) {
    return Collections.unmodifiableSet(hierarchy.within().getOrDefault(teamId, Set.of()));
  }

  /** Tells the doors whom the device's token speaks for; a device without a member is left out. */
  void admit(Device device, DeviceRegistry registry) {
    Member member = memberByHandle.get(device.memberHandle());
    Signing signing = device.signing();
    if (member != null) {
      registry.put(
          device.tokenHash(),
          new DeviceIdentity(
              device.handle(),
              device.id(),
              member.handle(),
              member.id(),
              zoneOf(member),
              device.coordType(),
              signing == null ? null : secrets.key(signing)));
    }
  }

  /** Tells of each account that is gone, or whose password or role is another than before. */
  void onCredentialsChanged(Consumer<String> listener) {
    credentialsListener = listener;
  }

  void put(User user) {
    User before = users.put(user.id(), user);
    if (before != null && before.credentialsVersion() != user.credentialsVersion()) {
      credentialsListener.accept(user.id());
    }
  }

  void removeUser(String id) {
    users.remove(id);
    credentialsListener.accept(id);
  }

  synchronized void put(Team team) {
    putQuietly(team);
    hierarchy = Hierarchy.of(teams);
  }

  synchronized void putTeams(Collection<Team> all) {
    all.forEach(this::putQuietly);
    hierarchy = Hierarchy.of(teams);
  }

  private void putQuietly(Team team) {
    teams.put(team.id(), team);
    teamByHandle.put(team.handle(), team);
  }

  synchronized void removeTeam(String id) {
    Team gone = teams.remove(id);
    if (gone != null) {
      teamByHandle.remove(gone.handle());
    }
    hierarchy = Hierarchy.of(teams);
  }

  /** The user leads no team any more. */
  synchronized void dropManager(String userId) {
    List<Team> led =
        teams.values().stream().filter(team -> team.managers().contains(userId)).toList();
    for (Team team : led) {
      putQuietly(
          new Team(
              team.handle(),
              team.id(),
              team.name(),
              team.parentId(),
              team.managers().stream().filter(id -> !id.equals(userId)).toList()));
    }
    hierarchy = Hierarchy.of(teams);
  }

  void put(Member member) {
    members.put(member.id(), member);
    memberByHandle.put(member.handle(), member);
  }

  void removeMember(String id) {
    Member gone = members.remove(id);
    if (gone != null) {
      memberByHandle.remove(gone.handle());
    }
  }

  void put(Device device) {
    deviceByHandle.put(device.handle(), device);
    devicesByMember
        .computeIfAbsent(device.memberHandle(), member -> ConcurrentHashMap.newKeySet())
        .add(device.handle());
    if (device.active()) {
      activeDevices.put(device.id(), device);
    } else {
      activeDevices.computeIfPresent(
          device.id(), (id, there) -> there.handle() == device.handle() ? null : there);
    }
  }
}
