package io.hexbeat.load;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command line of {@code --name value} and {@code --flag}. Immutable after {@link #parse}; any
 * thread. A name that is not allowed, or a value out of range, is an {@link
 * IllegalArgumentException} that names the option, the value and what is allowed.
 */
public final class Args {
  private final Map<String, String> values;

  private Args(Map<String, String> values) {
    this.values = values;
  }

  /** Names are given without their dashes. */
  public static Args parse(String[] argv, Set<String> valued, Set<String> flags) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < argv.length; i++) {
      String name = argv[i].startsWith("--") ? argv[i].substring(2) : "";
      if (flags.contains(name)) {
        values.put(name, "true");
      } else if (valued.contains(name) && i + 1 < argv.length) {
        values.put(name, argv[++i]);
      } else if (valued.contains(name)) {
        throw new IllegalArgumentException("--" + name + " needs a value");
      } else {
        throw new IllegalArgumentException("unknown argument " + argv[i] + "; see --help");
      }
    }
    return new Args(values);
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public @Nullable String text(String name) {
    return values.get(name);
  }

  public String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  public int integer(String name, int otherwise, int least, int most) {
    String given = values.get(name);
    if (given == null) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(given);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below, with what is allowed
    }
    throw new IllegalArgumentException(
        "--" + name + "=" + given + " must be a number from " + least + " to " + most);
  }
}
