package io.hexbeat.api;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A command about a backup's file, {@code hexbeat backup} or {@code hexbeat restore}: its words are
 * that file and what {@code serve} would be told. Immutable; any thread. Errors go to standard
 * error and become the exit code: 1 for work that failed, 2 for wrong words.
 *
 * @param name as it is typed
 * @param fileFlag before the file
 * @param failure what to say first when the work fails
 */
record BackupCommand(String name, String fileFlag, String help, String failure) {
  /** What the command does. */
  @FunctionalInterface
  interface Work {
    void run(Path file, ServerConfig config) throws Exception;
  }

  /** Returns the exit code. */
  int run(String[] words, PrintStream out, PrintStream err, Work work) {
    try {
      List<String> others = new ArrayList<>();
      Path file = null;
      for (int i = 0; i < words.length; i++) {
        if (words[i].equals("--help") || words[i].equals("-h")) {
          out.print(help);
          return 0;
        }
        if (!words[i].equals(fileFlag)) {
          others.add(words[i]);
        } else {
          file = ++i < words.length ? Path.of(words[i]).toAbsolutePath().normalize() : null;
        }
      }
      if (file == null) {
        throw new ConfigException(fileFlag + " FILE is missing; see hexbeat " + name + " --help");
      }
      CommandLine line = CommandLine.parse(others.toArray(String[]::new));
      work.run(file, ServerConfig.read(Settings.of(line.configFile(), line.settings())));
      return 0;
    } catch (ConfigException e) {
      err.println("hexbeat " + name + ": " + e.getMessage());
      return 2;
    } catch (Exception e) {
      err.println("hexbeat " + name + ": " + failure + ": " + e.getMessage());
      return 1;
    }
  }
}
