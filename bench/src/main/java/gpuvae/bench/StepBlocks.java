package gpuvae.bench;

import gpuvae.StepLoss;
import gpuvae.backend.Binding;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Locale;

/**
 * TrainStepBenchmark's step on the CPU in blocks, one for each line of standard input, so that
 * another program's blocks can lie between them: see bench/peers/alternate.py. Waiting takes no
 * processor time. Arguments: preset, batch, seconds a block, data as of {@link Pixels#of}.
 */
public final class StepBlocks {
  /** Until C2 has compiled the kernels. */
  private static final double WARM_UP_SECONDS = 8;

  private final TrainStepBenchmark benchmark = new TrainStepBenchmark();
  private final TrainStepBenchmark.Counters counters = new TrainStepBenchmark.Counters();

  private StepBlocks(String preset, int batch, String data) throws IOException {
    benchmark.preset = preset;
    benchmark.batch = batch;
    benchmark.device = "cpu";
    benchmark.binding = Binding.FFM;
    benchmark.data = data;
    benchmark.open();
  }

  public static void main(String[] arguments) throws IOException {
    int batch = Integer.parseInt(arguments[1]);
    double seconds = Double.parseDouble(arguments[2]);
    StepBlocks blocks = new StepBlocks(arguments[0], batch, arguments[3]);
    int steps = 1;
    long start = System.nanoTime();
    while (System.nanoTime() - start < WARM_UP_SECONDS * 1e9) {
      steps = (int) Math.max(1, Math.round(1e3 * seconds / blocks.millisecondsAStep(steps)));
    }
    System.out.println("ready gpuvae");
    BufferedReader turns = new BufferedReader(new InputStreamReader(System.in));
    while (turns.readLine() != null) {
      System.out.printf(
          Locale.ROOT, "gpuvae %s %d %.3f%n", arguments[0], batch, blocks.millisecondsAStep(steps));
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
