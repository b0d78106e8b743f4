package io.hexbeat.ingest.door;

import java.util.List;

/**
 * A body of which nothing is stored: not what its door speaks, or beyond a limit. Carries what the
 * client is told; no stack trace, since a hostile client can ask for many.
 */
final class RefusedBodyException extends Exception {
  private final transient ProblemBody problem;

  private RefusedBodyException(ProblemBody problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  static RefusedBodyException malformed(String detail, List<InputError> errors) {
    return new RefusedBodyException(new ProblemBody(400, "Malformed body", detail, errors));
  }

  static RefusedBodyException malformed(String detail, String pointer, String reason) {
    return malformed(detail, List.of(new InputError(pointer, reason)));
  }

  static RefusedBodyException tooManyRecords(int max) {
    return new RefusedBodyException(
        new ProblemBody(
            413,
            "Too many records",
            "A request may hold " + max + " records; send the rest in another.",
            List.of()));
  }

  static RefusedBodyException inflatesTooFar(int maxBytes, int maxRatio) {
    return new RefusedBodyException(
        new ProblemBody(
            413,
            "Body too large",
            "Inflated, a body may be "
                + maxBytes
                + " bytes and "
                + maxRatio
                + " times what was sent; send less at once.",
            List.of()));
  }

  ProblemBody problem() {
    return problem;
  }
}
