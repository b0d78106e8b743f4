package io.hexbeat.load.demo;

import io.hexbeat.load.Api;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The demo's company: one team for each part of the city under one for all of it, a manager for
 * each, and a member with a phone for each vehicle. Members are named after their part of the city
 * and their vehicle: nobody is invented. Everything is made through the public API, on the caller's
 * Vert.x context, and may be made again over an earlier demo's.
 */
final class Company {
  /** Who sees everything. */
  static final String MANAGER = "manager";

  private static final String ALL = "austin";

  /** Parts of the city, told apart by where a vehicle spends its day. */
  enum Part {
    NORTH("Austin North"),
    CENTRAL("Austin Central"),
    EAST("Austin East"),
    SOUTH("Austin South");

    private static final double NORTH_OF_DEGREES = 30.305;
    private static final double SOUTH_OF_DEGREES = 30.256;
    private static final double EAST_OF_DEGREES = -97.735;

    private final String title;

    Part(String title) {
      this.title = title;
    }

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Part of(TraceFix middle) {
      if (middle.latDegrees() > NORTH_OF_DEGREES) {
        return NORTH;
      }
      if (middle.latDegrees() < SOUTH_OF_DEGREES) {
        return SOUTH;
      }
      return middle.lngDegrees() > EAST_OF_DEGREES ? EAST : CENTRAL;
    }
  }

  private Company() {}

  /** The users and teams. */
  static Future<Void> found(Api admin, String password) {
    return admin
        .account(MANAGER, "manager", password)
        .compose(made -> team(admin, ALL, "Austin", MANAGER))
        .compose(
            made -> Api.oneAfterAnother(List.of(Part.values()), p -> part(admin, p, password)));
  }

  /**
   * A member with a phone for each shift.
   *
   * @param run names the phones: what an earlier demo's phone said last is newer than where this
   *     one's day begins
   */
  static Future<List<Replay.Rep>> hire(Api admin, List<Shift> shifts, String run) {
    Map<Part, Integer> counts = new EnumMap<>(Part.class);
    List<Replay.Rep> reps = new ArrayList<>();
    return Api.oneAfterAnother(
            shifts,
            shift -> {
              Part part = Part.of(shift.middle());
              int number = counts.merge(part, 1, Integer::sum);
              return hire(admin, part, number, shift, run).onSuccess(reps::add).mapEmpty();
            })
        .map(done -> reps);
  }

  private static Future<Void> part(Api admin, Part part, String password) {
    return admin
        .account(part.id(), "manager", password)
        .compose(
            made ->
                admin.put(
                    "/v1/teams/austin-" + part.id(),
                    new JsonObject()
                        .put("name", part.title)
                        .put("parent", ALL)
                        .put("managers", new JsonArray().add(part.id()))))
        .mapEmpty();
  }

  private static Future<JsonObject> team(Api admin, String id, String name, String manager) {
    return admin.put(
        "/v1/teams/" + id,
        new JsonObject().put("name", name).put("managers", new JsonArray().add(manager)));
  }

  private static Future<Replay.Rep> hire(
      Api admin, Part part, int number, Shift shift, String run) {
    String id = String.format(Locale.ROOT, "%s-%02d", part.id(), number);
    String bus = shift.vehicle().replace("bus-", "bus ");
    String name =
        String.format(Locale.ROOT, "%s %02d (%s)", part.title.replace("Austin ", ""), number, bus);
    JsonObject member =
        new JsonObject()
            .put("name", name)
            .put("team", "austin-" + part.id())
            .put("time_zone", "America/Chicago");
    return admin
        .put("/v1/members/" + id, member)
        .compose(made -> admin.enrol(id, "phone-" + id + "-" + run, "Phone in " + bus))
        .map(token -> new Replay.Rep(id, token, shift));
  }
}
