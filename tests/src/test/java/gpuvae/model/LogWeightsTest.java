package gpuvae.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuvae.GpuVae;
import gpuvae.backend.Activation;
import gpuvae.backend.Device;
import gpuvae.backend.ElementType;
import gpuvae.backend.reference.DoubleBackend;
import gpuvae.config.Head;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaLibraries;
import gpuvae.data.Dataset;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Importance weights of a device against log p(x, z) - log q(z | x) of the double-precision
 * backend, with all densities written out.
 */
@ExtendWith(CudaLibraries.class)
class LogWeightsTest {
  private static final int ROWS = 21;
  private static final int SAMPLES = 3;
  private static final int FEATURES = 13;
  private static final int LATENT = 5;
  private static final long SEED = 6;

  static List<VaeConfig> configurations() {
    List<VaeConfig> all = new ArrayList<>();
    for (Likelihood likelihood : Likelihood.values()) {
      for (Head head : List.of(Head.LOG_VARIANCE, Head.SOFTPLUS_SIGMA, Head.RELU_SIGMA)) {
        all.add(
            VaeConfig.builder()
                .name(likelihood.label() + ", " + head.label())
                .input(FEATURES)
                .hidden(Activation.TANH, 11)
                .head(head)
                .latent(LATENT)
                .likelihood(likelihood)
                .batchSize(8)
                .build());
      }
    }
    ConvolutionalConfigs.all().stream().filter(VaeConfig::isVariational).forEach(all::add);
    return all;
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void onTheCpu(VaeConfig config) {
    check(config, Device.cpu());
  }

  @Tag("cuda")
  @ParameterizedTest
  @MethodSource("configurations")
  void onCuda(VaeConfig config) {
    check(config, Device.cuda(0));
  }

  private static void check(VaeConfig config, Device device) {
    Random random = new Random(2);
    int features = config.input().shape().features();
    float[] values = new float[ROWS * features];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Dataset data = Dataset.ofFloats("random", features, values);
    try (GpuVae vae = GpuVae.create(config, device, SEED);
        DoubleBackend backend = new DoubleBackend()) {
      double[] actual = vae.logWeights(data, 0, ROWS, SAMPLES);
      double[] expected = exact(backend, config, vae.parameters(), data);
      for (int i = 0; i < actual.length; i++) {
        assertEquals(expected[i], actual[i], 1e-5 * Math.abs(expected[i]), "weight " + i);
      }
    }
  }

  private static double[] exact(
      DoubleBackend backend, VaeConfig config, Map<String, float[]> parameters, Dataset data) {
    VaeModel model = new VaeModel(backend, config, 0);
    parameters.forEach(
        (name, values) -> backend.write(model.parameters().value(name), values, 0, values.length));
    ResidentData resident =
        model.upload(
            ElementType.F32,
            MemorySegment.ofArray(data.floats()),
            ROWS,
            config.input().preprocessing(1));
    int[] order = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      order[i] = i;
    }
    resident.order(order);
    int latent = config.latent();
    model.encode(resident, SEED, 0, ROWS, new float[ROWS * 2 * latent], new float[ROWS * latent]);
    double[] weights = new double[ROWS * SAMPLES];
    for (int k = 0; k < SAMPLES; k++) {
      model.resample(k, ROWS, new float[ROWS * latent], new float[ROWS]);
      double[] heads = backend.doubles(model.network().bottleneck().heads());
      double[] sigma = backend.doubles(model.network().bottleneck().posterior().sigma());
      double[] z = backend.doubles(model.network().bottleneck().z());
      double[] reconstruction = backend.doubles(model.network().reconstruction());
      for (int row = 0; row < ROWS; row++) {
        double weight = -reconstruction[row];
        for (int j = 0; j < latent; j++) {
          double mean = heads[row * 2 * latent + j];
          weight += logNormal(z[row * latent + j], 0, 1);
          weight -= logNormal(z[row * latent + j], mean, sigma[row * latent + j]);
        }
        weights[row * SAMPLES + k] = weight;
      }
    }
    resident.free();
    model.close();
    return weights;
  }

  private static double logNormal(double x, double mean, double sigma) {
    double t = (x - mean) / sigma;
    return -0.5 * t * t - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI);
  }
}
