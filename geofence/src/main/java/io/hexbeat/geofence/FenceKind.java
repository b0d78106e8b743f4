package io.hexbeat.geofence;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a fence stands for. Both kinds have presence and transitions; only a site is a place where
 * work is done, so only a site counts for punches and for being at one. Immutable; any thread.
 */
public enum FenceKind {
  /** A customer's place: a punch made inside it is made where it should be. */
  SITE,
  /** A territory, such as a whole neighbourhood: being inside it proves nothing. */
  AREA;

  private static final FenceKind[] ALL = values();

  private final String text = name().toLowerCase(Locale.ROOT);

  /** Lower case, as in the API and in the store: {@code site}. */
  public String text() {
    return text;
  }

  /** The kind the API calls so, or null. */
  public static @Nullable FenceKind ofText(String text) {
    for (FenceKind kind : ALL) {
      if (kind.text.equals(text)) {
        return kind;
      }
    }
    return null;
  }
}
