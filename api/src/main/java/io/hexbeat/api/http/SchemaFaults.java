package io.hexbeat.api.http;

import io.hexbeat.api.http.Problem.Fault;
import io.vertx.json.schema.OutputUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says in a client's words what the schema validator found. The validator reports each fault again
 * for every schema around it; of those only the innermost is kept. Stateless; any thread.
 */
final class SchemaFaults {
  private static final int TOLD_MAX = 20;
  private static final Pattern MISSING = Pattern.compile("required property \"(.*)\"$");
  private static final String SURROUNDING = "does not match schema";
  private static final String SURPLUS = "does not match additional properties schema";
  private static final String SUBSCHEMA = "subschema";
  private static final String ITEMS = "Items did not match schema";
  private static final Pattern BOUNDS =
      Pattern.compile(
          "^(String is too (?:short|long)|Array has too (?:few|many) items) \\([ +]*(\\d+) [<>] (\\d+)\\)$");
  private static final Pattern RANGE =
      Pattern.compile(
          "^(\\S+) is (less than or equal to|greater than or equal to|less than|greater than) (\\S+)$");

  /** The only texts that are ten characters at least are times. */
  private static final String TIME_CHARS = "10";

  private SchemaFaults() {}

  /**
   * The faults behind a validation.
   *
   * @param base pointer to what was validated
   */
  static List<Fault> of(String base, List<OutputUnit> units) {
    List<Fault> faults = new ArrayList<>();
    for (OutputUnit unit : units) {
      String reason = String.valueOf(unit.getError());
      if (!reason.endsWith(SURROUNDING)
          && !reason.endsWith(SURPLUS)
          && !reason.equals(ITEMS)
          && !reason.contains(SUBSCHEMA)) {
        add(faults, fault(base + pointer(unit), reason));
      }
    }
    // A property that is known but wrong is called surplus, too.
    for (OutputUnit unit : units) {
      String pointer = base + pointer(unit);
      if (String.valueOf(unit.getError()).endsWith(SURPLUS)
          && faults.stream().noneMatch(fault -> isWithin(fault.pointer(), pointer))) {
        add(faults, new Fault(pointer, "there is no such property"));
      }
    }
    return faults;
  }

  private static Fault fault(String pointer, String reason) {
    Matcher missing = MISSING.matcher(reason);
    if (missing.find()) {
      return new Fault(pointer + "/" + missing.group(1), "it is missing");
    }
    return new Fault(pointer, said(pointer, reason));
  }

  /** What is allowed, where the validator only says that something is not. */
  private static String said(String pointer, String reason) {
    Matcher bounds = BOUNDS.matcher(reason);
    if (bounds.matches()) {
      return outOfBounds(bounds.group(1), bounds.group(2), bounds.group(3));
    }
    Matcher range = RANGE.matcher(reason);
    if (range.matches()) {
      return "it must be "
          + allowed(range.group(2))
          + " "
          + range.group(3)
          + ", not "
          + range.group(1);
    }
    if (reason.endsWith("does not match pattern")) {
      return pattern(pointer);
    }
    return reason
        .replaceFirst("^Instance does not match any of", "it must be one of")
        .replaceFirst("^Instance type (\\w+) is invalid\\. Expected", "a $1 is not a")
        .replaceFirst("^Instance does not match", "it does not match")
        .replaceAll("\\ba (array|object|integer)\\b", "an $1");
  }

  private static String outOfBounds(String what, String is, String bound) {
    if (what.endsWith("short") && bound.equals(TIME_CHARS)) {
      return "it must be a time with its offset or Z, such as 2026-11-21T08:00:00Z";
    }
    String unit = what.startsWith("Array") ? " entries" : " characters";
    boolean few = what.contains("short") || what.contains("few");
    return "it must have at " + (few ? "least " : "most ") + bound + unit + ", not " + is;
  }

  private static String allowed(String broken) {
    return switch (broken) {
      case "less than" -> "at least";
      case "greater than" -> "at most";
      case "less than or equal to" -> "more than";
      default -> "less than";
    };
  }

  /** The patterns of the contract, in words. */
  private static String pattern(String pointer) {
    if (pointer.contains("/opening_hours/")) {
      return "a span is HH:MM-HH:MM, such as 08:00-12:30";
    }
    return pointer.endsWith("/date")
        ? "it must be a day, such as 2026-11-22"
        : "it must have 1 to 64 characters, of A-Z, a-z, 0-9 and . _ : - only";
  }

  private static String pointer(OutputUnit unit) {
    String location = unit.getInstanceLocation();
    return location.startsWith("#") ? location.substring(1) : location;
  }

  private static boolean isWithin(String pointer, String around) {
    return pointer.equals(around) || pointer.startsWith(around + "/");
  }

  private static void add(List<Fault> faults, Fault fault) {
    if (faults.size() < TOLD_MAX && !faults.contains(fault)) {
      faults.add(fault);
    }
  }
}
