package gpuvae.bench;

import gpuvae.backend.Activation;
import gpuvae.backend.AdamSettings;
import gpuvae.backend.AdamTensors;
import gpuvae.backend.Backend;
import gpuvae.backend.Binarisation;
import gpuvae.backend.Device;
import gpuvae.backend.ElementType;
import gpuvae.backend.PosteriorHead;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.Preprocessing;
import gpuvae.backend.ResidentRows;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.backend.Tensors;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Primitives at mlp-relu's shapes; "gigabytes" counts what it must read and write. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:ObjectAlignmentInBytes=64",
      "-Xmx4g"
    })
public class OperationBenchmark {
  private static final int PIXELS = 784;
  private static final int HIDDEN = 400;
  private static final int LATENT = 20;
  private static final int PARAMETERS = 652_824;
  private static final int SAMPLES = 10_000;
  private static final AdamSettings ADAM =
      new AdamSettings(0.9, 0.999, 1e-8, 0, false, Double.POSITIVE_INFINITY);
  private static final Preprocessing GREY = new Preprocessing(1 / 255f, 0, Binarisation.NONE, 0);

  @Param({"128", "1000"})
  int batch;

  @Param("cpu")
  String device;

  private final Random random = new Random(1);
  private Backend backend;
  private StepState state;
  private ResidentRows data;
  private Tensor images;
  private Tensor logits;
  private Tensor logitGradient;
  private Tensor hidden;
  private Tensor hiddenGradient;
  private Tensor bias;
  private Tensor biasGradient;
  private Tensor perRow;
  private PosteriorTensors posterior;
  private AdamTensors flat;

  /** Random contents. */
  @Setup
  public void open() {
    backend = Device.parse(device).open();
    state = new StepState(new Tensors(backend));
    state.set(backend, StepState.ACCEPTED, 1);
    byte[] bytes = new byte[SAMPLES * PIXELS];
    random.nextBytes(bytes);
    Tensor pixels = backend.allocate(ElementType.U8, SAMPLES, PIXELS);
    backend.write(pixels, MemorySegment.ofArray(bytes));
    Tensor order = backend.allocate(ElementType.I32, SAMPLES);
    backend.write(order, MemorySegment.ofArray(random.ints(SAMPLES, 0, SAMPLES).toArray()));
    data = new ResidentRows(pixels, order, GREY);
    images = random(batch, PIXELS);
    logits = random(batch, PIXELS);
    logitGradient = random(batch, PIXELS);
    hidden = random(batch, HIDDEN);
    hiddenGradient = random(batch, HIDDEN);
    bias = random(HIDDEN);
    biasGradient = random(HIDDEN);
    perRow = random(batch);
    posterior =
        new PosteriorTensors(
            PosteriorHead.LOG_VARIANCE,
            random(batch, 2 * LATENT),
            random(batch, LATENT),
            random(batch, LATENT),
            random(batch, LATENT),
            random(batch),
            null,
            null);
    flat =
        new AdamTensors(
            random(PARAMETERS), random(PARAMETERS), random(PARAMETERS), random(PARAMETERS));
    backend.fill(flat.secondMoment(), 0.01f);
  }

  private Tensor random(int... shape) {
    Tensor tensor = backend.allocate(ElementType.F32, shape);
    float[] values = new float[(int) tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    backend.write(tensor, values, 0, values.length);
    return tensor;
  }

  /** Billions of bytes a second. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Counters {
    /** Read and written. */
    public double gigabytes;

    /** JMH counts from here. */
    @Setup(Level.Iteration)
    public void reset() {
      gigabytes = 0;
    }
  }

  private void done(Counters counters, long bytes) {
    backend.synchronize();
    counters.gigabytes += 1e-9 * bytes;
  }

  /** Rows of bytes to floats. */
  @Benchmark
  public void gather(Counters counters) {
    backend.gather(state, data, batch, images);
    done(counters, 5L * batch * PIXELS);
  }

  /** Bias and ReLU in place. */
  @Benchmark
  public void biasActivation(Counters counters) {
    backend.biasActivation(batch, hidden, bias, Activation.RELU, hidden);
    done(counters, 8L * batch * HIDDEN);
  }

  /** Through ReLU, and the bias gradient. */
  @Benchmark
  public void activationBackward(Counters counters) {
    backend.activationBackward(
        batch, Activation.RELU, hidden, hidden, hiddenGradient, biasGradient);
    done(counters, 12L * batch * HIDDEN);
  }

  /** Loss and gradient from logits. */
  @Benchmark
  public void bernoulliLoss(Counters counters) {
    backend.bernoulliLoss(batch, logits, images, logitGradient, perRow);
    done(counters, 12L * batch * PIXELS);
  }

  /** Noise, sample and KL divergence. */
  @Benchmark
  public void reparameterise(Counters counters) {
    backend.reparameterise(state, batch, posterior, true);
    done(counters, 20L * batch * LATENT);
  }

  /** The sum of squares of all gradients. */
  @Benchmark
  public void gradientNorm(Counters counters) {
    backend.gradientNorm(state, flat.gradients());
    done(counters, 4L * PARAMETERS);
  }

  /** Adam. */
  @Benchmark
  public void adam(Counters counters) {
    backend.adam(state, ADAM, flat);
    done(counters, 28L * PARAMETERS);
  }

  /** Frees the device. */
  @TearDown
  public void close() {
    backend.close();
  }
}
