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
    String said =
        reason
            .replaceFirst("^Instance does not match any of", "it must be one of")
            .replaceFirst("^Instance type (\\w+) is invalid\\. Expected", "a $1 is not a")
            .replaceFirst("^Instance does not match", "it does not match");
    return new Fault(pointer, said);
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
