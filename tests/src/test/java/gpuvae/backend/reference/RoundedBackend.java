package gpuvae.backend.reference;

import gpuvae.backend.Backend;
import gpuvae.backend.ElementType;
import gpuvae.backend.ImageOperations;
import gpuvae.backend.ObjectiveOperations;
import gpuvae.backend.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * The oracle with every F32 tensor rounded to floats after each operation: the best that any single
 * precision backend can be. The suite of operations must pass on it.
 */
public final class RoundedBackend {
  private RoundedBackend() {}

  /** A fresh one. */
  public static Backend open() {
    DoubleBackend oracle = new DoubleBackend();
    List<Tensor> tensors = new ArrayList<>();
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          if (method.getReturnType().isInterface()) {
            return proxy;
          }
          Object result;
          try {
            result = method.invoke(oracle, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          if (result instanceof Tensor tensor && tensor.type() == ElementType.F32) {
            tensors.add(tensor);
          }
          if (method.getName().equals("free")) {
            tensors.removeIf(t -> t.storage() == ((Tensor) arguments[0]).storage());
          }
          tensors.forEach(RoundedBackend::round);
          return result;
        };
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class, ImageOperations.class, ObjectiveOperations.class},
            handler);
  }

  private static void round(Tensor tensor) {
    double[] values = DoubleMemory.storage(tensor).doubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) values[i];
    }
  }
}
