package gpuvae.backend.reference;

import gpuvae.backend.StepState;
import gpuvae.backend.Storage;
import gpuvae.backend.Tensor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/** One operation on a backend, as recorded. */
record Call(Method method, Object[] arguments) {
  /** The same operation on the same places with the same values. */
  boolean same(Call other) {
    if (!method.equals(other.method)) {
      return false;
    }
    for (int i = 0; i < arguments.length; i++) {
      if (!same(arguments[i], other.arguments[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(Object a, Object b) {
    if (a instanceof Tensor here && b instanceof Tensor there) {
      return here.storage() == there.storage()
          && here.offset() == there.offset()
          && Arrays.equals(here.shape(), there.shape());
    }
    return Objects.equals(a, b);
  }

  boolean uses(Storage storage) {
    return Arrays.stream(arguments)
        .flatMap(Call::tensors)
        .anyMatch(tensor -> tensor.storage() == storage);
  }

  /** The tensors that an argument is or, if it is a record, holds. */
  private static Stream<Tensor> tensors(Object argument) {
    return switch (argument) {
      case Tensor tensor -> Stream.of(tensor);
      case StepState state -> Stream.of(state.words(), state.ring());
      case Record parts ->
          Arrays.stream(parts.getClass().getRecordComponents())
              .flatMap(component -> tensors(component(component, parts)));
      case null, default -> Stream.empty();
    };
  }

  private static Object component(RecordComponent component, Record parts) {
    try {
      return component.getAccessor().invoke(parts);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String toString() {
    return method.getName() + Arrays.toString(arguments);
  }
}
