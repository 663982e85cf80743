package gpuvae.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Turns the first Ctrl-C (or SIGTERM, or SIGHUP) into a request, and the second into an end at
 * once.
 *
 * <p>A shutdown hook could not do that: it runs when the JVM already ends, races with the thread
 * that still saves, and a second Ctrl-C is then ignored. So the signals themselves are handled, by
 * sun.misc.Signal, through reflection: javac warns of it with a warning that cannot be suppressed.
 * Where it is missing (or java runs with -Xrs), Ctrl-C ends the JVM as ever.
 */
final class Interrupts implements AutoCloseable {
  private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

  private final Runnable request;
  private final AtomicInteger received = new AtomicInteger();
  private final Map<Object, Object> previous = new LinkedHashMap<>();
  private Method handle;

  /**
   * Until closed.
   *
   * @param request is run once, on a thread of the JVM's
   */
  Interrupts(Runnable request) {
    this.request = request;
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      handle = signal.getMethod("handle", signal, handler);
      Method number = signal.getMethod("getNumber");
      InvocationHandler received =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  arrived((int) number.invoke(arguments[0]));
                  yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "gpuvae's interrupts";
              };
      Object mine =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, received);
      for (String name : NAMES) {
        install(signal, name, mine);
      }
    } catch (ClassNotFoundException | NoSuchMethodException e) {
      handle = null;
    }
  }

  private void install(Class<?> signal, String name, Object handler) {
    try {
      Object one = signal.getConstructor(String.class).newInstance(name);
      previous.put(one, handle.invoke(null, one, handler));
    } catch (ReflectiveOperationException e) {
      // This system has no such signal, or the JVM keeps it for itself.
    }
  }

  private void arrived(int number) {
    if (received.compareAndSet(0, number)) {
      request.run();
    } else {
      Runtime.getRuntime().halt(exitCode());
    }
  }

  /** The shells' exit code of a program ended by the signal received: 130 for Ctrl-C. */
  int exitCode() {
    return 128 + received.get();
  }

  /** Handles the signals as before. */
  @Override
  public void close() {
    previous.forEach(
        (signal, handler) -> {
          try {
            handle.invoke(null, signal, handler);
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot restore the handler of " + signal, e);
          }
        });
    previous.clear();
  }
}
