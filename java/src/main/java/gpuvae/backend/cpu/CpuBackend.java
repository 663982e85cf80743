package gpuvae.backend.cpu;

import gpuvae.backend.Activation;
import gpuvae.backend.AdamSettings;
import gpuvae.backend.AdamTensors;
import gpuvae.backend.Backend;
import gpuvae.backend.Convolution;
import gpuvae.backend.Device;
import gpuvae.backend.ElementType;
import gpuvae.backend.ImageOperations;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.ObjectiveOperations;
import gpuvae.backend.OutOfDeviceMemoryException;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.ResidentRows;
import gpuvae.backend.StepKey;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Tensors on the heap, operations shared among the cores; every method returns when it is done. */
final class CpuBackend implements Backend {
  /** How many threads work, the caller included. */
  static final String WORKERS_PROPERTY = "gpuvae.cpu.workers";

  private static final int MAX_WORKERS = 256;

  private final Kernels kernels;
  private final WorkerPool pool;
  private final Gemm gemm;
  private final Gather gather;
  private final CopyRows copyRows;
  private final BiasActivation biasActivation;
  private final ActivationBackward activationBackward;
  private final Reparameterise reparameterise;
  private final StandardNormal standardNormal;
  private final Loss loss;
  private final Optimizer optimizer;
  private final Convolutions convolutions;
  private final PlaneBias planeBias;
  private final CpuImages images;
  private final CpuObjectives objectives;
  private long bytes;
  private boolean closed;

  CpuBackend(Kernels kernels, int workers) {
    this.kernels = kernels;
    pool = new WorkerPool(workers);
    gemm = new Gemm(pool, kernels);
    gather = new Gather(pool, kernels);
    copyRows = new CopyRows(pool);
    biasActivation = new BiasActivation(pool, kernels);
    activationBackward = new ActivationBackward(pool, kernels);
    reparameterise = new Reparameterise(pool, kernels);
    standardNormal = new StandardNormal(pool, kernels);
    loss = new Loss(pool, kernels);
    optimizer = new Optimizer(pool, kernels);
    convolutions = new Convolutions(pool, kernels);
    planeBias = new PlaneBias(pool, kernels);
    images = new CpuImages(pool, kernels, convolutions);
    objectives = new CpuObjectives(pool);
  }

  /** As many workers as cores, unless the property says otherwise. */
  static int defaultWorkers() {
    String asked = System.getProperty(WORKERS_PROPERTY);
    if (asked == null) {
      return Math.min(MAX_WORKERS, Runtime.getRuntime().availableProcessors());
    }
    if (asked.matches("[0-9]{1,3}")) {
      int workers = Integer.parseInt(asked);
      if (workers >= 1 && workers <= MAX_WORKERS) {
        return workers;
      }
    }
    throw new IllegalArgumentException(
        WORKERS_PROPERTY + " is '" + asked + "', allowed: 1 to " + MAX_WORKERS);
  }

  static String describe(Kernels kernels, int workers) {
    return "CPU, %d %s, %s"
        .formatted(workers, workers == 1 ? "worker" : "workers", kernels.description());
  }

  // ---- memory ----

  @Override
  public Device device() {
    return Device.cpu();
  }

  @Override
  public Tensor allocate(ElementType type, int... shape) {
    if (closed) {
      throw new IllegalStateException("the CPU backend is closed");
    }
    long size = Tensor.sizeOf(shape);
    CpuStorage storage;
    try {
      storage = new CpuStorage(type, size);
    } catch (OutOfMemoryError | ArithmeticException e) {
      throw new OutOfDeviceMemoryException(
          ("no room for %s%s, %d bytes, beside %d in use and a heap of %d at most;"
                  + " a larger -Xmx, a smaller batch or a smaller model may help")
              .formatted(
                  type,
                  Arrays.toString(shape),
                  size * type.bytes(),
                  bytes,
                  Runtime.getRuntime().maxMemory()));
    }
    bytes += storage.bytes();
    return Tensor.of(storage, (int) storage.size()).view(storage.first(), shape);
  }

  @Override
  public void free(Tensor tensor) {
    CpuStorage storage = CpuStorage.of(tensor);
    if (storage.free()) {
      bytes -= storage.bytes();
    }
  }

  @Override
  public void write(Tensor destination, float[] source, int offset, int count) {
    checkFits(destination, count);
    System.arraycopy(
        source, offset, CpuStorage.floats(destination), (int) destination.offset(), count);
  }

  @Override
  public void write(Tensor destination, MemorySegment source) {
    long count = source.byteSize() / destination.type().bytes();
    checkFits(destination, count);
    Object array = CpuStorage.array(destination);
    MemorySegment.copy(
        source,
        CpuStorage.of(destination).layout(),
        0,
        array,
        (int) destination.offset(),
        (int) count);
  }

  @Override
  public void writeLong(Tensor destination, int index, long value) {
    checkFits(destination, index + 1L);
    CpuStorage.longs(destination)[(int) destination.offset() + index] = value;
  }

  @Override
  public void read(Tensor source, float[] destination, int offset, int count) {
    checkFits(source, count);
    System.arraycopy(CpuStorage.floats(source), (int) source.offset(), destination, offset, count);
  }

  @Override
  public void read(Tensor source, MemorySegment destination) {
    long count = Math.min(source.size(), destination.byteSize() / source.type().bytes());
    MemorySegment.copy(
        CpuStorage.array(source),
        (int) source.offset(),
        destination,
        CpuStorage.of(source).layout(),
        0,
        (int) count);
  }

