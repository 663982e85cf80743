package gpuvae.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.StepState;
import gpuvae.backend.reference.DoubleBackend;
import gpuvae.config.Head;
import gpuvae.config.LayerConfig;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole model's hand-written backward pass against central differences, in double precision
 * with fixed noise: every layer, head, loss and activation.
 */
class ModelGradientTest {
  private static final int ROWS = 4;
  private static final int FEATURES = 6;
  private static final int LATENT = 2;
  private static final double STEP = 1e-6;
  private static final double BOUND = 1e-6;

  static List<VaeConfig> configurations() {
    List<VaeConfig> all = new ArrayList<>();
    Activation[] activations = {
      Activation.IDENTITY,
      Activation.RELU,
      Activation.leakyRelu(0.2),
      Activation.SOFTPLUS,
      Activation.SIGMOID,
      Activation.TANH,
      Activation.SILU
    };
    for (Activation activation : activations) {
      all.add(config(activation, Head.LOG_VARIANCE, Likelihood.BERNOULLI, Activation.IDENTITY, 1));
    }
    for (Head head : Head.values()) {
      all.add(config(Activation.TANH, head, Likelihood.SQUARED_ERROR, Activation.IDENTITY, 0.5));
    }
    all.add(
        config(
            Activation.TANH, Head.LOG_VARIANCE, Likelihood.SQUARED_ERROR, Activation.SIGMOID, 3));
    all.addAll(ConvolutionalConfigs.all());
    return all;
  }

  private static VaeConfig config(
      Activation activation, Head head, Likelihood likelihood, Activation output, double weight) {
    return VaeConfig.builder()
        .name("%s %s %s %s".formatted(activation, head, likelihood, output))
        .input(FEATURES)
        .encoder(
            new LayerConfig.Dense("e1", 5, activation), new LayerConfig.Dense("e2", 4, activation))
        .decoder(
            new LayerConfig.Dense("d1", 3, activation), new LayerConfig.Dense("d2", 5, activation))
        .latent(LATENT)
        .head(head)
        .likelihood(likelihood)
        .outputActivation(output)
        .klWeight(weight)
        .build();
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void gradientsAreCentralDifferences(VaeConfig config) {
    Random random = new Random(config.hashCode());
    try (DoubleBackend backend = new DoubleBackend()) {
      VaeModel model = new VaeModel(backend, config, 3);
      float[] x = new float[ROWS * config.input().shape().features()];
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextFloat();
      }
      double[] noise = new double[ROWS * config.latent()];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = random.nextGaussian();
      }
      model.reserve(ROWS);
      Network network = model.network();
      backend.write(network.input(), x, 0, x.length);
      if (config.isVariational()) {
        backend.setDoubles(network.bottleneck().posterior().eps(), noise);
      }
      double[] start = backend.doubles(model.parameters().values());
      network.forward(model.training(), ROWS, false);
      network.backward(model.training(), ROWS);
      double[] gradients = backend.doubles(model.parameters().gradients());
      double norm = 0;
      for (double gradient : gradients) {
        norm = Math.max(norm, Math.abs(gradient));
      }
      for (ParameterLayout.Entry entry : model.parameters().layout().entries()) {
        for (int i = entry.offset(); i < entry.offset() + entry.size(); i++) {
          double numeric = difference(backend, model, config, start, i);
          double error = Math.abs(numeric - gradients[i]);
          assertTrue(
              error <= BOUND * Math.max(norm, 1),
              "%s[%d]: central difference %s, gradient %s"
                  .formatted(entry.name(), i - entry.offset(), numeric, gradients[i]));
        }
      }
    }
  }

  private static double difference(
      DoubleBackend backend, VaeModel model, VaeConfig config, double[] start, int index) {
    double[] moved = start.clone();
    moved[index] = start[index] + STEP;
    backend.setDoubles(model.parameters().values(), moved);
    double above = loss(backend, model, config);
    moved[index] = start[index] - STEP;
    backend.setDoubles(model.parameters().values(), moved);
    double below = loss(backend, model, config);
    return (above - below) / (2 * STEP);
  }

  private static double loss(DoubleBackend backend, VaeModel model, VaeConfig config) {
    Network network = model.network();
    StepState state = model.training();
    network.encode(state, ROWS, true, false);
    network.decode(ROWS, true);
    network.losses(ROWS);
    double sum = 0;
    for (double value : backend.doubles(network.reconstruction())) {
      sum += value;
    }
    if (config.isVariational()) {
      for (double value : backend.doubles(network.bottleneck().kl())) {
        sum += config.klWeight() * value;
      }
    }
    return sum;
  }
}
