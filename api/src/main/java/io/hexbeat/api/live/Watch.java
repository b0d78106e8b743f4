package io.hexbeat.api.live;

import io.hexbeat.api.auth.Access;
import io.hexbeat.api.auth.Scope;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.GeoBox;
import io.hexbeat.api.store.Refusal;
import io.hexbeat.ingest.live.LiveFeed;
import io.hexbeat.ingest.live.Subscription;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a socket asked to see, narrowed to a scope. Immutable; one loop. All parts must hold: in one
 * of the teams (or a team below it), one of the members, inside the box; a part that wasn't given
 * holds. The box is for positions only: events come wherever they happened. Teams are looked up at
 * each question, so that a member who moves to another one is gone at once. Equal watches see the
 * same, whoever's they are: what is sent by them is made once.
 */
final class Watch implements LiveFeed.Filter {
  private static final int DEFAULT_RATE_HZ = 5;

  private final Scope scope;
  private final Directory directory;
  private final @Nullable Set<String> teams;
  private final @Nullable Set<String> members;
  private final @Nullable GeoBox box;
  private final int rateHz;
  private final int hash;

  private Watch(
      Scope scope,
      Directory directory,
      @Nullable Set<String> teams,
      @Nullable Set<String> members,
      @Nullable GeoBox box,
      int rateHz) {
    this.scope = scope;
    this.directory = directory;
    this.teams = teams;
    this.members = members;
    this.box = box;
    this.rateHz = rateHz;
    this.hash = Objects.hash(scope, teams, members, box, rateHz);
  }

  /**
   * Reads a subscribe message.
   *
   * @throws BadMessageException naming the field that can't be taken
   */
  static Watch of(JsonObject message, Access access, Directory directory, int maxNamed) {
    Set<String> teams = names(message, "teams", maxNamed);
    if (teams != null) {
      for (String id : teams) {
        Directory.Team team = directory.team(id);
        if (team == null || !access.sees(team)) {
          throw new BadMessageException("/teams", "there is no team '" + id + "'");
        }
      }
    }
    Set<String> members = names(message, "members", maxNamed);
    if (members != null) {
      for (String id : members) {
        Member member = directory.member(id);
        if (member == null || !access.sees(member)) {
          throw new BadMessageException("/members", "there is no member '" + id + "'");
        }
      }
    }
    return new Watch(access.scope(), directory, teams, members, box(message), rateHz(message));
  }

  /** The same for who may see others now; this one if nothing has changed. */
  Watch within(Scope now) {
    return scope.equals(now) ? this : new Watch(now, directory, teams, members, box, rateHz);
  }

  int rateHz() {
    return rateHz;
  }

  @Override
  public boolean sees(int memberHandle) {
    Member member = directory.member(memberHandle);
    return member != null && sees(member);
  }

  @Override
  public boolean covers(int latE7, int lngE7) {
    return box == null || box.contains(latE7, lngE7);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Watch watch
            && hash == watch.hash
            && rateHz == watch.rateHz
            && scope.equals(watch.scope)
            && Objects.equals(teams, watch.teams)
            && Objects.equals(members, watch.members)
            && Objects.equals(box, watch.box));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  private boolean sees(Member member) {
    return (members == null || members.contains(member.id()))
        && (teams == null || inTeams(member, teams))
        && scope.sees(member);
  }

  private boolean inTeams(Member member, Set<String> wanted) {
    for (String team : wanted) {
      if (directory.isWithin(member.teamId(), team)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Set<String> names(JsonObject message, String field, int maxNamed) {
    Object value = message.getValue(field);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonArray array) || array.size() > maxNamed) {
      throw new BadMessageException("/" + field, "must be a list of at most " + maxNamed + " ids");
    }
    Set<String> names = new HashSet<>();
    for (Object name : array) {
      if (!(name instanceof String id)) {
        throw new BadMessageException("/" + field, "must be a list of ids");
      }
      names.add(id);
    }
    return names;
  }

  private static @Nullable GeoBox box(JsonObject message) {
    Object value = message.getValue("bbox");
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonArray array) || array.size() != 4) {
      throw new BadMessageException("/bbox", "must be [west, south, east, north]");
    }
    List<Double> degrees = new ArrayList<>();
    for (Object number : array) {
      degrees.add(number instanceof Number known ? known.doubleValue() : Double.NaN);
    }
    try {
      return GeoBox.of(degrees);
    } catch (Refusal e) {
      throw new BadMessageException("/bbox", String.valueOf(e.getMessage()));
    }
  }

  private static int rateHz(JsonObject message) {
    Object value = message.getValue("rate_hz");
    if (value == null) {
      return DEFAULT_RATE_HZ;
    }
    if (value instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= Subscription.UNLIMITED_RATE
        && number.intValue() <= Subscription.MAX_RATE_HZ) {
      return number.intValue();
    }
    throw new BadMessageException(
        "/rate_hz", "must be 1.." + Subscription.MAX_RATE_HZ + ", or 0 for no limit");
  }
}
