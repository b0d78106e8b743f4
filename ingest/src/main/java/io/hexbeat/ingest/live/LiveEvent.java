package io.hexbeat.ingest.live;

/** Something that happened once and that watchers are told at once, in order. Immutable. */
public sealed interface LiveEvent {
  /** Whom it is about; decides who may see it. */
  int memberHandle();

  /**
   * A change of presence.
   *
   * @param kindCode ChangeKind's code: one of the public transitions
   * @param atMs when it happened, Unix milliseconds
   * @param inferred the pass lies between two fixes
   */
  record Transition(
      int memberHandle,
      int deviceHandle,
      int fenceHandle,
      int kindCode,
      long atMs,
      boolean inferred)
      implements LiveEvent {}

  /**
   * A punch with its verdict.
   *
   * @param json the receipt's fields plus {@code at, lat, lng, accuracy_m, device}; ids of member
   *     and team are added by who sends it
   */
  record Punch(int memberHandle, String json) implements LiveEvent {}

  /**
   * An alert was raised.
   *
   * @param json as journaled; ids of member and team are added by who sends it
   */
  record Alert(int memberHandle, String json) implements LiveEvent {}

  /**
   * A visit was opened, closed, amended or withdrawn.
   *
   * @param json as the API tells it; ids of member and team are added by who sends it
   */
  record Visit(int memberHandle, String json) implements LiveEvent {}

  /**
   * People or a job beside the line have changed an alert.
   *
   * @param json the alert as it is now, with {@code event}, without ids of member and team
   */
  record AlertChange(int memberHandle, String json) implements LiveEvent {}
}
