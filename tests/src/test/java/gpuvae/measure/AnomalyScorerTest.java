package gpuvae.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.Evaluation;
import gpuvae.GpuVae;
import gpuvae.backend.Activation;
import gpuvae.backend.Device;
import gpuvae.config.Head;
import gpuvae.config.Likelihood;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaLibraries;
import gpuvae.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(CudaLibraries.class)
class AnomalyScorerTest {
  private static final int FEATURES = 7;

  @TempDir Path folder;

  private static Dataset data(int rows) {
    Random random = new Random(3);
    float[] values = new float[rows * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Dataset.ofFloats("random", FEATURES, values);
  }

  private static VaeConfig config(Head head, Likelihood likelihood) {
    return VaeConfig.builder()
        .input(FEATURES)
        .hidden(Activation.TANH, 5)
        .latent(3)
        .head(head)
        .likelihood(likelihood)
        .batchSize(16)
        .build();
  }

  private static GpuVae bernoulli(Device device) {
    return GpuVae.create(config(Head.LOG_VARIANCE, Likelihood.BERNOULLI), device, 2);
  }

  private static AnomalyScore score(double value) {
    return new AnomalyScore(value, 0, List.of());
  }

  @ParameterizedTest
  @EnumSource(Likelihood.class)
  void theMeanScoreIsTheNegativeElbo(Likelihood likelihood) {
    Dataset data = data(3000);
    try (GpuVae vae = GpuVae.create(config(Head.SOFTPLUS_SIGMA, likelihood), Device.cpu(), 2)) {
      Evaluation evaluation = vae.evaluate(data);
      List<AnomalyScore> scores = new AnomalyScorer(vae).score(data);
      double mean = scores.stream().mapToDouble(AnomalyScore::value).average().orElseThrow();
      assertTrue(evaluation.elboStandardError() < 0.02, evaluation.toString());
      assertEquals(-evaluation.elbo(), mean, 3 * evaluation.elboStandardError());
      double kl = scores.stream().mapToDouble(AnomalyScore::kl).average().orElseThrow();
      assertEquals(evaluation.kl(), kl, 1e-5 * kl);
    }
  }

  @Test
  void anAutoencoderScoresItsReconstructionAlone() {
    Dataset data = data(20);
    VaeConfig config = config(Head.NONE, Likelihood.SQUARED_ERROR);
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 2)) {
      float[] back = vae.reconstruct(data.floats());
      List<AnomalyScore> scores = new AnomalyScorer(vae).score(data);
      for (int row = 0; row < 20; row++) {
        double[] terms = new double[FEATURES];
        for (int i = 0; i < FEATURES; i++) {
          double error = (double) data.value(row, i) - back[row * FEATURES + i];
          terms[i] = error * error;
        }
        assertEquals(Arrays.stream(terms).sum(), scores.get(row).value(), 1e-6);
        assertEquals(0, scores.get(row).kl());
        List<Integer> largest =
            IntStream.range(0, FEATURES)
                .boxed()
                .sorted((a, b) -> Double.compare(terms[b], terms[a]))
                .limit(3)
                .toList();
        assertEquals(
            largest, scores.get(row).largest().stream().map(AnomalyScore.Term::feature).toList());
      }
    }
  }

  /** A decoder that is sure of every value costs what it says, not infinity. */
  @Test
  void sureProbabilitiesAreScored() {
    try (GpuVae vae = bernoulli(Device.cpu())) {
      vae.parameter("decoder.output.weight", new float[FEATURES * 5]);
      float[] logits = new float[FEATURES];
      Arrays.fill(logits, 200);
      vae.parameter("decoder.output.bias", logits);
      float[] x = new float[FEATURES];
      Arrays.fill(x, 1);
      x[4] = 0;
      AnomalyScore score = new AnomalyScorer(vae).score(x).getFirst();
      assertEquals(200, score.reconstruction(), 1e-9);
      assertEquals(new AnomalyScore.Term(4, 200), score.largest().getFirst());
    }
  }

  @Test
  void aScoreDependsOnItsSampleAlone() throws Exception {
    Dataset data = data(150);
    try (GpuVae vae = bernoulli(Device.cpu());
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      AnomalyScorer scorer = new AnomalyScorer(vae);
      List<AnomalyScore> all = scorer.score(data);
      List<Future<AnomalyScore>> alone = new ArrayList<>();
      for (int row = 0; row < 150; row++) {
        float[] x = Arrays.copyOfRange(data.floats(), row * FEATURES, (row + 1) * FEATURES);
        alone.add(executor.submit(() -> scorer.score(x).getFirst()));
      }
      for (int row = 0; row < 150; row++) {
        assertEquals(all.get(row), alone.get(row).get());
      }
    }
  }

  @Tag("cuda")
  @Test
  void cudaScoresAsTheCpuDoes() {
    Dataset data = data(30);
    try (GpuVae cpu = bernoulli(Device.cpu());
        GpuVae cuda = bernoulli(Device.cuda(0))) {
      List<AnomalyScore> expected = new AnomalyScorer(cpu).score(data);
      List<AnomalyScore> actual = new AnomalyScorer(cuda).score(data);
      for (int row = 0; row < 30; row++) {
        assertEquals(expected.get(row).value(), actual.get(row).value(), 1e-4);
      }
    }
  }

  @Test
  void theThresholdIsOneOfTheScores() {
    List<AnomalyScore> scores =
        new ArrayList<>(IntStream.rangeClosed(1, 100).mapToObj(i -> score(i)).toList());
    Collections.shuffle(scores, new Random(1));
    assertEquals(99, AnomalyScorer.threshold(scores, 0.99));
    assertEquals(100, AnomalyScorer.threshold(scores, 0.991));
    assertEquals(100, AnomalyScorer.threshold(scores, 1));
    assertEquals(1, AnomalyScorer.threshold(scores, 1e-9));
    assertEquals(1, scores.stream().filter(score -> score.exceeds(99)).count());
    assertTrue(score(Double.NaN).exceeds(99));
    assertFalse(score(99).exceeds(99));
    for (double quantile : new double[] {0, 1.01, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> AnomalyScorer.threshold(scores, quantile));
    }
    assertThrows(IllegalArgumentException.class, () -> AnomalyScorer.threshold(List.of(), 0.5));
  }

  @Test
  void theFileNamesFeatures() throws IOException {
    Path file = folder.resolve("scores.csv");
    List<AnomalyScore.Term> terms =
        List.of(new AnomalyScore.Term(5, 2), new AnomalyScore.Term(0, 0.5));
    List<AnomalyScore> scores = List.of(new AnomalyScore(3, 1, terms), score(4.5));
    AnomalyFile.write(file, Shape.vector(9), scores, 4);
    assertEquals(
        List.of(
            "row,score,reconstruction,kl,anomaly,"
                + "feature_1,nats_1,feature_2,nats_2,feature_3,nats_3",
            "1,4.00000,3.00000,1.00000,0,6,2.00000,1,0.50000,,",
            "2,4.50000,4.50000,0.00000,1,,,,,,"),
        Files.readAllLines(file));
    assertEquals("y1x2", AnomalyFile.feature(Shape.image(1, 2, 3), 5));
    assertEquals("c2y1x0", AnomalyFile.feature(Shape.image(3, 2, 3), 15));
  }

  @Test
  void onlyBernoulliHasLogits() {
    try (GpuVae vae = GpuVae.create(VaeConfig.preset("mlp-softplus"), Device.cpu(), 1)) {
      String message =
          assertThrows(IllegalStateException.class, () -> vae.logits(new float[2])).getMessage();
      assertTrue(message.contains("likelihood is squared-error"), message);
    }
    try (GpuVae vae = bernoulli(Device.cpu())) {
      float[] z = {1, -1, 0.5f};
      float[] logits = vae.logits(z);
      float[] probabilities = vae.decode(z);
      for (int i = 0; i < FEATURES; i++) {
        assertEquals(1 / (1 + Math.exp(-logits[i])), probabilities[i], 1e-6);
      }
    }
  }
}