  private static void checkFits(Tensor tensor, long count) {
    if (count > tensor.size()) {
      throw new IllegalArgumentException(count + " elements do not fit " + tensor);
    }
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {
    closed = true;
    pool.close();
  }

  // ---- a step ----

  @Override
  public void run(StepKey key, Runnable body) {
    body.run();
  }

  @Override
  public void gather(StepState state, ResidentRows data, int rows, Tensor x) {
    gather.run(state, data, rows, x);
  }

  @Override
  public void fetch(StepState ahead, ResidentRows data, int rows, Tensor x) {
    long[] words = CpuStorage.longs(ahead.words());
    long left = Math.max(0, data.order().size() - words[StepState.POSITION]);
    gather.run(ahead, data, (int) Math.min(rows, left), x);
    words[StepState.ATTEMPT]++;
    words[StepState.POSITION] += rows;
  }

  @Override
  public void selectSlot(StepState state, Tensor slots, int rows, Tensor x) {
    int slot = (int) CpuStorage.longs(state.words())[StepState.SLOT];
    copyRows.run(
        rows,
        x.columns(),
        CpuStorage.floats(slots),
        (int) (slots.offset() + slot * (slots.size() / 2)),
        CpuStorage.floats(x),
        (int) x.offset());
  }

  @Override
  public void gemm(
      Tensor a,
      boolean transposeA,
      Tensor b,
      boolean transposeB,
      int m,
      int n,
      int k,
      Tensor c,
      boolean accumulate) {
    gemm.run(a, transposeA, b, transposeB, m, n, k, c, accumulate, null, null);
  }

  @Override
  public void biasActivation(int rows, Tensor pre, Tensor bias, Activation activation, Tensor y) {
    if (bias != null && bias.size() < pre.columns()) {
      planeBias.forward(rows, pre, bias, activation, y);
    } else {
      biasActivation.run(rows, pre, bias, activation, y);
    }
  }

  @Override
  public void activationBackward(
      int rows, Activation activation, Tensor pre, Tensor y, Tensor dy, Tensor biasGradient) {
    if (activation.equals(Activation.IDENTITY) && biasGradient == null) {
      return;
    }
    Tensor known = activation.needsInput() ? pre : y;
    if (biasGradient != null && biasGradient.size() < dy.columns()) {
      planeBias.backward(rows, activation, known, dy, biasGradient);
    } else {
      activationBackward.run(rows, activation, known, dy, biasGradient);
    }
  }

  @Override
  public void reparameterise(StepState state, int rows, PosteriorTensors t, boolean draw) {
    reparameterise.forward(state, rows, t, draw);
  }

  @Override
  public void reparameteriseBackward(StepState state, int rows, PosteriorTensors t) {
    reparameterise.backward(state, rows, t);
  }

  @Override
  public void standardNormal(StepState state, int rows, Tensor z) {
    standardNormal.run(state, rows, z);
  }

  @Override
  public void bernoulliLoss(
      int rows, Tensor logits, Tensor target, Tensor gradient, Tensor perRow) {
    loss.run(rows, logits, null, target, gradient, perRow);
  }

  @Override
  public void squaredErrorLoss(
      int rows, Tensor pre, Activation output, Tensor target, Tensor gradient, Tensor perRow) {
    loss.run(rows, pre, output, target, gradient, perRow);
  }

  @Override
  public void sumLosses(StepState state, int rows, Tensor reconstruction, Tensor kl) {
    StepRecord.sumLosses(state, rows, reconstruction, kl);
  }

  @Override
  public void gradientNorm(StepState state, Tensor gradients) {
    StepRecord.judge(state, optimizer.sumOfSquares(gradients));
  }

  @Override
  public void adam(StepState state, AdamSettings settings, AdamTensors t) {
    long[] words = CpuStorage.longs(state.words());
    if (words[StepState.ACCEPTED] != 0) {
      optimizer.adam(words, settings, t);
    }
  }

  @Override
  public void advance(StepState state, AdamSettings settings, int rows) {
    StepRecord.advance(state, settings, rows);
  }

  @Override
  public void fill(Tensor tensor, float value) {
    int from = (int) tensor.offset();
    Arrays.fill(CpuStorage.floats(tensor), from, from + (int) tensor.size(), value);
  }

  @Override
  public void copy(int rows, Tensor source, Tensor destination) {
    copyRows.run(
        rows,
        source.columns(),
        CpuStorage.floats(source),
        (int) source.offset(),
        CpuStorage.floats(destination),
        (int) destination.offset());
  }

  @Override
  public ImageOperations images() {
    return images;
  }

  @Override
  public ObjectiveOperations objectives() {
    return objectives;
  }

  // ---- composites ----

  /** Bias and activation while a block of the product is in the cache. */
  @Override
  public void denseForward(int rows, LayerTensors t) {
    if (t.pre() != t.y()) {
      Backend.super.denseForward(rows, t);
      return;
    }
    int out = t.weight().rows();
    int in = t.weight().columns();
    gemm.run(t.x(), false, t.weight(), true, rows, out, in, t.y(), false, t.bias(), t.activation());
  }

  @Override
  public void convolutionForward(int rows, Convolution geometry, LayerTensors t) {
    if (t.pre() != t.y()) {
      Backend.super.convolutionForward(rows, geometry, t);
    } else {
      convolutions.forward(rows, geometry, t.x(), t.weight(), t.bias(), t.activation(), t.y());
    }
  }

  @Override
  public void transposedForward(int rows, Convolution geometry, LayerTensors t) {
    // With a stride a row is not complete until the last phase is.
    if (t.pre() != t.y() || geometry.stride() > 1) {
      Backend.super.transposedForward(rows, geometry, t);
    } else {
      convolutions.backwardData(rows, geometry, t.x(), t.weight(), t.bias(), t.activation(), t.y());
    }
  }
}
