package io.hexbeat.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words after {@code hexbeat backup} and {@code hexbeat restore}: the backup's file, and what
 * {@code serve} would be told. Immutable; any thread.
 */
record BackupWords(@Nullable Path target, @Nullable ServerConfig settings) {
  static BackupWords parse(String command, String fileFlag, String[] words) {
    List<String> others = new ArrayList<>();
    Path target = null;
    for (int i = 0; i < words.length; i++) {
      if (words[i].equals("--help") || words[i].equals("-h")) {
        return new BackupWords(null, null);
      }
      if (!words[i].equals(fileFlag)) {
        others.add(words[i]);
      } else if (++i < words.length) {
        target = Path.of(words[i]).toAbsolutePath().normalize();
      } else {
        target = null;
      }
    }
    if (target == null) {
      throw new ConfigException(fileFlag + " FILE is missing; see hexbeat " + command + " --help");
    }
    CommandLine line = CommandLine.parse(others.toArray(String[]::new));
    return new BackupWords(
        target, ServerConfig.read(Settings.of(line.configFile(), line.settings())));
  }

  boolean help() {
    return target == null;
  }

  Path file() {
    if (target == null) {
      throw new IllegalStateException("help was asked for");
    }
    return target;
  }

  ServerConfig config() {
    if (settings == null) {
      throw new IllegalStateException("help was asked for");
    }
    return settings;
  }
}
