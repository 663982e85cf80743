package gpuvae.bench;

import gpuvae.backend.Activation;
import gpuvae.backend.AdamSettings;
import gpuvae.backend.AdamTensors;
import gpuvae.backend.Backend;
import gpuvae.backend.Binarisation;
import gpuvae.backend.Device;
import gpuvae.backend.ElementType;
import gpuvae.backend.LatentTensors;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.PosteriorHead;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.Precision;
import gpuvae.backend.Preprocessing;
import gpuvae.backend.ResidentRows;
import gpuvae.backend.StepKey;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.backend.Tensors;
import gpuvae.cuda.Bindings;
import gpuvae.cuda.Cuda;
import gpuvae.cuda.CudaDevice;
import gpuvae.cuda.LibraryProbe;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Random;

/**
 * The ten calls of an mlp-relu step on a card, each by itself: microseconds, and the bytes that it
 * cannot do without against what the card's memory can move in that time. A call runs in a CUDA
 * graph of 20, timed by events, so its operands come from the cache where it holds them: a share
 * above 100% says that it did.
 *
 * <pre>
 * java --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
 *     -cp bench/target/benchmarks.jar gpuvae.bench.KernelTimes 128 float32
 * </pre>
 */
public final class KernelTimes {
  private static final int PIXELS = 784;
  private static final int HIDDEN = 400;
  private static final int LATENT = 20;
  private static final int PARAMETERS = 652_824;
  private static final int REPEATS = 20;
  private static final int TRIALS = 5;
  private static final long WARM_UP_NANOS = 1_000_000_000;
  private static final Activation RELU = Activation.RELU;
  private static final Preprocessing GREY = new Preprocessing(1 / 255f, 0, Binarisation.NONE, 0);
  private static final AdamSettings ADAM =
      new AdamSettings(0.9, 0.999, 1e-8, 0, false, Double.POSITIVE_INFINITY);
  private static final String ROW = "| %-38s | %9s | %8s | %7s | %7s | %8s |%n";

  private final Backend backend;
  private final Tensors tensors;
  private final int rows;
  private final double bandwidth;
  private final Random random = new Random(1);
  private final StepState state;
  private final StepState advancing;
  private final ResidentRows data;
  private final Tensor x;
  private final Tensor logits;
  private final Tensor perRow;
  private final LayerTensors first;
  private final LayerTensors heads;
  private final LayerTensors third;
  private final LayerTensors output;
  private final LatentTensors latent;
  private final AdamTensors flat;
  private double sumMicros;
  private double sumBytes;

  private KernelTimes(Tensors tensors, int rows, double bandwidth) {
    this.tensors = tensors;
    backend = tensors.backend();
    this.rows = rows;
    this.bandwidth = bandwidth;
    state = new StepState(tensors);
    advancing = new StepState(tensors);
    byte[] bytes = new byte[rows * PIXELS];
    random.nextBytes(bytes);
    Tensor pixels = tensors.allocate(ElementType.U8, rows, PIXELS);
    backend.write(pixels, MemorySegment.ofArray(bytes));
    Tensor order = tensors.allocate(ElementType.I32, rows);
    backend.write(order, MemorySegment.ofArray(random.ints(rows, 0, rows).toArray()));
    data = new ResidentRows(pixels, order, GREY);
    x = normal(rows, PIXELS);
    perRow = normal(rows);
    first = dense(x, HIDDEN, RELU, null);
    heads = dense(first.y(), 2 * LATENT, Activation.IDENTITY, first.dy());
    third = dense(normal(rows, LATENT), HIDDEN, RELU, normal(rows, LATENT));
    logits = normal(rows, PIXELS);
    output =
        LayerTensors.linear(
            third.y(),
            normal(PIXELS, HIDDEN),
            normal(PIXELS),
            logits,
            logits,
            normal(PIXELS, HIDDEN),
            normal(PIXELS),
            third.dy());
    latent = new LatentTensors(first, heads, posterior(), third);
    flat =
        new AdamTensors(
            normal(PARAMETERS), normal(PARAMETERS), normal(PARAMETERS), normal(PARAMETERS));
    backend.fill(flat.secondMoment(), 0.01f);
  }

  private PosteriorTensors posterior() {
    return new PosteriorTensors(
        PosteriorHead.LOG_VARIANCE,
        heads.y(),
        normal(rows, LATENT),
        normal(rows, LATENT),
        third.x(),
        normal(rows),
        third.dx(),
        heads.dy());
  }

  private LayerTensors dense(Tensor input, int columns, Activation activation, Tensor dx) {
    Tensor y = normal(rows, columns);
    return new LayerTensors(
        input,
        normal(columns, input.columns()),
        normal(columns),
        activation,
        y,
        y,
        normal(rows, columns),
        normal(columns, input.columns()),
        normal(columns),
        dx);
  }

  /** With a deviation of 0.05. */
  private Tensor normal(int... shape) {
    Tensor tensor = tensors.allocate(ElementType.F32, shape);
    float[] values = new float[(int) tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.05f * (float) random.nextGaussian();
    }
    backend.write(tensor, values, 0, values.length);
    return tensor;
  }

