package io.hexbeat.api;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SIGTERM and SIGINT do: the first stops the server in order, the second ends the process at
 * once, which a shutdown hook can't, since the JVM ignores signals while hooks run. Set up once, by
 * the main thread. Reaches the JDK's signal class by name, because compilers warn of it; where
 * there is none, a shutdown hook does what it can.
 */
final class StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  private StopSignals() {}

  /** From now on; {@code stop} runs on a thread of its own and ends the process. */
  static void listen(Runnable stop) {
    AtomicBoolean stopping = new AtomicBoolean();
    Runnable onSignal =
        () -> {
          if (stopping.compareAndSet(false, true)) {
            new Thread(stop, "hexbeat-stop").start();
          } else {
            System.err.println("hexbeat: ended at once by a second signal");
            System.err.flush();
            Runtime.getRuntime().halt(1);
          }
        };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              StopSignals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  onSignal.run();
                }
                return null;
              });
      Method handle = signal.getMethod("handle", signal, handler);
      for (String name : List.of("TERM", "INT")) {
        handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      LOG.info("signals can't be told apart here, a second one waits for the first: {}", e + "");
      Runtime.getRuntime().addShutdownHook(new Thread(stop, "hexbeat-stop"));
    }
  }
}
