package gpuvae.bench;

import gpuvae.StepLoss;
import gpuvae.backend.Binding;
import gpuvae.backend.Precision;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Locale;

/**
 * TrainStepBenchmark's step in blocks, one for each line of standard input, so that another
 * program's blocks can lie between them: see bench/peers/alternate.py. Waiting takes no processor
 * time. Arguments: preset, batch, seconds a block, data as of {@link Pixels#of}; then, else the CPU
 * is meant, a device as of {@link gpuvae.backend.Device#parse} and a precision.
 */
public final class StepBlocks {
  /** Until C2 has compiled the kernels. */
  private static final double WARM_UP_SECONDS = 8;

  private final TrainStepBenchmark benchmark = new TrainStepBenchmark();
  private final TrainStepBenchmark.Counters counters = new TrainStepBenchmark.Counters();

  private StepBlocks(String[] arguments) throws IOException {
    benchmark.preset = arguments[0];
    benchmark.batch = Integer.parseInt(arguments[1]);
    benchmark.data = arguments[3];
    benchmark.device = arguments.length > 4 ? arguments[4] : "cpu";
    benchmark.precision =
        arguments.length > 5
            ? Precision.valueOf(arguments[5].toUpperCase(Locale.ROOT))
            : Precision.FLOAT32;
    benchmark.binding = Binding.FFM;
    benchmark.open();
  }

  public static void main(String[] arguments) throws IOException {
    double seconds = Double.parseDouble(arguments[2]);
    StepBlocks blocks = new StepBlocks(arguments);
    int steps = 1;
    long start = System.nanoTime();
    while (System.nanoTime() - start < WARM_UP_SECONDS * 1e9) {
      steps = (int) Math.max(1, Math.round(1e3 * seconds / blocks.millisecondsAStep(steps)));
    }
    System.out.println("ready gpuvae");
    BufferedReader turns = new BufferedReader(new InputStreamReader(System.in));
    while (turns.readLine() != null) {
      System.out.printf(
          Locale.ROOT,
          "gpuvae %s %s %.3f%n",
          arguments[0],
          arguments[1],
          blocks.millisecondsAStep(steps));
    }
    blocks.benchmark.close();
  }

  /** The mean over so many steps, the last one's loss read. */
  private double millisecondsAStep(int steps) {
    long start = System.nanoTime();
    StepLoss loss = null;
    for (int i = 0; i < steps; i++) {
      loss = benchmark.step(counters);
    }
    loss.total();
    return (System.nanoTime() - start) * 1e-6 / steps;
  }
}
