package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Answers what a phone asks that is no record: what is said about its member, and what they say to
 * that. A seam to the control plane, which may wait for PostgreSQL; the doors bound how many such
 * requests are under way. Asked on the doors' loops and answered on any thread.
 */
public interface MemberDesk {
  /** There is none. */
  MemberDesk NONE =
      new MemberDesk() {
        @Override
        public boolean has(String path) {
          return false;
        }

        @Override
        public Future<Answer> answer(
            DeviceIdentity who, @Nullable String address, String method, String path, Buffer body) {
          return Future.succeededFuture(Answer.problem(404, "Not found", "There is no desk."));
        }
      };

  /**
   * A whole answer.
   *
   * @param body JSON, or a problem document if the status is 400 or more
   */
  record Answer(int status, Buffer body) {
    public static Answer problem(int status, String title, String detail) {
      return new Answer(status, new ProblemBody(status, title, detail).toBuffer());
    }
  }

  /** Whether a path is one of the desk's. */
  boolean has(String path);

  /**
   * @param address where the phone is, for the audit log
   * @param body bounded by the door
   */
  Future<Answer> answer(
      DeviceIdentity who, @Nullable String address, String method, String path, Buffer body);
}
