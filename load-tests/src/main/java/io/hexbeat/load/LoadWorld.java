package io.hexbeat.load;

import io.hexbeat.load.phone.Route;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a server must know for a load run: a team with its manager, fences, members and their
 * phones. Made over the API by an administrator; the keys of the phones are in the order of their
 * numbers. Members and fences stay what they are from run to run, phones are new ones.
 */
final class LoadWorld {
  /** What the ids of members begin with; the phone's number follows. */
  static final String MEMBER_PREFIX = "load-";

  static final String MANAGER = "load-manager";

  private static final String TEAM = "load";
  private static final int ENROL_LANES = 8;

  private final Api admin;
  private final LoadPlan plan;
  private final LoadCity city;
  private final FixClock clock;
  private final String run;

  /** A phone's id and credential. */
  record Key(String device, String token) {}

  private List<Key> phones = List.of();
  private List<Key> punchers = List.of();

  /**
   * Nothing is made yet.
   *
   * @param run tells this run's phones from those of others
   */
  LoadWorld(Api admin, LoadPlan plan, FixClock clock, String run) {
    this.admin = admin;
    this.plan = plan;
    this.clock = clock;
    this.city = new LoadCity(plan.fences());
    this.run = run;
  }

  /** Manager, team, fences, members and phones. */
  Future<Void> make(String managerPassword) {
    JsonObject team =
        new JsonObject().put("name", "Load").put("managers", new JsonArray().add(MANAGER));
    return admin
        .account(MANAGER, "manager", managerPassword)
        .compose(made -> admin.put("/v1/teams/" + TEAM, team))
        .compose(made -> admin.importFences(city.features()))
        .compose(made -> enrol(plan.devices(), MEMBER_PREFIX, "load-" + run + "-"))
        .onSuccess(keys -> phones = keys)
        .compose(made -> enrol(plan.punchers(), "punch-", "punch-" + run + "-"))
        .onSuccess(keys -> punchers = keys)
        .mapEmpty();
  }

  /** Phones that only stay connected. */
  Future<List<IdlePhone>> enrolIdle(int phones) {
    return enrol(phones, "idle-", "idle-phone-")
        .map(
            keys -> {
              List<IdlePhone> idle = new ArrayList<>();
              for (Key key : keys) {
                idle.add(new IdlePhone(idle.size(), key.device(), key.token()));
              }
              return idle;
            });
  }

  Key phone(int number) {
    return phones.get(number);
  }

  Route route(int number) {
    return city.route(number, clock);
  }

  Key puncher(int number) {
    return punchers.get(number);
  }

  /** Never used before: a repeated id would be answered with its first receipt. */
  String punchPrefix(int number) {
    return "ld" + run + "-" + number + "-";
  }

  FixClock clock() {
    return clock;
  }

  /** What a manager of that number asks its live socket for. */
  String subscription(int manager) {
    JsonObject subscribe = new JsonObject().put("type", "subscribe").put("rate_hz", plan.liveHz());
    if (plan.membersAView() < plan.devices()) {
      int view = manager % plan.views();
      long first = (long) view * plan.devices() / plan.views();
      JsonArray members = new JsonArray();
      for (int i = 0; i < plan.membersAView(); i++) {
        members.add(MEMBER_PREFIX + (first + i) % plan.devices());
      }
      subscribe.put("members", members);
    }
    return subscribe.encode();
  }

  private Future<List<Key>> enrol(int count, String members, String devices) {
    @Nullable Key[] keys = new @Nullable Key[count];
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(i);
    }
    return Api.inLanes(
            ENROL_LANES,
            numbers,
            number ->
                enrol(members + number, devices + number)
                    .onSuccess(token -> keys[number] = new Key(devices + number, token))
                    .mapEmpty())
        .map(made -> Arrays.stream(keys).map(Objects::requireNonNull).toList());
  }

  private Future<String> enrol(String member, String device) {
    return admin
        .put("/v1/members/" + member, new JsonObject().put("name", member).put("team", TEAM))
        .compose(made -> admin.enrol(member, device, "Load phone"));
  }
}
