package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.GatewayIdentity;
import io.hexbeat.ingest.wire.GatewayFrames;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The devices that a gateway has declared on one connection, by its own numbers for them. Belongs
 * to the connection's loop. Grows to the highest number declared, which is bounded. An id that is
 * nobody's today is looked up again with each record, since it may be enrolled at any moment.
 */
final class TcpDevices {
  private final GatewayIdentity gateway;
  private final DeviceRegistry registry;
  private final DoorGuard guard;
  private @Nullable String[] ids = new String[0];
  private @Nullable DeviceIdentity[] identities = new DeviceIdentity[0];
  private @Nullable DeviceShare[] shares = new DeviceShare[0];

  TcpDevices(GatewayIdentity gateway, DeviceRegistry registry, DoorGuard guard) {
    this.gateway = gateway;
    this.registry = registry;
    this.guard = guard;
  }

  /** Takes down what the number stands for from now on. */
  void declare(int number, String id) {
    if (number >= ids.length) {
      int length = Math.max(number + 1, ids.length * 2);
      ids = Arrays.copyOf(ids, length);
      identities = Arrays.copyOf(identities, length);
      shares = Arrays.copyOf(shares, length);
    }
    ids[number] = id;
    identities[number] = null;
  }

  boolean isDeclared(int number) {
    return number > 0 && number < ids.length && ids[number] != null;
  }

  /** Whose records come under a declared number, or null while they can be nobody's. */
  @Nullable DeviceIdentity identity(int number) {
    DeviceIdentity known = identities[number];
    if (known == null) {
      String id = ids[number];
      known = id != null && gateway.speaksFor(id) ? registry.byId(id) : null;
      identities[number] = known;
      shares[number] = known == null ? null : guard.of(known.deviceHandle());
    }
    return known;
  }

  /** What the device that {@link #identity} found takes of the doors, or null without one. */
  @Nullable DeviceShare share(int number) {
    return shares[number];
  }

  /** What the gateway is told about a declared number. */
  int state(int number) {
    String id = ids[number];
    if (id == null || !gateway.speaksFor(id)) {
      return GatewayFrames.DEVICE_NOT_YOURS;
    }
    return identity(number) == null ? GatewayFrames.DEVICE_UNKNOWN : GatewayFrames.DEVICE_OK;
  }

  /** Forgets an enrolment that has ended, and tells the numbers that stood for it. */
  void forget(DeviceIdentity gone, IntConsumer number) {
    for (int i = 1; i < identities.length; i++) {
      DeviceIdentity identity = identities[i];
      if (identity != null && identity.deviceHandle() == gone.deviceHandle()) {
        identities[i] = null;
        number.accept(i);
      }
    }
  }
}
