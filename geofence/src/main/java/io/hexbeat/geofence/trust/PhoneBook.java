package io.hexbeat.geofence.trust;

import java.util.List;

/**
 * Which members have used a phone of late, over all shards: what DEVICE_SHARED is decided by. The
 * data plane supplies one that every shard may use at once; engines only ask and note.
 */
public interface PhoneBook {
  /** How long a use must be remembered at least: the widest window a policy may ask for. */
  long KEPT_MS = 48 * 3_600_000L;

  /** Notes that a member used a phone; uses may be told in any order. */
  void note(String phoneId, int memberHandle, long useMs);

  /** Whether another member used the phone within the window around {@code useMs}. */
  boolean sharedAt(String phoneId, int memberHandle, long useMs, long windowMs);

  /** The handles of the others of {@link #sharedAt}, the one who used it last first. */
  List<Integer> othersAt(String phoneId, int memberHandle, long useMs, long windowMs);

  /** Milliseconds between {@code useMs} and the nearest use by another, at most the window. */
  long nearestOtherUseMs(String phoneId, int memberHandle, long useMs, long windowMs);
}
