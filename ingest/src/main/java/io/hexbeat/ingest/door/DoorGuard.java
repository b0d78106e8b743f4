package io.hexbeat.ingest.door;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every phone and every address within its {@link FairShare}, over all doors and loops. Any
 * thread. Holds a number for each address that is connected and some hundred bytes for each device
 * that has authenticated, which bounds it by the number of enrolments. Refuses by return value; the
 * door counts and closes.
 */
public final class DoorGuard {
  private static final int IPV6_NETWORK_GROUPS = 4;

  private final FairShare share;
  private final Map<String, Integer> connectionsByAddress = new ConcurrentHashMap<>();
  private final Map<Integer, DeviceShare> byDevice = new ConcurrentHashMap<>();

  public DoorGuard(FairShare share) {
    this.share = share;
  }

  /** Counts a connection in if its address may have one more; then {@link #left} must follow. */
  public boolean entered(@Nullable String address) {
    String network = network(address);
    if (connectionsByAddress.merge(network, 1, Integer::sum) <= share.connectionsPerAddress()) {
      return true;
    }
    left(address);
    return false;
  }

  public void left(@Nullable String address) {
    connectionsByAddress.computeIfPresent(
        network(address), (network, count) -> count == 1 ? null : count - 1);
  }

  /** What the device takes of the doors; to be asked once a connection, not once a request. */
  public DeviceShare of(int deviceHandle) {
    DeviceShare known = byDevice.get(deviceHandle);
    return known != null
        ? known
        : byDevice.computeIfAbsent(
            deviceHandle, handle -> new DeviceShare(share, System.nanoTime()));
  }

  /**
   * The address itself, or the first 64 bits of IPv6: whoever has one such address has all of them.
   */
  static String network(@Nullable String address) {
    if (address == null) {
      return "";
    }
    int colon = -1;
    for (int group = 0; group < IPV6_NETWORK_GROUPS; group++) {
      colon = address.indexOf(':', colon + 1);
      if (colon < 0) {
        return address;
      }
    }
    return address.substring(0, colon);
  }
}
