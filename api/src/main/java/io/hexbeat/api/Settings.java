package io.hexbeat.api;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Key-value settings of the command line and a properties file, read once into {@link
 * ServerConfig}. The command line wins over the file. Each typed getter states what is allowed;
 * {@link #refuseUnknown} then names keys that nobody asked for. One thread.
 */
final class Settings {
  private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h|d)");

  private final Map<String, String> values;
  private final Set<String> asked = new TreeSet<>();
  private final Map<String, String> effective = new LinkedHashMap<>();

  private Settings(Map<String, String> values) {
    this.values = values;
  }

  /** Merges the file, where there is one, with what the command line said. */
  static Settings of(@Nullable Path file, Map<String, String> commandLine) {
    Map<String, String> values = new HashMap<>();
    if (file != null) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        properties.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new ConfigException(
            "--config", file.toString(), "it must be a readable properties file (" + e + ")");
      }
      properties
          .stringPropertyNames()
          .forEach(key -> values.put(key, properties.getProperty(key).strip()));
    }
    values.putAll(commandLine);
    return new Settings(values);
  }

  String text(String key, String fallback) {
    asked.add(key);
    String value = values.getOrDefault(key, fallback);
    effective.put(key, key.contains("uri") ? masked(value) : value);
    return value;
  }

  @Nullable String optional(String key) {
    asked.add(key);
    String value = values.get(key);
    if (value == null || value.isEmpty()) {
      return null;
    }
    effective.put(key, key.contains("uri") ? masked(value) : value);
    return value;
  }

  long number(String key, long fallback, long min, long max) {
    String value = text(key, Long.toString(fallback));
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below, with the range
    }
    throw new ConfigException(
        key, value, "a whole number from " + min + " to " + max + " is allowed");
  }

  int port(String key, int fallback) {
    return (int) number(key, fallback, 0, 65_535);
  }

  boolean flag(String key, boolean fallback) {
    return choice(key, fallback ? "true" : "false", List.of("true", "false")).equals("true");
  }

  /** For instance 250ms, 30s, 5m, 12h, 400d. */
  Duration duration(String key, String fallback, Duration min, Duration max) {
    String value = text(key, fallback);
    Matcher matcher = DURATION.matcher(value.toLowerCase(Locale.ROOT));
    if (matcher.matches() && matcher.group(1).length() <= 15) {
      long amount = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(Math.min(amount, 1_000_000));
          };
      if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
        return duration;
      }
    }
    throw new ConfigException(
        key,
        value,
        "a duration such as 250ms, 30s, 5m, 12h or 7d, from "
            + human(min)
            + " to "
            + human(max)
            + ", is allowed");
  }

  String choice(String key, String fallback, List<String> allowed) {
    String value = text(key, fallback);
    if (!allowed.contains(value)) {
      throw new ConfigException(key, value, "one of " + String.join(", ", allowed) + " is allowed");
    }
    return value;
  }

  /** Called when everything has been asked for. */
  void refuseUnknown() {
    for (String key : new TreeSet<>(values.keySet())) {
      if (!asked.contains(key)) {
        throw new ConfigException(
            "setting " + key + " does not exist; the settings are: " + String.join(", ", asked));
      }
    }
  }

  /** What is in force, secrets masked, for the log. */
  Map<String, String> effective() {
    return effective;
  }

  private static String masked(String uri) {
    return uri.replaceAll("://([^:/@]+):[^@]*@", "://$1:***@")
        .replaceAll("(password=)[^&]*", "$1***");
  }

  private static String human(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
