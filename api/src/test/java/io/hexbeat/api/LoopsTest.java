package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LoopsTest {
  @Test
  void shouldServeOnEveryTransportThatRunsHere() throws Exception {
    List<String> available = Loops.available();
    assertTrue(available.contains("nio"));
    for (String name : available) {
      Vertx vertx = Loops.open(Loops.transport(name), 1);
      try {
        int port =
            await(
                    vertx
                        .createHttpServer()
                        .requestHandler(request -> request.response().end(name))
                        .listen(0, "127.0.0.1"))
                .actualPort();
        String answer =
            await(
                    vertx
                        .createHttpClient()
                        .request(HttpMethod.GET, port, "127.0.0.1", "/")
                        .compose(request -> request.send().compose(sent -> sent.body())))
                .toString();
        assertEquals(name, answer);
        assertEquals(!name.equals("nio"), vertx.isNativeTransportEnabled());
      } finally {
        await(vertx.close());
      }
    }
  }

  @Test
  void shouldTakeANativeTransportWhereThereIsOne() {
    List<String> available = Loops.available();
    String expected = available.contains("epoll") ? "epoll" : available.get(available.size() - 1);
    assertEquals(expected, Loops.transport("auto").name());
  }

  @Test
  void shouldNameWhatRunsHereWhenTheOneAskedForDoesNot() {
    for (String name : Loops.NAMES) {
      if (!name.equals("auto") && !Loops.available().contains(name)) {
        ConfigException refused = assertThrows(ConfigException.class, () -> Loops.transport(name));
        assertTrue(refused.getMessage().contains("nio"), refused::getMessage);
      }
    }
    assertEquals("nio", Loops.transport("nio").name());
    assertEquals(Transport.NIO, Loops.transport("nio"));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(20, TimeUnit.SECONDS);
  }
}
