package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.StateFields;
import io.hexbeat.geofence.trust.PhoneBook;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The phone book of all shards. Any thread; a look-up locks nothing, nor does a note of a phone's
 * only member; another locks one entry of a hash table for some nanoseconds. Notes that would add
 * less than {@link #FINENESS_MS} are skipped. Holds at most {@code maxPhones} phones with {@link
 * #MEMBERS_A_PHONE} members each. When full, phones unseen for {@link #KEPT_MS} leave; where none
 * can, new phones are not noted, so that sharing of theirs goes unseen and nothing else fails.
 */
final class SharedPhoneBook implements PhoneBook {
  /** Enough to name who shares; a further member takes the place of the one unseen longest. */
  static final int MEMBERS_A_PHONE = 4;

  static final long FINENESS_MS = 60_000;

  private static final long SWEEP_EVERY_MS = 600_000;

  private final int maxPhones;
  private final ConcurrentHashMap<String, Uses> byPhone = new ConcurrentHashMap<>();
  private final AtomicLong sweptAtMs = new AtomicLong(Long.MIN_VALUE);

  SharedPhoneBook(int maxPhones) {
    if (maxPhones < 1) {
      throw new IllegalArgumentException("maxPhones=" + maxPhones + " is not positive");
    }
    this.maxPhones = maxPhones;
  }

  /** Phones noted. */
  int size() {
    return byPhone.size();
  }

  @Override
  public void note(String phoneId, int memberHandle, long useMs) {
    Uses uses = byPhone.get(phoneId);
    if (uses == null) {
      noteNew(phoneId, memberHandle, useMs);
    } else if (uses.isOnlyOf(memberHandle)) {
      uses.prolong(useMs);
    } else if (useMs - uses.lastUseMs(memberHandle) >= FINENESS_MS
        || uses.lastUseMs(memberHandle) == Uses.NEVER) {
      byPhone.merge(phoneId, Uses.NONE.with(memberHandle, useMs), Uses::mergedWith);
    }
  }

  @Override
  public boolean sharedAt(String phoneId, int memberHandle, long useMs, long windowMs) {
    Uses uses = byPhone.get(phoneId);
    if (uses == null || uses.isOnlyOf(memberHandle)) {
      return false;
    }
    for (int i = 0; i < uses.members.length; i++) {
      if (uses.members[i] != memberHandle && Math.abs(uses.useMs(i) - useMs) <= windowMs) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<Integer> othersAt(String phoneId, int memberHandle, long useMs, long windowMs) {
    List<Integer> others = new ArrayList<>();
    Uses uses = byPhone.getOrDefault(phoneId, Uses.NONE);
    for (int i = 0; i < uses.members.length; i++) {
      if (uses.members[i] != memberHandle && Math.abs(uses.useMs(i) - useMs) <= windowMs) {
        others.add(uses.members[i]);
      }
    }
    return others;
  }

  @Override
  public long nearestOtherUseMs(String phoneId, int memberHandle, long useMs, long windowMs) {
    long nearest = windowMs;
    Uses uses = byPhone.getOrDefault(phoneId, Uses.NONE);
    for (int i = 0; i < uses.members.length; i++) {
      if (uses.members[i] != memberHandle) {
        nearest = Math.min(nearest, Math.abs(uses.useMs(i) - useMs));
      }
    }
    return nearest;
  }

  /**
   * Every phone and who used it, kept, or added to what is there: shards restore into one book. By
   * one thread a book while it keeps.
   */
  void keep(StateFields fields) {
    List<String> phoneIds =
        fields.restoring() ? List.of() : byPhone.keySet().stream().sorted().toList();
    int count = fields.i32(phoneIds.size());
    for (int i = 0; i < count; i++) {
      String phoneId = fields.required(fields.restoring() ? "" : phoneIds.get(i));
      Uses uses = Uses.kept(fields, byPhone.getOrDefault(phoneId, Uses.NONE));
      if (fields.restoring()) {
        byPhone.merge(phoneId, uses, Uses::mergedWith);
      }
    }
  }

  private void noteNew(String phoneId, int memberHandle, long useMs) {
    if (byPhone.size() >= maxPhones) {
      sweep(useMs);
      if (byPhone.size() >= maxPhones) {
        return;
      }
    }
    byPhone.merge(phoneId, Uses.NONE.with(memberHandle, useMs), Uses::mergedWith);
  }

  private void sweep(long nowMs) {
    long swept = sweptAtMs.get();
    boolean due = swept == Long.MIN_VALUE || nowMs - swept >= SWEEP_EVERY_MS;
    if (due && sweptAtMs.compareAndSet(swept, nowMs)) {
      byPhone.values().removeIf(uses -> uses.newestMs() < nowMs - KEPT_MS);
    }
  }

  /**
   * Members of one phone, the one seen last first. Replaced whole when who uses it changes; the
   * last use of a phone's only member is written in place, since that is every phone's every
   * minute. Who replaces it at that moment may keep the use before.
   */
  private static final class Uses {
    static final long NEVER = Long.MIN_VALUE;

    /** No member's handle. */
    private static final int NOBODY = Integer.MIN_VALUE;

    private static final VarHandle TIMES = MethodHandles.arrayElementVarHandle(long[].class);
    static final Uses NONE = new Uses(new int[0], new long[0]);

    final int[] members;
    final long[] useMs;

    /** The only member, {@link #NOBODY} for none or several: of most phones all that is asked. */
    private final int only;

    private Uses(int[] members, long[] useMs) {
      this.members = members;
      this.useMs = useMs;
      this.only = members.length == 1 ? members[0] : NOBODY;
    }

    long useMs(int i) {
      return (long) TIMES.getOpaque(useMs, i);
    }

    /** Whether nobody else has used it. */
    boolean isOnlyOf(int memberHandle) {
      return only == memberHandle;
    }

    /** Its only member used it again. */
    void prolong(long atMs) {
      if (atMs - useMs(0) >= FINENESS_MS) {
        TIMES.setOpaque(useMs, 0, atMs);
      }
    }

    /** Kept, or restored whatever is given. */
    static Uses kept(StateFields fields, Uses uses) {
      int count = fields.i32(uses.members.length);
      int[] members = Arrays.copyOf(uses.members, count);
      long[] useMs = Arrays.copyOf(uses.useMs, count);
      fields.i32s(members, count);
      fields.i64s(useMs, count);
      return new Uses(members, useMs);
    }

    long lastUseMs(int memberHandle) {
      for (int i = 0; i < members.length; i++) {
        if (members[i] == memberHandle) {
          return useMs(i);
        }
      }
      return NEVER;
    }

    long newestMs() {
      return useMs.length == 0 ? NEVER : useMs(0);
    }

    Uses mergedWith(Uses other) {
      Uses merged = this;
      for (int i = 0; i < other.members.length; i++) {
        merged = merged.with(other.members[i], other.useMs(i));
      }
      return merged;
    }

    Uses with(int memberHandle, long atMs) {
      long newestMs = Math.max(atMs, lastUseMs(memberHandle));
      int[] newMembers = new int[members.length + 1];
      long[] newUseMs = new long[members.length + 1];
      int count = 0;
      boolean placed = false;
      for (int i = 0; i < members.length; i++) {
        if (!placed && newestMs >= useMs(i)) {
          newMembers[count] = memberHandle;
          newUseMs[count++] = newestMs;
          placed = true;
        }
        if (members[i] != memberHandle) {
          newMembers[count] = members[i];
          newUseMs[count++] = useMs(i);
        }
      }
      if (!placed) {
        newMembers[count] = memberHandle;
        newUseMs[count++] = newestMs;
      }
      int kept = Math.min(count, MEMBERS_A_PHONE);
      return new Uses(Arrays.copyOf(newMembers, kept), Arrays.copyOf(newUseMs, kept));
    }
  }
}
