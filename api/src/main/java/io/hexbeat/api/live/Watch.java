package io.hexbeat.api.live;

import io.hexbeat.api.auth.Access;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one socket asked to see, narrowed to what its user may see. One loop. All parts must hold:
 * in one of the teams (or a team below it), one of the members, inside the box; a part that wasn't
 * given holds. The box is for positions only: events come wherever they happened. Rights are looked
 * up at each question, so that a member who moves to another team is gone at once.
 */
final class Watch implements LiveFeed.Filter {
  private static final int DEFAULT_RATE_HZ = 5;

  private final Access access;
  private final Directory directory;
  private final @Nullable Set<String> teams;
  private final @Nullable Set<String> members;
  private final @Nullable GeoBox box;
  private final int rateHz;

  private Watch(
      Access access,
      Directory directory,
      @Nullable Set<String> teams,
      @Nullable Set<String> members,
      @Nullable GeoBox box,
      int rateHz) {
    this.access = access;
    this.directory = directory;
    this.teams = teams;
    this.members = members;
    this.box = box;
    this.rateHz = rateHz;
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
    return new Watch(access, directory, teams, members, box(message), rateHz(message));
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

  private boolean sees(Member member) {
    return (members == null || members.contains(member.id()))
        && (teams == null || inTeams(member, teams))
        && access.sees(member);
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
        && number.intValue() >= 1
        && number.intValue() <= Subscription.MAX_RATE_HZ) {
      return number.intValue();
    }
    throw new BadMessageException("/rate_hz", "must be 1.." + Subscription.MAX_RATE_HZ);
  }
}
