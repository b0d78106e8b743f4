package io.hexbeat.ingest;

import java.util.List;
import java.util.Set;

/**
 * For which devices a gateway's credential may send. Immutable; any thread.
 *
 * @param handle the store's number for it; one that is made again has a new one
 * @param id the gateway's name
 * @param deviceIds devices named one by one
 * @param devicePrefixes beginnings of device ids; whoever is enrolled under such an id is meant
 */
public record GatewayIdentity(
    int handle, String id, Set<String> deviceIds, List<String> devicePrefixes) {
  public GatewayIdentity {
    deviceIds = Set.copyOf(deviceIds);
    devicePrefixes = List.copyOf(devicePrefixes);
  }

  /** Whether it may send for the device of this id. */
  public boolean speaksFor(String deviceId) {
    if (deviceIds.contains(deviceId)) {
      return true;
    }
    for (String prefix : devicePrefixes) {
      if (deviceId.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
