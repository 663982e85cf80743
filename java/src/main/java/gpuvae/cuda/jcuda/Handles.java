package gpuvae.cuda.jcuda;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jcuda.NativePointerObject;

/** JCuda's objects for handles and addresses, which it lets nobody make from a number. */
final class Handles {
  private static final VarHandle POINTER = pointer();

  private Handles() {}

  private static VarHandle pointer() {
    try {
      return MethodHandles.privateLookupIn(NativePointerObject.class, MethodHandles.lookup())
          .findVarHandle(NativePointerObject.class, "nativePointer", long.class);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this JCuda is not the one gpuvae knows", e);
    }
  }

  /** The object, new, with a handle put into it. */
  static <T extends NativePointerObject> T with(T object, long handle) {
    POINTER.set((NativePointerObject) object, handle);
    return object;
  }

  /** What JCuda put into an object. */
  static long of(NativePointerObject object) {
    return (long) POINTER.get(object);
  }
}
