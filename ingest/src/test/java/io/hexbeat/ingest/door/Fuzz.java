package io.hexbeat.ingest.door;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The long form of fuzzing, {@code ./hexbeat fuzz}: one target or all of them one after the other,
 * each for a time. Ends with 1 if something was found, with 2 if it can't be told what is wanted.
 */
public final class Fuzz {
  private static final int DEFAULT_SECONDS = 60;

  private final PrintStream out;
  private final Path dir;
  private final List<FuzzTarget> targets = new ArrayList<>();
  private int seconds = DEFAULT_SECONDS;
  private long seed;
  private Path input = Path.of("");

  private Fuzz(PrintStream out, Path dir) {
    this.out = out;
    this.dir = dir;
  }

  public static void main(String[] args) throws Exception {
    Fuzz fuzz = new Fuzz(System.out, Path.of(args[0]));
    int status;
    try {
      status = fuzz.parse(List.of(args).subList(1, args.length)) ? fuzz.run() : 0;
    } catch (IllegalArgumentException e) {
      System.err.println("hexbeat: " + e.getMessage() + "; see hexbeat fuzz --help");
      status = 2;
    }
    System.exit(status);
  }

  /** False if only help was wanted, which is given. */
  private boolean parse(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      switch (arg) {
        case "--help", "-h" -> {
          help();
          return false;
        }
        case "--seconds" -> seconds = (int) number(args, ++i, 1, 86_400);
        case "--seed" -> seed = number(args, ++i, 1, Integer.MAX_VALUE);
        case "--input" -> input = Path.of(value(args, ++i));
        default -> targets.add(target(arg));
      }
    }
    if (!input.toString().isEmpty() && targets.size() != 1) {
      throw new IllegalArgumentException("--input needs the one target that reads it");
    }
    return true;
  }

  private int run() throws Exception {
    if (!input.toString().isEmpty()) {
      return replay();
    }
    long from = seed != 0 ? seed : 1 + (System.nanoTime() & 0x3FFF_FFFF);
    out.println("seed=" + from);
    int found = 0;
    for (FuzzTarget target : targets.isEmpty() ? FuzzTarget.single() : targets) {
      FuzzRun.Result result =
          new FuzzRun(target, dir.resolve(target.label()), from)
              .seconds(seconds, line -> out.println(target.label() + " " + line));
      out.printf(
          "%s: %d executions in %d s, %d places reached, %s%n",
          target.label(),
          result.executions(),
          result.seconds(),
          result.coverage(),
          result.clean() ? "nothing found" : "FOUND");
      if (!result.clean()) {
        found++;
        tell(target, result);
      }
    }
    return found == 0 ? 0 : 1;
  }

  private void tell(FuzzTarget target, FuzzRun.Result result) {
    out.println(result.finding());
    if (result.input() != null) {
      out.println("The input is " + result.input());
      out.println(
          "To see it again: ./hexbeat fuzz " + target.label() + " --input " + result.input());
      out.println(
          "To keep it, copy it to fuzz/found/" + target.label() + " of the test resources.");
    }
  }

  private int replay() throws Exception {
    byte[] bytes = Files.readAllBytes(input);
    try {
      targets.get(0).law().check(bytes);
    } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError e) {
      e.printStackTrace(out);
      return 1;
    }
    out.println(targets.get(0).label() + ": nothing is wrong with " + input);
    return 0;
  }

  private static FuzzTarget target(String label) {
    try {
      return FuzzTarget.of(label);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("target '" + label + "' does not exist", e);
    }
  }

  private static String value(List<String> args, int at) {
    if (at >= args.size()) {
      throw new IllegalArgumentException(args.get(at - 1) + " needs a value");
    }
    return args.get(at);
  }

  private static long number(List<String> args, int at, long min, long max) {
    String text = value(args, at);
    long number = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : -1;
    if (number < min || number > max) {
      throw new IllegalArgumentException(
          args.get(at - 1) + "=" + text + " is not within [" + min + ", " + max + "]");
    }
    return number;
  }

  private void help() {
    out.println(
        """
        usage: hexbeat fuzz [TARGET...] [--seconds S] [--seed N]
               hexbeat fuzz TARGET --input FILE

        Fuzzes the decoders with Jazzer, guided by coverage: each target for S seconds (60), all of them unless some
        are named. What a run has learnt and found stays in ingest/target/fuzz, and the next goes on from there.
        Ends with 1 if an input breaks a law of its decoder, and says how to see it again (--input).
        """);
    for (FuzzTarget target : FuzzTarget.values()) {
      out.printf("  %-11s %s%n", target.label(), target.reads());
    }
  }
}
