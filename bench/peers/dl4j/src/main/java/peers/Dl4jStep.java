package peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Locale;
import java.util.Random;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Milliseconds of a train step of DL4J's VAE layer with mlp-relu's network, in blocks on demand as
 * torch_step.py has them. Arguments: batch, seconds a block.
 */
public final class Dl4jStep {
  private static final int FEATURES = 784;
  private static final int SAMPLES = 10_000;
  private static final int WARM_UP = 40;

  private Dl4jStep() {}

  public static void main(String[] args) throws IOException {
    int batch = Integer.parseInt(args[0]);
    double seconds = Double.parseDouble(args[1]);
    MultiLayerConfiguration config =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Adam(1e-3))
            .weightInit(WeightInit.XAVIER)
            .list()
            .layer(
                new VariationalAutoencoder.Builder()
                    .nIn(FEATURES)
                    .nOut(20)
                    .encoderLayerSizes(400)
                    .decoderLayerSizes(400)
                    .activation(Activation.RELU)
                    .pzxActivationFunction(Activation.IDENTITY)
                    .reconstructionDistribution(
                        new BernoulliReconstructionDistribution(Activation.SIGMOID))
                    .build())
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(config);
    network.init();
    INDArray[] batches = batches(batch);
    millisecondsAStep(network, batches, WARM_UP);
    int steps =
        (int) Math.max(1, Math.round(1e3 * seconds / millisecondsAStep(network, batches, 5)));
    System.out.println("ready dl4j");
    BufferedReader turns = new BufferedReader(new InputStreamReader(System.in));
    while (turns.readLine() != null) {
      System.out.printf(
          Locale.ROOT,
          "dl4j mlp-relu %d %.3f%n",
          batch,
          millisecondsAStep(network, batches, steps));
    }
  }

  private static double millisecondsAStep(
      MultiLayerNetwork network, INDArray[] batches, int steps) {
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      network.pretrainLayer(0, batches[i % batches.length]);
    }
    return (System.nanoTime() - start) * 1e-6 / steps;
  }

  /** Random pixels from 0 to 1: the work of a step does not depend on their values. */
  private static INDArray[] batches(int batch) {
    Random random = new Random(1);
    INDArray[] batches = new INDArray[SAMPLES / batch];
    for (int i = 0; i < batches.length; i++) {
      float[] pixels = new float[batch * FEATURES];
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = random.nextInt(256) / 255f;
      }
      batches[i] = Nd4j.create(pixels, new int[] {batch, FEATURES});
    }
    return batches;
  }
}
