package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SignatureChecksTest {
  @Test
  void shouldRefuseWhatWouldWaitTooLongAndTellTheLoopWhenItIsDone() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Context loop = vertx.getOrCreateContext();
      SignatureChecks checks = new SignatureChecks();
      List<SignatureCheck> many = wrong(200);
      CompletableFuture<Context> done = new CompletableFuture<>();

      assertTrue(checks.run(many, loop, () -> done.complete(Vertx.currentContext())));
      assertFalse(checks.run(wrong(SignatureChecks.MAX_WAITING), loop, () -> {}));
      assertSame(loop, done.get(20, TimeUnit.SECONDS));
      assertFalse(many.get(0).right());

      CompletableFuture<Boolean> last = new CompletableFuture<>();
      assertTrue(checks.run(wrong(1), loop, () -> last.complete(true)));
      assertTrue(last.get(20, TimeUnit.SECONDS));
    } finally {
      OpenDoors.await(vertx.close());
    }
  }

  private static List<SignatureCheck> wrong(int count) {
    byte[] signature = new byte[64];
    signature[0] = 1;
    SignatureCheck check =
        new SignatureCheck(Signer.ed25519().key(1, true), new byte[10], signature, new byte[10], 0);
    return Collections.nCopies(count, check);
  }
}
