package gpuvae.backend.reference;

import gpuvae.backend.Backend;
import gpuvae.backend.ElementType;
import gpuvae.backend.ImageOperations;
import gpuvae.backend.ObjectiveOperations;
import gpuvae.backend.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;

/**
 * The oracle with an operation's F32 tensors rounded to floats after it: the best that any single
 * precision backend can be. The suite of operations must pass on it.
 */
public final class RoundedBackend {
  private RoundedBackend() {}

  /** A fresh one. */
  public static Backend open() {
    DoubleBackend oracle = new DoubleBackend();
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          if (method.getReturnType().isInterface()) {
            return proxy;
          }
          try {
            Object result = method.invoke(oracle, arguments);
            if (arguments != null && !method.getName().equals("free")) {
              for (Object argument : arguments) {
                round(argument);
              }
            }
            return result;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class, ImageOperations.class, ObjectiveOperations.class},
            handler);
  }

  /** An F32 tensor, or those of a record. */
  private static void round(Object argument) throws ReflectiveOperationException {
    if (argument instanceof Tensor tensor && tensor.type() == ElementType.F32) {
      double[] values = DoubleMemory.storage(tensor).doubles();
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) values[i];
      }
    } else if (argument instanceof Record) {
      for (RecordComponent component : argument.getClass().getRecordComponents()) {
        round(component.getAccessor().invoke(argument));
      }
    }
  }
}
