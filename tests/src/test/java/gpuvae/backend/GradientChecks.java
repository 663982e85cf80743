package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.fail;

import gpuvae.backend.reference.DoubleBackend;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Backward formulas against central differences of the forward ones, on the oracle. */
abstract class GradientChecks {
  private static final double STEP = 1e-6;
  private static final double RELATIVE = 1e-6;

  final DoubleBackend backend = new DoubleBackend();
  final Inputs inputs = new Inputs();

  /** The sum of the absolute values of what a loss has added up, which may cancel. */
  private double magnitude;

  final Tensor random(int... shape) {
    Tensor tensor = backend.allocate(ElementType.F32, shape);
    draw(tensor);
    return tensor;
  }

  final void draw(Tensor tensor) {
    float[] values = inputs.normal((int) tensor.size(), 1);
    backend.write(tensor, values, 0, values.length);
  }

  /** Draws the bias anew until no sum lies where a kink or a pole is within some steps. */
  final void keepFromZero(Tensor bias, Supplier<Tensor> sums) {
    while (Arrays.stream(backend.doubles(sums.get())).anyMatch(x -> Math.abs(x) < 0.005)) {
      draw(bias);
    }
  }

  final Tensor empty(int... shape) {
    return backend.allocate(ElementType.F32, shape);
  }

  final Tensor copy(Tensor tensor) {
    Tensor copy = backend.allocate(ElementType.F32, tensor.shape());
    backend.setDoubles(copy, backend.doubles(tensor));
    return copy;
  }

  /** sum(weights * values): a loss whose gradient with respect to the values is the weights. */
  final double weighted(Tensor values, Tensor weights) {
    double[] v = backend.doubles(values);
    double[] w = backend.doubles(weights);
    double sum = 0;
    for (int i = 0; i < v.length; i++) {
      sum += v[i] * w[i];
      magnitude += Math.abs(v[i] * w[i]);
    }
    return sum;
  }

  final double total(Tensor values) {
    double sum = 0;
    for (double value : backend.doubles(values)) {
      sum += value;
      magnitude += Math.abs(value);
    }
    return sum;
  }

  /** d loss / d variable by central differences, element by element. */
  final void check(String what, Tensor variable, Tensor gradient, DoubleSupplier loss) {
    double[] at = backend.doubles(variable);
    double[] claimed = backend.doubles(gradient);
    for (int i = 0; i < at.length; i++) {
      double x = at[i];
      at[i] = x + STEP;
      backend.setDoubles(variable, at);
      magnitude = 0;
      double above = loss.getAsDouble();
      at[i] = x - STEP;
      backend.setDoubles(variable, at);
      double below = loss.getAsDouble();
      at[i] = x;
      backend.setDoubles(variable, at);
      double numeric = (above - below) / (2 * STEP);
      // Sums of tens of terms: each rounds to about 1e-15 of itself, and by what cancels in it.
      double allowed =
          RELATIVE * Math.max(Math.abs(numeric), Math.abs(claimed[i]))
              + (4e-15 * Math.max(1, Math.abs(above)) + 2e-16 * magnitude) / STEP;
      if (!(Math.abs(numeric - claimed[i]) <= allowed)) {
        fail(
            "%s, element %d: difference quotient %s, gradient %s, off by %.3g, allowed %.3g"
                    .formatted(
                        what, i, numeric, claimed[i], Math.abs(numeric - claimed[i]), allowed)
                + " (-Dgpuvae.test.seed="
                + inputs.seed()
                + ")");
      }
    }
  }
}
