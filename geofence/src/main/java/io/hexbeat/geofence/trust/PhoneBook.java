package io.hexbeat.geofence.trust;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Which members have used a phone of late, over all shards. Any thread; an update locks one entry
 * of a hash table for some nanoseconds, a look-up locks nothing. Holds at most {@code maxPhones}
 * phones with {@link #MEMBERS_A_PHONE} members each. When full, phones unseen for the window leave;
 * when none can leave, new phones are not noted.
 */
public final class PhoneBook {
  /** Enough to name who shares; a fifth member takes the place of the one unseen longest. */
  static final int MEMBERS_A_PHONE = 4;

  private final int maxPhones;
  private final ConcurrentHashMap<String, Users> byPhone = new ConcurrentHashMap<>();

  /** Members of one phone; immutable, replaced whole. */
  private record Users(int[] members, long[] lastUseMs) {}

  public PhoneBook(int maxPhones) {
    this.maxPhones = maxPhones;
  }

  /** Phones noted. */
  public int size() {
    return byPhone.size();
  }
}
