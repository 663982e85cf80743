package gpuvae.backend.reference;

import gpuvae.backend.LatentTensors;
import gpuvae.backend.StepState;
import gpuvae.backend.Storage;
import gpuvae.backend.Tensor;
import java.lang.reflect.Method;
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
        .flatMap(
            argument ->
                switch (argument) {
                  case Tensor tensor -> Stream.of(tensor);
                  case LatentTensors latent -> tensors(latent);
                  case StepState state -> Stream.of(state.words(), state.ring());
                  case null, default -> Stream.<Tensor>empty();
                })
        .anyMatch(tensor -> tensor.storage() == storage);
  }

  private static Stream<Tensor> tensors(LatentTensors latent) {
    Stream<Tensor> layers =
        Stream.of(latent.before(), latent.heads(), latent.after())
            .flatMap(
                layer ->
                    Stream.of(
                        layer.x(),
                        layer.weight(),
                        layer.bias(),
                        layer.pre(),
                        layer.y(),
                        layer.dy(),
                        layer.weightGradient(),
                        layer.biasGradient(),
                        layer.dx()))
            .filter(Objects::nonNull);
    return Stream.concat(layers, Stream.of(latent.eps(), latent.sigma(), latent.kl()));
  }

  @Override
  public String toString() {
    return method.getName() + Arrays.toString(arguments);
  }
}
