package gpuvae.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Backend;
import gpuvae.backend.Binding;
import gpuvae.backend.Device;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.backend.cuda.CudaBackends;
import gpuvae.config.Likelihood;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every preset against PyTorch in float64: outputs, losses, gradients, and parameters after 1 and
 * 10 steps. Bound: 4 times PyTorch's own float32 error, or 1e-6 of the tensor's norm, whichever is
 * larger.
 *
 * <p>Adam's first step is g / (|g| + 1e-8), nearly the gradient's sign, however small the gradient.
 * Elements where the gradient's own bound leaves that step uncertain by more than a hundredth are
 * compared as gradients only; there must be very few of them.
 */
class GoldenTest {
  static List<String> cases() {
    return List.of(
        "mlp-relu",
        "mlp-relu-odd",
        "mlp-leaky",
        "mlp-softplus",
        "autoencoder",
        "conv-upsample",
        "conv-residual");
  }

  @Tag("scalar")
  @ParameterizedTest
  @MethodSource("cases")
  void cpu(String name) throws IOException {
    try (Backend backend = Device.cpu().open()) {
      check(backend, name);
    }
  }

  @Tag("cuda")
  @ParameterizedTest
  @MethodSource("cases")
  void cuda(String name) throws IOException {
    try (Backend backend = CudaBackends.open()) {
      check(backend, name);
    }
  }

  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  @ParameterizedTest
  @MethodSource("cases")
  void jcuda(String name) throws IOException {
    try (Backend backend = CudaBackends.open(Binding.JCUDA)) {
      check(backend, name);
    }
  }

  static void check(Backend backend, String name) throws IOException {
    try (Golden golden = Golden.open(name);
        Run run = new Run(backend, golden)) {
      run.check();
    }
  }

  private static final class Run implements AutoCloseable {
    private final Backend backend;
    private final Golden golden;
    private final VaeModel model;
    private final int rows;
    private final float[] x;
    private final float[] eps;

    Run(Backend backend, Golden golden) throws IOException {
      this.backend = backend;
      this.golden = golden;
      model = new VaeModel(backend, golden.config(), 1);
      rows = golden.batch();
      x = golden.floats("x");
      eps = golden.has("eps") ? golden.floats("eps") : null;
      float[] flat = new float[model.parameters().layout().flatSize()];
      for (ParameterLayout.Entry entry : model.parameters().layout().entries()) {
        float[] values = golden.floats("init/" + entry.name());
        System.arraycopy(values, 0, flat, entry.offset(), values.length);
      }
      backend.write(model.parameters().values(), flat, 0, flat.length);
    }

    @Override
    public void close() {
      model.close();
    }

    void check() throws IOException {
      outputs();
      for (int step = 1; step <= 10; step++) {
        model.trainStep(x, rows, eps);
        if (step == 1) {
          losses();
          perParameter("grad/", model.parameters().gradients());
        }
        if (step == 1 || step == 10) {
          perParameter("step" + step + "/", model.parameters().values());
          runningStatistics("step" + step + "/");
        }
      }
    }

    private void outputs() throws IOException {
      model.reserve(rows + 3);
      Network network = model.network();
      backend.write(network.input(), x, 0, x.length);
      if (eps != null) {
        backend.write(network.bottleneck().posterior().eps(), eps, 0, eps.length);
      }
      network.encode(model.training(), rows, true, false);
      network.decode(rows, true);
      if (golden.config().likelihood() == Likelihood.SQUARED_ERROR) {
        network.expectation(rows);
      }
      int latent = golden.config().latent();
      if (eps == null) {
        compare("out/mu", read(network.bottleneck().z(), latent));
      } else {
        float[] heads = read(network.bottleneck().heads(), 2 * latent);
        compare("out/mu", columns(heads, 2 * latent, 0, latent));
        if (golden.has("out/logvar")) {
          compare("out/logvar", columns(heads, 2 * latent, latent, latent));
        } else {
          compare("out/sigma", read(network.bottleneck().posterior().sigma(), latent));
        }
      }
      compare("out/z", read(network.bottleneck().z(), latent));
      compare("out/decoder", read(network.output(), network.output().columns()));
    }

