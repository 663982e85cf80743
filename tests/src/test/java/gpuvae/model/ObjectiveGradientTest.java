package gpuvae.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.PosteriorHead;
import gpuvae.backend.StepState;
import gpuvae.backend.reference.DoubleBackend;
import gpuvae.backend.reference.Formulas;
import gpuvae.config.Head;
import gpuvae.config.Likelihood;
import gpuvae.config.TrainingControls;
import gpuvae.config.VaeConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of the importance-weighted bound and of free bits against central differences of these
 * objectives written from their definitions, in double precision with fixed noise.
 */
class ObjectiveGradientTest {
  private static final int ROWS = 4;
  private static final double STEP = 1e-6;
  private static final double BOUND = 1e-6;

  static List<VaeConfig> configurations() {
    List<VaeConfig> all = new ArrayList<>(ConvolutionalConfigs.all());
    for (Head head : Head.values()) {
      for (Likelihood likelihood : Likelihood.values()) {
        all.add(
            VaeConfig.builder()
                .name(head + " " + likelihood)
                .input(6)
                .hidden(Activation.TANH, 5)
                .latent(3)
                .head(head)
                .likelihood(likelihood)
                .build());
      }
    }
    all.removeIf(config -> !config.isVariational());
    return all.stream().map(config -> config.toBuilder().klWeight(0.7).build()).toList();
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void importanceWeightedBound(VaeConfig config) {
    for (int samples : new int[] {2, 5}) {
      TrainingControls controls = TrainingControls.NONE.withImportanceSamples(samples);
      check(config.toBuilder().controls(controls).build());
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void freeBits(VaeConfig config) {
    double[] means;
    try (Run run = new Run(config)) {
      run.forward();
      means = run.klPerDimension();
    }
    Arrays.sort(means);
    // Some dimensions have more, some less.
    double nats = (means[0] + means[means.length - 1]) / 2;
    check(config.toBuilder().controls(TrainingControls.NONE.withFreeBits(nats)).build());
  }

  private static void check(VaeConfig config) {
    try (Run run = new Run(config)) {
      double[] gradients = run.gradients();
      double norm = Arrays.stream(gradients).map(Math::abs).max().orElseThrow();
      for (ParameterLayout.Entry entry : run.model.parameters().layout().entries()) {
        for (int i = entry.offset(); i < entry.offset() + entry.size(); i++) {
          double numeric = run.difference(i);
          assertTrue(
              Math.abs(numeric - gradients[i]) <= BOUND * Math.max(norm, 1),
              "%s[%d]: central difference %s, gradient %s"
                  .formatted(entry.name(), i - entry.offset(), numeric, gradients[i]));
        }
      }
    }
  }

  /** A model on the oracle with a batch and its noise. */
  private static final class Run implements AutoCloseable {
    private final VaeConfig config;
    private final DoubleBackend backend = new DoubleBackend();
    private final VaeModel model;
    private final Network network;
    private final double[] start;
    private final int samples;
    private final int all;

    Run(VaeConfig config) {
      this.config = config;
      model = new VaeModel(backend, config, 3);
      samples = config.controls().importanceSamples();
      all = ROWS * samples;
      model.reserve(ROWS + 1);
      network = model.network();
      Random random = new Random(5);
      float[] x = new float[ROWS * config.input().shape().features()];
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextFloat();
      }
      backend.write(network.batch(), x, 0, x.length);
      double[] noise = new double[(ROWS + 1) * samples * config.latent()];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = random.nextGaussian();
      }
      backend.setDoubles(network.bottleneck().posterior().eps(), noise);
      start = backend.doubles(model.parameters().values());
    }

    void forward() {
      network.encodeBatch(model.training(), ROWS, false);
      network.decode(all, true);
      network.losses(all);
    }

    double[] gradients() {
      StepState state = model.training();
      network.forward(state, ROWS, false);
      network.backward(state, ROWS);
      double[] gradients = backend.doubles(model.parameters().gradients());
      if (samples > 1) {
        double told = number(StepState.RECONSTRUCTION) + config.klWeight() * number(StepState.KL);
        assertEquals(objective(), told, 1e-9, "the losses told are what is minimised");
      }
      return gradients;
    }

    private double number(int word) {
      return Double.longBitsToDouble(model.training().read(backend)[word]);
    }

    double difference(int index) {
      double[] moved = start.clone();
      moved[index] = start[index] + STEP;
      backend.setDoubles(model.parameters().values(), moved);
      double above = objective();
      moved[index] = start[index] - STEP;
      backend.setDoubles(model.parameters().values(), moved);
      return (above - objective()) / (2 * STEP);
    }

    private double objective() {
      forward();
      return samples > 1 ? negativeBound() : lossWithFreeBits();
    }

    private double negativeBound() {
      double[] reconstruction = backend.doubles(network.reconstruction());
      double sum = 0;
      for (int row = 0; row < ROWS; row++) {
        double mean = 0;
        for (int s = 0; s < samples; s++) {
          int at = row * samples + s;
          mean += Math.exp(config.klWeight() * logRatio(at) - reconstruction[at]) / samples;
        }
        sum -= Math.log(mean);
      }
      return sum;
    }

    /** ln p(z) - ln q(z|x), as densities. */
    private double logRatio(int row) {
      int latent = config.latent();
      double[] heads = backend.doubles(network.bottleneck().heads());
      double[] z = backend.doubles(network.bottleneck().z());
      double sum = 0;
      for (int j = 0; j < latent; j++) {
        double mu = heads[row * 2 * latent + j];
        double sigma = Formulas.sigma(head(), heads[(row * 2 + 1) * latent + j]);
        double v = z[row * latent + j];
        sum += -v * v / 2 + Math.pow((v - mu) / sigma, 2) / 2 + Math.log(sigma);
      }
      return sum;
    }

    private PosteriorHead head() {
      return config.head().posterior().orElseThrow();
    }

    private double lossWithFreeBits() {
      double[] reconstruction = backend.doubles(network.reconstruction());
      double sum = 0;
      for (int row = 0; row < ROWS; row++) {
        sum += reconstruction[row];
      }
      for (double mean : klPerDimension()) {
        sum += config.klWeight() * ROWS * Math.max(config.controls().freeBits(), mean);
      }
      return sum;
    }

    double[] klPerDimension() {
      int latent = config.latent();
      double[] heads = backend.doubles(network.bottleneck().heads());
      double[] means = new double[latent];
      for (int i = 0; i < ROWS * latent; i++) {
        int at = i / latent * 2 * latent + i % latent;
        means[i % latent] += Formulas.kl(head(), heads[at], heads[at + latent]) / ROWS;
      }
      return means;
    }

    @Override
    public void close() {
      model.close();
      backend.close();
    }
  }
}
