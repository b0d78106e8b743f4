package io.hexbeat.api.trust;

import io.hexbeat.api.store.Refusal;
import io.hexbeat.geofence.trust.TrustLimit;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.geofence.trust.TrustSignal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A trust policy as JSON: {@code {"limits": {name: number}, "weights": {CODE: number}}}. Stateless;
 * any thread. What can't be taken is refused with the pointer of its place.
 */
final class PolicyJson {
  private static final String LIMITS = "limits";
  private static final String WEIGHTS = "weights";

  private PolicyJson() {}

  /**
   * The policy that the JSON makes of the defaults; what it leaves out stays as they are.
   *
   * @throws Refusal where it is no policy
   */
  static TrustPolicy read(long version, JsonObject json, TrustPolicy defaults) {
    Map<TrustLimit, Long> limits = new EnumMap<>(TrustLimit.class);
    for (TrustLimit limit : TrustLimit.values()) {
      limits.put(limit, defaults.of(limit));
    }
    for (Map.Entry<String, Object> entry : object(json, LIMITS)) {
      TrustLimit limit = TrustLimit.ofCode(entry.getKey());
      String pointer = "/" + LIMITS + "/" + entry.getKey();
      if (limit == null) {
        throw Refusal.invalid(pointer, "there is no such limit");
      }
      limits.put(limit, number(pointer, entry.getValue(), limit.least(), limit.most()));
    }
    Map<TrustSignal, Integer> weights = new EnumMap<>(TrustSignal.class);
    for (Map.Entry<String, Object> entry : object(json, WEIGHTS)) {
      TrustSignal signal = signal(entry.getKey());
      String pointer = "/" + WEIGHTS + "/" + entry.getKey();
      if (signal == null) {
        throw Refusal.invalid(pointer, "there is no such signal");
      }
      weights.put(
          signal,
          (int) number(pointer, entry.getValue(), signal.leastWeight(), signal.mostWeight()));
    }
    try {
      return new TrustPolicy(version, limits, weights);
    } catch (IllegalArgumentException e) {
      throw Refusal.invalid("/" + LIMITS, String.valueOf(e.getMessage()));
    }
  }

  /** What differs from the defaults: what is stored. */
  static JsonObject differences(TrustPolicy policy, TrustPolicy defaults) {
    JsonObject limits = new JsonObject();
    for (TrustLimit limit : TrustLimit.values()) {
      if (policy.of(limit) != defaults.of(limit)) {
        limits.put(limit.code(), policy.of(limit));
      }
    }
    JsonObject weights = new JsonObject();
    for (TrustSignal signal : TrustSignal.values()) {
      if (policy.weight(signal) != signal.weight()) {
        weights.put(signal.code(), policy.weight(signal));
      }
    }
    return new JsonObject().put(LIMITS, limits).put(WEIGHTS, weights);
  }

  /** All of it, as it is answered, with what each may be. */
  static JsonObject whole(TrustPolicy policy, TrustPolicy defaults) {
    JsonObject limits = new JsonObject();
    JsonArray fields = new JsonArray();
    for (TrustLimit limit : TrustLimit.values()) {
      limits.put(limit.code(), policy.of(limit));
      fields.add(
          new JsonObject()
              .put("limit", limit.code())
              .put("default", defaults.of(limit))
              .put("min", limit.least())
              .put("max", limit.most())
              .put("text", limit.text()));
    }
    JsonObject weights = new JsonObject();
    for (TrustSignal signal : TrustSignal.values()) {
      weights.put(signal.code(), policy.weight(signal));
      fields.add(
          new JsonObject()
              .put("signal", signal.code())
              .put("default", signal.weight())
              .put("min", signal.leastWeight())
              .put("max", signal.mostWeight()));
    }
    return new JsonObject()
        .put("version", policy.version())
        .put(LIMITS, limits)
        .put(WEIGHTS, weights)
        .put("fields", fields);
  }

  private static JsonObject object(JsonObject json, String name) {
    return json.getValue(name) instanceof JsonObject object ? object : new JsonObject();
  }

  private static @Nullable TrustSignal signal(String code) {
    for (TrustSignal signal : TrustSignal.values()) {
      if (signal.code().equals(code)) {
        return signal;
      }
    }
    return null;
  }

  private static long number(String pointer, @Nullable Object value, long least, long most) {
    boolean whole = value instanceof Integer || value instanceof Long;
    if (!whole || ((Number) value).longValue() < least || ((Number) value).longValue() > most) {
      throw Refusal.invalid(
          pointer, "a whole number from " + least + " to " + most + " is allowed");
    }
    return ((Number) value).longValue();
  }
}
