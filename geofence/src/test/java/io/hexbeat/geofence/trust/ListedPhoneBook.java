package io.hexbeat.geofence.trust;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The naive twin of the phone book: every use in a list, one thread, without limits. */
final class ListedPhoneBook implements PhoneBook {
  private record Use(String phoneId, int memberHandle, long useMs) {}

  private final List<Use> uses = new ArrayList<>();

  @Override
  public void note(String phoneId, int memberHandle, long useMs) {
    uses.removeIf(
        use ->
            use.phoneId.equals(phoneId) && use.memberHandle == memberHandle && use.useMs <= useMs);
    uses.add(new Use(phoneId, memberHandle, useMs));
  }

  @Override
  public boolean sharedAt(String phoneId, int memberHandle, long useMs, long windowMs) {
    return !othersAt(phoneId, memberHandle, useMs, windowMs).isEmpty();
  }

  @Override
  public List<Integer> othersAt(String phoneId, int memberHandle, long useMs, long windowMs) {
    return uses.stream()
        .filter(use -> use.phoneId.equals(phoneId) && use.memberHandle != memberHandle)
        .filter(use -> Math.abs(use.useMs - useMs) <= windowMs)
        .sorted(Comparator.comparingLong(Use::useMs).reversed())
        .map(Use::memberHandle)
        .distinct()
        .toList();
  }

  @Override
  public long nearestOtherUseMs(String phoneId, int memberHandle, long useMs, long windowMs) {
    return uses.stream()
        .filter(use -> use.phoneId.equals(phoneId) && use.memberHandle != memberHandle)
        .mapToLong(use -> Math.abs(use.useMs - useMs))
        .filter(gap -> gap <= windowMs)
        .min()
        .orElse(windowMs);
  }
}
