package gpuvae.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.Evaluation;
import gpuvae.GpuVae;
import gpuvae.backend.Binarisation;
import gpuvae.backend.Device;
import gpuvae.config.InputConfig;
import gpuvae.config.Likelihood;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import org.junit.jupiter.api.Test;

/** The entropy of data, and bits per dimension where there are any. */
class DataMeasuresTest {
  private static final Shape SHAPE = Shape.image(1, 1, 3);
  private static final Dataset GRAY =
      Dataset.ofBytes("gray", SHAPE, new byte[] {0, (byte) 255, 51, 0, 0, (byte) 204}, null);
  private static final Dataset BINARY =
      Dataset.ofFloats("binary", 3, new float[] {0, 1, 1, 0, 0, 1});

  private static VaeConfig config(Likelihood likelihood, InputConfig input) {
    return VaeConfig.builder().input(input).latent(2).likelihood(likelihood).build();
  }

  private static void assertNone(String reason, BitsPerDimension bits) {
    assertTrue(Double.isNaN(bits.bits()), bits.toString());
    assertTrue(bits.meaning().contains(reason), bits.meaning());
  }

  @Test
  void entropyOfGrayValues() {
    double fifth = -0.2 * Math.log(0.2) - 0.8 * Math.log(0.8);
    InputConfig plain = InputConfig.plain(SHAPE);
    assertEquals(fifth, DataEntropy.of(plain, GRAY), 1e-7);
    assertEquals(0, DataEntropy.of(InputConfig.plain(Shape.vector(3)), BINARY));
    assertEquals(0, DataEntropy.of(plain.withBinarisation(Binarisation.STATIC), GRAY));
    InputConfig normalised = new InputConfig(SHAPE, 0.5, 0.5, Binarisation.NONE, 0);
    assertTrue(Double.isNaN(DataEntropy.of(normalised, GRAY)));
  }

  @Test
  void noReconstructionIsBelowIt() {
    VaeConfig config = config(Likelihood.BERNOULLI, InputConfig.plain(SHAPE));
    Dataset one = Dataset.ofBytes("one", SHAPE, new byte[] {51, (byte) 153, (byte) 204}, null);
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 1)) {
      double entropy = DataEntropy.of(config.input(), one);
      assertTrue(vae.evaluate(one).reconstruction() > entropy);
      vae.parameter("decoder.output.weight", new float[6]);
      float[] logits = {
        (float) Math.log(0.2 / 0.8), (float) Math.log(0.6 / 0.4), (float) Math.log(0.8 / 0.2)
      };
      vae.parameter("decoder.output.bias", logits);
      Evaluation perfect = vae.evaluate(one);
      assertEquals(entropy, perfect.reconstruction(), 1e-6);
    }
  }

  @Test
  void bitsOfBinaryValues() {
    double bound = -3 * Math.log(2);
    VaeConfig plain = config(Likelihood.BERNOULLI, InputConfig.plain(Shape.vector(3)));
    assertEquals(1, BitsPerDimension.of(plain, BINARY, bound).bits(), 1e-12);
    InputConfig binarised = InputConfig.plain(SHAPE).withBinarisation(Binarisation.DYNAMIC);
    assertEquals(
        1, BitsPerDimension.of(config(Likelihood.BERNOULLI, binarised), GRAY, bound).bits(), 1e-12);
  }

  @Test
  void noBitsWhereTheyMeanNothing() {
    InputConfig gray = InputConfig.plain(SHAPE);
    assertNone(
        "Bernoulli likelihood of gray values",
        BitsPerDimension.of(config(Likelihood.BERNOULLI, gray), GRAY, -1));
    assertNone(
        "depends on their unit",
        BitsPerDimension.of(
            config(Likelihood.SQUARED_ERROR, InputConfig.plain(Shape.vector(3))), BINARY, -1));
    assertNone(
        "0 or 1",
        BitsPerDimension.of(
            config(Likelihood.SQUARED_ERROR, gray.withBinarisation(Binarisation.STATIC)),
            GRAY,
            -1));
  }

  /** A Gaussian around the very value: its density there, times a byte's bin. */
  @Test
  void bitsOfBytes() {
    double deviation = 0.25;
    InputConfig input = new InputConfig(SHAPE, 0.1, deviation, Binarisation.NONE, 0);
    double bin = 1 / (255 * deviation);
    double probability = bin / Math.sqrt(Math.PI);
    BitsPerDimension bits = BitsPerDimension.of(config(Likelihood.SQUARED_ERROR, input), GRAY, 0);
    assertEquals(-Math.log(probability) / Math.log(2), bits.bits(), 1e-12);
  }
}
