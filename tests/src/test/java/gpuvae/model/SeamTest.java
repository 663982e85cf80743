package gpuvae.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Activation;
import gpuvae.backend.Backend;
import gpuvae.backend.Binarisation;
import gpuvae.backend.ElementType;
import gpuvae.backend.Preprocessing;
import gpuvae.backend.reference.DoubleBackend;
import gpuvae.backend.reference.RecordingBackend;
import gpuvae.backend.reference.RecordingBackend.Mode;
import gpuvae.config.Head;
import gpuvae.config.Likelihood;
import gpuvae.config.VaeConfig;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A model whose steps are recorded once and replayed has the bits of one whose steps are executed:
 * no per-step value hides outside device memory, and none of a step's calls but operations.
 */
class SeamTest {
  private static final int FEATURES = 10;

  static Stream<VaeConfig> configs() {
    VaeConfig silu =
        VaeConfig.builder()
            .name("silu")
            .input(FEATURES)
            .hidden(Activation.SILU, 7)
            .latent(3)
            .head(Head.LOG_VARIANCE)
            .likelihood(Likelihood.BERNOULLI)
            .build();
    return Stream.of(VaeConfig.preset("mlp-softplus"), VaeConfig.preset("autoencoder"), silu);
  }

  @ParameterizedTest
  @MethodSource("configs")
  void replayedStepsGiveTheBitsOfExecutedOnes(VaeConfig config) {
    long seed = System.nanoTime();
    DoubleBackend plain = new DoubleBackend();
    List<double[]> expected = life(plain, plain, config, seed);
    for (Mode mode : Mode.values()) {
      DoubleBackend target = new DoubleBackend();
      RecordingBackend recorder = new RecordingBackend(target, mode);
      List<double[]> got = life(target, recorder.backend(), config, seed);
      assertTrue(recorder.replays() > 20, recorder.replays() + " replays");
      assertEquals(expected.size(), got.size());
      for (int i = 0; i < got.size(); i++) {
        assertArrayEquals(
            expected.get(i),
            got.get(i),
            "%s, %s, result %d, seed %d".formatted(config.name(), mode, i, seed));
      }
    }
  }

  /** Training from the host and from a resident set, ragged, growing, with inference between. */
  private static List<double[]> life(
      DoubleBackend memory, Backend backend, VaeConfig config, long seed) {
    Random random = new Random(seed);
    VaeModel model = new VaeModel(backend, config, seed);
    List<double[]> results = new ArrayList<>();
    int[] rows = {13, 13, 7, 13, 7, 13, 7, 13};
    ResidentData data = upload(model, random, 40);
    for (int round = 0; round < 2; round++) {
      for (int batch : rows) {
        model.trainStep(values(random, batch * FEATURES), batch, null);
        snapshot(memory, backend, model, results);
      }
      for (int step = 0; step < 4; step++) {
        float[] noise = config.isVariational() ? values(random, 7 * config.latent()) : null;
        model.trainStep(values(random, 7 * FEATURES), 7, noise);
        model.trainStep(data, step * 7, 7);
        snapshot(memory, backend, model, results);
        infer(model, config, data, random, step, results);
      }
      model.reserve(20);
    }
    return results;
  }

  private static void infer(
      VaeModel model,
      VaeConfig config,
      ResidentData data,
      Random random,
      int step,
      List<double[]> results) {
    int latent = config.latent();
    float[] heads = new float[5 * latent * (config.isVariational() ? 2 : 1)];
    float[] sigma = config.isVariational() ? new float[5 * latent] : null;
    model.encode(values(random, 5 * FEATURES), 5, heads, sigma);
    results.add(doubles(heads));
    float[] x = new float[5 * FEATURES];
    model.decode(values(random, 5 * latent), 5, x);
    results.add(doubles(x));
    float[] z = new float[5 * latent];
    model.sampleLatent(step, step * 3, 5, z);
    results.add(doubles(z));
    float[] reconstruction = new float[5];
    float[] kl = config.isVariational() ? new float[5] : null;
    model.evaluate(data, 1, step * 5, 5, reconstruction, kl);
    results.add(doubles(reconstruction));
    model.logits(values(random, 5 * latent), 5, x);
    results.add(doubles(x));
    model.encode(data, 1, step * 5, 5, heads, sigma);
    results.add(doubles(heads));
    if (config.isVariational()) {
      for (int sample = 0; sample < 3; sample++) {
        float[] noise = new float[5 * latent];
        model.resample(sample, 5, noise, reconstruction);
        results.add(doubles(noise));
        results.add(doubles(reconstruction));
      }
    }
  }

  private static ResidentData upload(VaeModel model, Random random, int size) {
    byte[] pixels = new byte[size * FEATURES];
    random.nextBytes(pixels);
    Preprocessing how = new Preprocessing(1 / 255f, 0, Binarisation.DYNAMIC, 0);
    ResidentData data = model.upload(ElementType.U8, MemorySegment.ofArray(pixels), size, how);
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = (i * 7 + 3) % size;
    }
    data.order(order);
    return data;
  }

  private static void snapshot(
      DoubleBackend memory, Backend backend, VaeModel model, List<double[]> results) {
    results.add(memory.doubles(model.parameters().values()));
    long[] words = model.training().read(backend);
    double[] exact = new double[words.length];
    for (int i = 0; i < words.length; i++) {
      exact[i] = Double.longBitsToDouble(words[i]);
    }
    results.add(exact);
  }

  private static float[] values(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  @Test
  void aStepIsThisManyOperations() {
    RecordingBackend recorder = new RecordingBackend(new DoubleBackend(), Mode.REPLAY);
    VaeModel model = new VaeModel(recorder.backend(), VaeConfig.preset("mlp-softplus"), 1);
    for (int step = 0; step < 3; step++) {
      recorder.resetCounts();
      model.trainStep(values(new Random(step), 4 * FEATURES), 4, null);
      assertEquals(
          Map.of(
              "selectSlot", 1,
              "latentForward", 1,
              "denseSquaredErrorLoss", 1,
              "denseBackward", 1,
              "latentBackward", 1,
              "optimizerStep", 1),
          recorder.counts());
    }
  }
}
