package io.hexbeat.api.http;

import io.hexbeat.api.auth.Access;
import io.hexbeat.api.enrol.DoorUrls;
import io.hexbeat.api.enrol.PhoneSetup;
import io.hexbeat.api.store.DeviceBook;
import io.hexbeat.api.store.DeviceBook.SigningEdit;
import io.hexbeat.api.store.Directory;
import io.hexbeat.api.store.Directory.Device;
import io.hexbeat.api.store.Directory.Member;
import io.hexbeat.api.store.DirectoryJson;
import io.hexbeat.api.store.MemberBook;
import io.hexbeat.api.store.Refusal;
import io.hexbeat.api.store.Store;
import io.hexbeat.geofence.CoordType;
import io.hexbeat.ingest.SigningKey.Algorithm;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The members and their phones. A member whom the asker doesn't see is answered as if they weren't
 * there. Runs on the requests' event loops.
 */
public final class MemberRoutes implements Routes {
  private final Store store;
  private final Directory directory;
  private final Supplier<DoorUrls> doors;

  /**
   * @param doors where phones reach the doors; asked at each enrolment
   */
  public MemberRoutes(Store store, Supplier<DoorUrls> doors) {
    this.store = store;
    this.directory = store.directory();
    this.doors = doors;
  }

  @Override
  public void mount(RouterBuilder builder) {
    builder.getRoute("listMembers").addHandler(Routes.json(this::list));
    builder
        .getRoute("createMember")
        .addHandler(
            Routes.json(
                201,
                call ->
                    store
                        .members()
                        .create(call.actor(), edit(call.body().getString("id"), call.body()))
                        .map(DirectoryJson::of)));
    builder
        .getRoute("getMember")
        .addHandler(Routes.json(call -> Future.succeededFuture(DirectoryJson.of(visible(call)))));
    builder
        .getRoute("putMember")
        .addHandler(
            Routes.json(
                call ->
                    store
                        .members()
                        .put(call.actor(), edit(AccountRoutes.sameId(call), call.body()))
                        .map(DirectoryJson::of)));
    builder
        .getRoute("deleteMember")
        .addHandler(Routes.empty(call -> store.members().delete(call.actor(), call.path("id"))));
    builder.getRoute("listDevices").addHandler(Routes.json(this::listDevices));
    builder.getRoute("enrolDevice").addHandler(Routes.json(201, this::enrol));
    builder.getRoute("editDevice").addHandler(Routes.json(this::editDevice));
    builder
        .getRoute("revokeDevice")
        .addHandler(
            Routes.empty(
                call ->
                    store.devices().revoke(call.actor(), visible(call).id(), call.path("device"))));
  }

  private Future<JsonObject> list(Call call) {
    Access access = call.access();
    String team = call.text("team");
    String text = call.text("q");
    String part = text == null ? null : text.toLowerCase(Locale.ROOT);
    return Future.succeededFuture(
        Page.of(
            call,
            "members",
            directory.membersById(),
            member ->
                access.sees(member)
                    && (team == null || directory.isWithin(member.teamId(), team))
                    && (part == null || has(member.id(), part) || has(member.name(), part)),
            DirectoryJson::of));
  }

  private static boolean has(String text, String lowerCasePart) {
    return text.toLowerCase(Locale.ROOT).contains(lowerCasePart);
  }

  private Future<JsonObject> listDevices(Call call) {
    Member member = visible(call);
    NavigableMap<String, Device> byHandle = new TreeMap<>();
    for (Device device : directory.devicesOf(member.handle())) {
      byHandle.put("%010d".formatted(device.handle()), device);
    }
    return Future.succeededFuture(
        Page.of(
            call,
            "devices",
            byHandle,
            device -> true,
            device -> DirectoryJson.of(device, member.id())));
  }

  private Future<JsonObject> enrol(Call call) {
    Member member = visible(call);
    JsonObject body = call.bodyOrEmpty();
    return store
        .devices()
        .enrol(
            call.actor(),
            member.id(),
            body.getString("id"),
            body.getString("label"),
            coordType(body),
            signing(body),
            call.access()::sees)
        .map(enrolled -> json(enrolled, member, call.flag("setup", true)));
  }

  private Future<JsonObject> editDevice(Call call) {
    Member member = visible(call);
    JsonObject body = call.body();
    return store
        .devices()
        .edit(
            call.actor(),
            member.id(),
            call.path("device"),
            new DeviceBook.Edit(
                body.getString("label"), body.containsKey("coord_type"), coordType(body)))
        .map(device -> DirectoryJson.of(device, member.id()));
  }

  private static @Nullable CoordType coordType(JsonObject body) {
    String name = body.getString("coord_type");
    return name == null ? null : CoordType.of(name);
  }

  /** Without a word about it a phone signs as before; null takes its key away. */
  private static SigningEdit signing(JsonObject body) {
    JsonObject signing = body.getJsonObject("signing");
    if (signing == null) {
      return body.containsKey("signing") ? new SigningEdit.Drop() : new SigningEdit.Keep();
    }
    boolean required = signing.getBoolean("required", false);
    String publicKey = signing.getString("public_key");
    boolean hs256 = Algorithm.of(signing.getString("alg")) == Algorithm.HS256;
    if (hs256 != (publicKey == null)) {
      throw Refusal.invalid(
          "/signing/public_key",
          hs256 ? "is not for HS256: the server makes the secret" : "is missing for EdDSA");
    }
    return hs256
        ? new SigningEdit.NewSecret(required)
        : new SigningEdit.PublicKey(publicKey, required);
  }

  private Member visible(Call call) {
    Member member = directory.member(call.path("id"));
    if (member == null || !call.access().sees(member)) {
      throw Problem.notFound("member", call.path("id"));
    }
    return member;
  }

  private static MemberBook.Edit edit(String id, JsonObject body) {
    return new MemberBook.Edit(
        id, body.getString("name"), body.getString("team"), zone(body.getString("time_zone")));
  }

  private static @Nullable ZoneId zone(@Nullable String id) {
    try {
      return id == null ? null : ZoneId.of(id);
    } catch (DateTimeException e) {
      throw Refusal.invalid(
          "/time_zone", "'" + id + "' is not an IANA time zone such as Asia/Shanghai");
    }
  }

  private JsonObject json(DeviceBook.Enrolled enrolled, Member member, boolean withSetup) {
    Device device = enrolled.device();
    JsonObject json = DirectoryJson.of(device, member.id());
    if (enrolled.signingSecret() != null) {
      json.getJsonObject("signing").put("secret", enrolled.signingSecret());
    }
    json.put("token", enrolled.token());
    return withSetup
        ? json.put(
            "setup", new PhoneSetup(doors.get(), member.id(), device.id(), enrolled.token()).json())
        : json;
  }
}
