package gpuvae.backend.reference;

import gpuvae.backend.Backend;
import gpuvae.backend.ImageOperations;
import gpuvae.backend.ObjectiveOperations;
import gpuvae.backend.StepKey;
import gpuvae.backend.Storage;
import gpuvae.backend.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a CUDA graph does, over any backend: the first run of a key executes its body, the second
 * executes and records it, every later one replays the recording and never calls the body. So a
 * value that a body takes from anywhere but device memory shows as a wrong result. Inside a body
 * everything but operations is refused. Freeing a tensor drops the recordings that work on it.
 */
public final class RecordingBackend {
  /** What happens to the body when a recording of it is replayed. */
  public enum Mode {
    /** It is not called, as with a CUDA graph. */
    REPLAY,
    /** It is called without effect and must give the same calls as were recorded. */
    VERIFY
  }

  private static final Set<String> REFUSED =
      Set.of(
          "allocate",
          "free",
          "write",
          "writeSlot",
          "writeLong",
          "read",
          "mark",
          "readMarked",
          "synchronize",
          "close",
          "run");
  private static final Set<String> QUERIES = Set.of("device");
  private static final Set<String> ROOMS = Set.of("images", "objectives");

  private final Backend target;
  private final Mode mode;
  private final Backend proxy;
  private final Map<StepKey, List<Call>> recordings = new HashMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<StepKey> seen = new ArrayList<>();
  private boolean inRun;
  private boolean executing = true;
  private List<Call> recording;
  private int replays;

  /** Wraps a backend, whose life stays the caller's business. */
  public RecordingBackend(Backend target, Mode mode) {
    this.target = target;
    this.mode = mode;
    InvocationHandler handler = (self, method, arguments) -> handle(method, arguments);
    proxy =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class, ImageOperations.class, ObjectiveOperations.class},
                handler);
  }

  /** The backend to give to a model. */
  public Backend backend() {
    return proxy;
  }

  /** How often each operation was executed, replays included; a composite counts as one. */
  public Map<String, Integer> counts() {
    return new TreeMap<>(counts);
  }

  /** Forgets the counts. */
  public void resetCounts() {
    counts.clear();
  }

  /** How many runs were replays. */
  public int replays() {
    return replays;
  }

  private Object handle(Method method, Object[] arguments) throws Throwable {
    String name = method.getName();
    if (method.getDeclaringClass() == Object.class || QUERIES.contains(name)) {
      return invoke(method, arguments);
    }
    if (ROOMS.contains(name)) {
      return proxy;
    }
    if (name.equals("isAsynchronous")) {
      return true;
    }
    if (REFUSED.contains(name)) {
      if (inRun) {
        throw new IllegalStateException(name + " inside run: a recording cannot hold it");
      }
      if (name.equals("run")) {
        run((StepKey) arguments[0], (Runnable) arguments[1]);
        return null;
      }
      if (name.equals("free")) {
        drop(((Tensor) arguments[0]).storage());
      }
      return invoke(method, arguments);
    }
    if (name.equals("fetchBeside")) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    Call call = new Call(method, arguments);
    if (recording != null) {
      recording.add(call);
    }
    if (executing) {
      execute(call);
    }
    return null;
  }

  private void run(StepKey key, Runnable body) throws Throwable {
    inRun = true;
    try {
      List<Call> known = recordings.get(key);
      if (known != null) {
        if (mode == Mode.VERIFY) {
          verify(key, known, body);
        }
        for (Call call : known) {
          execute(call);
        }
        replays++;
      } else if (seen.contains(key)) {
        recording = new ArrayList<>();
        body.run();
        recordings.put(key, recording);
      } else {
        body.run();
        seen.add(key);
      }
    } finally {
      inRun = false;
      recording = null;
    }
  }

  private void verify(StepKey key, List<Call> known, Runnable body) {
    executing = false;
    recording = new ArrayList<>();
    try {
      body.run();
      for (int i = 0; i < Math.max(known.size(), recording.size()); i++) {
        Call before = i < known.size() ? known.get(i) : null;
        Call now = i < recording.size() ? recording.get(i) : null;
        if (before == null || now == null || !before.same(now)) {
          throw new AssertionError(
              "%s: call %d was %s when recorded, now is %s".formatted(key, i, before, now));
        }
      }
    } finally {
      executing = true;
    }
  }

  private void execute(Call call) throws Throwable {
    counts.merge(call.method().getName(), 1, Integer::sum);
    invoke(call.method(), call.arguments());
  }

  private Object invoke(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(receiver(method), arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Object receiver(Method method) {
    if (method.getDeclaringClass() == ImageOperations.class) {
      return target.images();
    }
    return method.getDeclaringClass() == ObjectiveOperations.class ? target.objectives() : target;
  }

  private void drop(Storage storage) {
    recordings
        .entrySet()
        .removeIf(
            entry -> {
              boolean touches = entry.getValue().stream().anyMatch(call -> call.uses(storage));
              if (touches) {
                seen.remove(entry.getKey());
              }
              return touches;
            });
  }
}
