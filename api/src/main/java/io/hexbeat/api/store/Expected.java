package io.hexbeat.api.store;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an edit was made of, as {@code If-Match} and {@code If-None-Match} of RFC 9110 say it, so
 * that two editors can't undo each other unseen. Immutable; any thread. A tag that is no version
 * matches nothing; a weak one counts like a strong one, for proxies that compress make them weak.
 *
 * @param existing whether there must be something, or must be nothing; null if nobody cares
 * @param versions of which it must be one, or null for any
 */
public record Expected(@Nullable Boolean existing, @Nullable Set<Long> versions) {
  /** The last one wins. */
  public static final Expected ANYTHING = new Expected(null, null);

  private static final String ANY = "*";

  public Expected {
    versions = versions == null ? null : Set.copyOf(versions);
  }

  /** Of a request's headers, each null if it has none. */
  public static Expected of(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
    if (ifMatch != null) {
      return new Expected(true, ifMatch.strip().equals(ANY) ? null : versions(ifMatch));
    }
    boolean absent = ifNoneMatch != null && ifNoneMatch.strip().equals(ANY);
    return absent ? new Expected(false, null) : ANYTHING;
  }

  /**
   * Whether the edit may go on.
   *
   * @param version of what is stored, or null if nothing is
   */
  public boolean isMetBy(@Nullable Long version) {
    if (existing != null && existing != (version != null)) {
      return false;
    }
    return versions == null || (version != null && versions.contains(version));
  }

  private static Set<Long> versions(String tags) {
    Set<Long> versions = new HashSet<>();
    for (String tag : tags.split(",", -1)) {
      try {
        versions.add(Long.valueOf(tag.strip().replaceAll("^(W/)?\"|\"$", "")));
      } catch (NumberFormatException e) {
        // Nothing here has ever had that tag.
      }
    }
    return versions;
  }
}
