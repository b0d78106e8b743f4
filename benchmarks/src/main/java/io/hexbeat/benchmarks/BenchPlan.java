package io.hexbeat.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What to measure and where to write it, from a command line. Immutable; any thread. What is not
 * allowed is an {@link IllegalArgumentException} that says what is.
 *
 * @param fences sizes of the city, ascending
 * @param traces names or files, each a row of its own for each size
 */
record BenchPlan(
    boolean quick,
    List<Integer> fences,
    List<String> traces,
    @Nullable Path json,
    @Nullable Path chart) {
  /** Where JTS, at 20 microseconds, is still a benchmark and the textbook's cells fit the heap. */
  static final int MOST_FENCES = 200_000;

  private static final List<Integer> SIZES = List.of(1_000, 10_000, 100_000);

  static final String HELP =
      """
      usage: hexbeat bench fences [options]

        --quick         fewer and shorter iterations, phone traces only; ends within 4 minutes on 2 cores
        --fences N,N    sizes of the city (default 1000,10000,100000)
        --traces CSV... traces of other phones, gzipped or not: user,timestamp_ms,lat,lon,alt (default phones buses)
        --json FILE     the figures for machines
        --chart FILE    the figures as SVG
        --help          this text

      Measures how long it takes to tell which fences contain a point, for random points (stateless) and for the
      fixes of many phones (stream), to compile an index and to edit it; beside us, in the same JMH run, JTS STRtree
      with PreparedGeometry, S2ContainsPointQuery, the textbook use of H3, and a linear scan (up to 1,000 fences).
      Each must find what we find before it is timed. Nothing else should run on the machine.
      """;

  BenchPlan {
    fences = List.copyOf(new TreeSet<>(fences));
    traces = List.copyOf(traces);
  }

  static BenchPlan parse(List<String> args) {
    boolean quick = false;
    List<Integer> fences = SIZES;
    List<String> traces = new ArrayList<>();
    Path json = null;
    Path chart = null;
    int i = 0;
    while (i < args.size()) {
      String option = args.get(i++);
      switch (option) {
        case "--quick" -> quick = true;
        case "--fences" -> fences = sizes(value(args, i++, option));
        case "--json" -> json = writable(value(args, i++, option), option);
        case "--chart" -> chart = writable(value(args, i++, option), option);
        case "--traces" -> {
          traces.add(trace(value(args, i++, option)));
          while (i < args.size() && !args.get(i).startsWith("--")) {
            traces.add(trace(args.get(i++)));
          }
        }
        default ->
            throw new IllegalArgumentException("unknown argument " + option + "; see --help");
      }
    }
    if (traces.isEmpty()) {
      traces.add(Traces.PHONES);
      if (!quick) {
        traces.add(Traces.BUSES);
      }
    }
    return new BenchPlan(quick, fences, traces, json, chart);
  }

  int largest() {
    return fences.get(fences.size() - 1);
  }

  static String value(List<String> args, int i, String option) {
    if (i >= args.size() || args.get(i).startsWith("--")) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return args.get(i);
  }

  /** Numbers of fences, with commas. */
  static List<Integer> sizes(String text) {
    List<Integer> sizes = new ArrayList<>();
    for (String size : text.split(",", -1)) {
      int read;
      try {
        read = Integer.parseInt(size.trim());
      } catch (NumberFormatException e) {
        read = 0;
      }
      if (read < 1 || read > MOST_FENCES) {
        throw new IllegalArgumentException(
            "--fences=" + text + " must be numbers from 1 to " + MOST_FENCES + " with commas");
      }
      sizes.add(read);
    }
    return sizes;
  }

  /** A bad file should be told before minutes of measuring. */
  private static String trace(String name) {
    if (!name.equals(Traces.PHONES) && !name.equals(Traces.BUSES)) {
      if (!Files.isReadable(Path.of(name))) {
        throw new IllegalArgumentException("--traces=" + name + " is no file that can be read");
      }
      Traces.check(name);
    }
    return name;
  }

  static Path writable(String name, String option) {
    Path file = Path.of(name).toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
      throw new IllegalArgumentException(option + "=" + name + " is no file in an existing folder");
    }
    return file;
  }
}
