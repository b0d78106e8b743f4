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
 * to the connection's loop. Grows to the highest number declared, which is bounded. An id is looked
 * up again with each run of its records: it may be enrolled, changed or revoked at any moment.
 */
final class TcpDevices {
  private final GatewayIdentity gateway;
  private final DeviceRegistry registry;
  private final DoorGuard guard;
  private @Nullable String[] ids = new String[0];

  /** Whether the gateway may send for the id. */
  private boolean[] allowed = new boolean[0];

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
      allowed = Arrays.copyOf(allowed, length);
      identities = Arrays.copyOf(identities, length);
      shares = Arrays.copyOf(shares, length);
    }
    ids[number] = id;
    allowed[number] = gateway.speaksFor(id);
    identities[number] = null;
    shares[number] = null;
  }

  boolean isDeclared(int number) {
    return number > 0 && number < ids.length && ids[number] != null;
  }

  /** Whose records come under a declared number now, or null while they can be nobody's. */
  @Nullable DeviceIdentity identity(int number) {
    String id = ids[number];
    DeviceIdentity now = id != null && allowed[number] ? registry.byId(id) : null;
    DeviceIdentity known = identities[number];
    if (now != null) {
      identities[number] = now;
      if (known == null || known.deviceHandle() != now.deviceHandle()) {
        shares[number] = guard.of(now.deviceHandle());
      }
    }
    return now;
  }

  /** What the device that {@link #identity} found takes of the doors, or null without one. */
  @Nullable DeviceShare share(int number) {
    return shares[number];
  }

  /** What the gateway is told about a declared number. */
  int state(int number) {
    if (!allowed[number]) {
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
