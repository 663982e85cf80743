package gpuvae.backend.reference;

import gpuvae.backend.Backend;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A backend whose composites are the interface's defaults, over another one's primitives. */
public final class PrimitivesOnly {
  private PrimitivesOnly() {}

  /** Wraps; closing either closes both. */
  public static Backend over(Backend backend) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          try {
            return method.invoke(backend, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, handler);
  }
}
