package io.hexbeat.api.store;

import io.hexbeat.api.store.Directory.Device;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.Directory.Signing;
import io.hexbeat.api.store.Directory.Team;
import io.hexbeat.api.store.Directory.User;
import io.hexbeat.api.store.GatewayBook.Gateway;
import io.hexbeat.geofence.CoordType;
import io.hexbeat.ingest.SigningKey.Algorithm;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * Reference data as the API and the audit log show it: never a password, a token, its hash or what
 * a secret is made of. Stateless; any thread.
 */
public final class DirectoryJson {
  private DirectoryJson() {}

  public static JsonObject of(User user) {
    JsonObject json = new JsonObject().put("id", user.id());
    if (user.name() != null) {
      json.put("name", user.name());
    }
    json.put("role", user.role().code());
    if (user.memberId() != null) {
      json.put("member", user.memberId());
    }
    return json;
  }

  public static JsonObject of(Team team) {
    JsonObject json = new JsonObject().put("id", team.id()).put("name", team.name());
    if (team.parentId() != null) {
      json.put("parent", team.parentId());
    }
    return json.put("managers", new JsonArray(team.managers()));
  }

  public static JsonObject of(Member member) {
    JsonObject json =
        new JsonObject()
            .put("id", member.id())
            .put("name", member.name())
            .put("team", member.teamId());
    ZoneId zone = member.ownZone();
    return zone == null ? json : json.put("time_zone", zone.getId());
  }

  /**
   * @param memberId whose it is
   */
  public static JsonObject of(Device device, String memberId) {
    JsonObject json = new JsonObject().put("id", device.id()).put("member", memberId);
    if (device.label() != null) {
      json.put("label", device.label());
    }
    CoordType coordType = device.coordType();
    if (coordType != null) {
      json.put("coord_type", coordType.jsonName());
    }
    Signing signing = device.signing();
    if (signing != null) {
      json.put("signing", of(signing));
    }
    json.put("enrolled_at", Times.iso(device.enrolledMs()));
    Long revokedMs = device.revokedMs();
    return revokedMs == null ? json : json.put("revoked_at", Times.iso(revokedMs));
  }

  public static JsonObject of(Gateway gateway) {
    JsonObject json = new JsonObject().put("id", gateway.id());
    if (gateway.label() != null) {
      json.put("label", gateway.label());
    }
    return json.put("devices", new JsonArray(gateway.devices()))
        .put("device_prefixes", new JsonArray(gateway.devicePrefixes()))
        .put("created_at", Times.iso(gateway.createdMs()));
  }

  static @Nullable JsonObject ofNullable(@Nullable User user) {
    return user == null ? null : of(user);
  }

  static @Nullable JsonObject ofNullable(@Nullable Team team) {
    return team == null ? null : of(team);
  }

  static @Nullable JsonObject ofNullable(@Nullable Member member) {
    return member == null ? null : of(member);
  }

  static @Nullable JsonObject ofNullable(@Nullable Gateway gateway) {
    return gateway == null ? null : of(gateway);
  }

  /** A public key may be seen by whoever sees the phone; a secret's salt is nobody's business. */
  private static JsonObject of(Signing signing) {
    JsonObject json =
        new JsonObject()
            .put("alg", signing.algorithm().jsonName())
            .put("required", signing.required());
    return signing.algorithm() == Algorithm.EDDSA
        ? json.put("public_key", signing.material())
        : json;
  }
}
