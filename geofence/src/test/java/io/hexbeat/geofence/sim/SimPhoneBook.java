package io.hexbeat.geofence.sim;

import io.hexbeat.geofence.trust.PhoneBook;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who used which phone when, without bounds. One thread. */
final class SimPhoneBook implements PhoneBook {
  private final Map<String, Map<Integer, Long>> uses = new HashMap<>();

  @Override
  public void note(String phoneId, int memberHandle, long useMs) {
    uses.computeIfAbsent(phoneId, phone -> new HashMap<>(2)).merge(memberHandle, useMs, Math::max);
  }

  @Override
  public boolean sharedAt(String phoneId, int memberHandle, long useMs, long windowMs) {
    Map<Integer, Long> members = uses.get(phoneId);
    return members != null
        && (members.size() > 1 || !members.containsKey(memberHandle))
        && nearestOtherUseMs(phoneId, memberHandle, useMs, windowMs) < windowMs;
  }

  @Override
  public List<Integer> othersAt(String phoneId, int memberHandle, long useMs, long windowMs) {
    List<Integer> others = new ArrayList<>();
    uses.getOrDefault(phoneId, Map.of())
        .forEach(
            (member, atMs) -> {
              if (member != memberHandle && Math.abs(atMs - useMs) < windowMs) {
                others.add(member);
              }
            });
    return others;
  }

  @Override
  public long nearestOtherUseMs(String phoneId, int memberHandle, long useMs, long windowMs) {
    long nearest = windowMs;
    for (Map.Entry<Integer, Long> use : uses.getOrDefault(phoneId, Map.of()).entrySet()) {
      if (use.getKey() != memberHandle) {
        nearest = Math.min(nearest, Math.abs(use.getValue() - useMs));
      }
    }
    return nearest;
  }
}