    private void losses() throws IOException {
      double[] slot = new double[StepState.RING_FIELDS];
      backend.read(
          model.training().ring().view(0, StepState.RING_FIELDS), MemorySegment.ofArray(slot));
      assertTrue(slot[5] == 1, "the step was refused");
      compareLoss("loss/recon", slot[2]);
      compareLoss("loss/kl", slot[3]);
    }

    private void compareLoss(String key, double actual) throws IOException {
      double expected = golden.loss(key);
      double bound = bound(key) * Math.abs(expected);
      assertTrue(
          Math.abs(actual - expected) <= bound,
          "%s: expected %s, got %s, bound %s".formatted(key, expected, actual, bound));
    }

    private void perParameter(String prefix, Tensor flat) throws IOException {
      for (ParameterLayout.Entry entry : model.parameters().layout().entries()) {
        float[] actual = read(flat.view(entry.offset(), 1, entry.size()), entry.size(), 1);
        if (prefix.equals("grad/")) {
          compare(prefix + entry.name(), actual);
        } else {
          compare(prefix + entry.name(), actual, stepUnknown("grad/" + entry.name()));
        }
      }
    }

    private void runningStatistics(String prefix) throws IOException {
      for (ParameterLayout.Entry entry : model.parameters().layout().statistics()) {
        Tensor flat = model.parameters().statistics().running();
        compare(
            prefix + entry.name(),
            read(flat.view(entry.offset(), 1, entry.size()), entry.size(), 1));
      }
    }

    private float[] read(Tensor tensor, int columns) {
      return read(tensor, columns, rows);
    }

    private float[] read(Tensor tensor, int columns, int count) {
      float[] values = new float[count * columns];
      Arrays.fill(values, Float.NaN);
      backend.read(tensor, values, 0, values.length);
      return values;
    }

    private static float[] columns(float[] values, int width, int from, int count) {
      float[] part = new float[values.length / width * count];
      for (int i = 0; i < part.length; i++) {
        part[i] = values[i / count * width + from + i % count];
      }
      return part;
    }

    private double bound(String key) {
      return Math.max(4 * golden.torchError(key), 1e-6);
    }

    private void compare(String key, float[] actual) throws IOException {
      compare(key, actual, new boolean[actual.length]);
    }

    private void compare(String key, float[] actual, boolean[] left) throws IOException {
      float[] expected = golden.floats(key);
      double difference = 0;
      double norm = 0;
      assertTrue(expected.length == actual.length, key + ": length " + actual.length);
      for (int i = 0; i < expected.length; i++) {
        difference += left[i] ? 0 : Math.pow((double) actual[i] - expected[i], 2);
        norm += Math.pow(expected[i], 2);
      }
      double error = Math.sqrt(difference / Math.max(norm, 1e-60));
      assertTrue(
          error <= bound(key),
          "%s: relative error %.3e, bound %.3e (PyTorch's float32: %.3e)"
              .formatted(key, error, bound(key), golden.torchError(key)));
    }

    /** Elements whose first Adam step single precision does not know. */
    private boolean[] stepUnknown(String key) throws IOException {
      float[] gradient = golden.floats(key);
      double squares = 0;
      for (float g : gradient) {
        squares += (double) g * g;
      }
      double uncertainty = bound(key) * Math.sqrt(squares / gradient.length);
      boolean[] unknown = new boolean[gradient.length];
      int count = 0;
      for (int i = 0; i < gradient.length; i++) {
        double spread = adamStep(gradient[i] + uncertainty) - adamStep(gradient[i] - uncertainty);
        unknown[i] = gradient[i] != 0 && spread > 0.01;
        count += unknown[i] ? 1 : 0;
      }
      assertTrue(count <= 2e-4 * gradient.length, key + ": " + count + " are near zero");
      return unknown;
    }

    /** The first one, as a part of the learning rate. */
    private static double adamStep(double gradient) {
      return gradient / (Math.abs(gradient) + 1e-8);
    }
  }
}