  /** Arguments: batch size, precision. */
  public static void main(String[] arguments) {
    if (arguments.length != 2) {
      System.err.println("usage: java ... gpuvae.bench.KernelTimes BATCH float32|tf32");
      System.exit(2);
    }
    int rows = Integer.parseInt(arguments[0]);
    Precision precision = Precision.valueOf(arguments[1].toUpperCase(Locale.ROOT));
    CudaDevice card = Cuda.load(LibraryProbe.system(), Bindings.FFM).device(0);
    System.out.printf(
        "%s, %.0f GB/s, mlp-relu, batch %d, %s%n",
        card.name(), card.memoryBandwidth() / 1e9, rows, precision.label());
    if (card.name().startsWith("Software")) {
      System.out.println("This is no card: the times below say nothing about one.");
    }
    try (Backend backend = Device.cuda(0).withPrecision(precision).open()) {
      Tensors tensors = new Tensors(backend);
      new KernelTimes(tensors, rows, card.memoryBandwidth()).run();
      tensors.free();
    }
  }

  private void run() {
    warmUp();
    System.out.printf(ROW, "call", "us", "MB", "GB/s", "of peak", "floor us");
    System.out.println("|---|--:|--:|--:|--:|--:|");
    double small = 2 * LATENT * HIDDEN + HIDDEN * LATENT;
    time("gather_u8", 5.0 * rows * PIXELS, this::gather);
    final double hidden = time("x W1'", productBytes(), this::hiddenProduct);
    double forward = 4 * (rows * (2.0 * HIDDEN + 3 * LATENT) + small);
    timeRest("latent_forward", forward, this::latentForward, hidden);
    final double ofLogits = time("logits", productBytes(), this::logitsProduct);
    timeRest("bernoulli_output", 12.0 * rows * PIXELS, this::loss, ofLogits);
    time("dW4", productBytes(), this::outputWeightGradient);
    time("dh", productBytes(), this::outputInputGradient);
    final double weight = time("dW1", productBytes(), this::firstWeightGradient);
    double backward = 4 * (rows * (4.0 * HIDDEN + 6 * LATENT) + 2 * small);
    timeRest("latent_backward", backward, this::latentBackward, weight);
    time("optimizer_step", 28.0 * PARAMETERS, this::optimizerStep);
    row("the sum of these", sumMicros, sumBytes);
    row("a step of all in order", micros("step", this::step), sumBytes);
  }

  /** A card at rest runs slowly, and takes a while to run fast. */
  private void warmUp() {
    long end = System.nanoTime() + WARM_UP_NANOS;
    StepKey key = new StepKey("warm-up", rows);
    while (System.nanoTime() < end) {
      backend.milliseconds(() -> backend.run(key, this::step));
    }
  }

  /** Of a product of [rows, 784] and [rows, 400] or of one of them and [400, 784]. */
  private double productBytes() {
    return 4.0 * (rows * (PIXELS + HIDDEN) + PIXELS * HIDDEN);
  }

  private double time(String name, double bytes, Runnable body) {
    double micros = micros(name, body);
    addRow(name, micros, bytes);
    return micros;
  }

  /** What a composite takes beyond the product in it. */
  private void timeRest(String name, double bytes, Runnable composite, double product) {
    addRow(name + ", without its product", micros(name, composite) - product, bytes);
  }

  /**
   * The least of some trials: the first runs as it is, the second is captured. The work before each
   * hides what the launch itself takes.
   */
  private double micros(String name, Runnable body) {
    Runnable repeated =
        () -> {
          for (int i = 0; i < REPEATS; i++) {
            body.run();
          }
        };
    StepKey key = new StepKey(name, rows);
    double least = Double.POSITIVE_INFINITY;
    for (int trial = 0; trial <= TRIALS; trial++) {
      backend.run(key, repeated);
      double millis = backend.milliseconds(() -> backend.run(key, repeated));
      least = trial == 0 ? least : Math.min(least, millis);
    }
    return 1e3 * least / REPEATS;
  }

  private void addRow(String name, double micros, double bytes) {
    sumMicros += micros;
    sumBytes += bytes;
    row(name, micros, bytes);
  }

  private void row(String name, double micros, double bytes) {
    double rate = bytes / micros * 1e6;
    System.out.printf(
        ROW,
        name,
        "%.2f".formatted(micros),
        "%.2f".formatted(bytes / 1e6),
        "%.0f".formatted(rate / 1e9),
        "%.0f%%".formatted(100 * rate / bandwidth),
        "%.2f".formatted(bytes / bandwidth * 1e6));
  }

  private void gather() {
    backend.gather(state, data, rows, x);
  }

  private void hiddenProduct() {
    backend.gemm(x, false, first.weight(), true, rows, HIDDEN, PIXELS, first.pre(), false);
  }

  private void latentForward() {
    backend.latentForward(state, rows, latent, true);
  }

  private void logitsProduct() {
    backend.gemm(third.y(), false, output.weight(), true, rows, PIXELS, HIDDEN, logits, false);
  }

  private void loss() {
    backend.denseBernoulliLoss(state, rows, output, x, latent.posterior().kl(), perRow);
  }

  private void outputWeightGradient() {
    backend.gemm(
        logits, true, third.y(), false, PIXELS, HIDDEN, rows, output.weightGradient(), false);
  }

  private void outputInputGradient() {
    backend.gemm(logits, false, output.weight(), false, rows, HIDDEN, PIXELS, third.dy(), false);
  }

  private void firstWeightGradient() {
    backend.gemm(first.dy(), true, x, false, HIDDEN, PIXELS, rows, first.weightGradient(), false);
  }

  private void latentBackward() {
    backend.latentBackward(state, rows, latent);
  }

  /** With a state of its own, since it moves on in the data set. */
  private void optimizerStep() {
    backend.optimizerStep(advancing, ADAM, rows, flat);
  }

  private void step() {
    gather();
    latentForward();
    loss();
    outputWeightGradient();
    outputInputGradient();
    latentBackward();
    optimizerStep();
  }
}
