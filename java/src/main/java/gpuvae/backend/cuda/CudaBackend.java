package gpuvae.backend.cuda;

import gpuvae.backend.Activation;
import gpuvae.backend.AdamSettings;
import gpuvae.backend.AdamTensors;
import gpuvae.backend.Backend;
import gpuvae.backend.Device;
import gpuvae.backend.ElementType;
import gpuvae.backend.ImageOperations;
import gpuvae.backend.LatentTensors;
import gpuvae.backend.LayerTensors;
import gpuvae.backend.ObjectiveOperations;
import gpuvae.backend.PosteriorTensors;
import gpuvae.backend.ResidentRows;
import gpuvae.backend.StepKey;
import gpuvae.backend.StepState;
import gpuvae.backend.Tensor;
import gpuvae.cuda.Cleanup;
import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaDevice;
import gpuvae.cuda.CudaEvent;
import gpuvae.cuda.CudaException;
import gpuvae.cuda.CudaStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** One device, one stream. Methods return when their work is given, not when it is done. */
final class CudaBackend implements Backend {
  /** Up to so many inputs the kernel `dense` takes the place of cuBLAS and bias_activation. */
  private static final int FEW_INPUTS = 64;

  private final Device device;
  private final CudaContext context;
  private final Faults faults;
  private final Memory memory;
  private CudaStream stream;
  private GraphCache graphs;
  private Launcher launcher;
  private Scratch scratch;
  private Transfers transfers;
  private BatchSlots slots;
  private Marks marks;
  private SideStream side;
  private Products products;
  private DataKernels dataKernels;
  private LayerKernels layers;
  private PosteriorKernels posterior;
  private LatentKernels latents;
  private LossKernels losses;
  private OptimizerKernels optimizer;
  private Lazy<ImageKernels> planes;
  private Lazy<Convolutions> convolutions;
  private CudaImages images;
  private Lazy<ObjectiveKernels> objectives;
  private boolean closed;

  /**
   * Opens a device.
   *
   * @param withGraphs whether steps are captured; the results have the same bits without
   */
  CudaBackend(Device device, CudaDevice hardware, boolean withGraphs) {
    this.device = device;
    faults = new Faults(device + " (" + hardware.name() + ")");
    context = hardware.openContext();
    memory = new Memory(context, faults);
    try {
      DeviceLock.hold(device.index(), () -> faults.translate(() -> open(withGraphs)));
    } catch (RuntimeException | Error e) {
      memory.ledger().clear();
      try {
        close();
      } catch (RuntimeException worse) {
        e.addSuppressed(worse);
      }
      throw e;
    }
  }

  private void open(boolean withGraphs) {
    stream = context.createStream();
    graphs = new GraphCache(stream, device.index(), withGraphs);
    launcher = new Launcher(context, stream, faults);
    transfers = new Transfers(context, stream, memory);
    slots = new BatchSlots(context, stream, memory);
    marks = new Marks(context, stream, memory);
    side = new SideStream(context, stream, faults);
    scratch = new Scratch(memory, stream, graphs, faults);
    products = new Products(context, stream, launcher, memory, faults, device.precision());
    KernelLibrary library = new KernelLibrary(context);
    dataKernels = new DataKernels(launcher, library, scratch);
    layers = new LayerKernels(launcher, library);
    posterior = new PosteriorKernels(launcher, library);
    latents = new LatentKernels(launcher, library, scratch);
    losses = new LossKernels(launcher, library, scratch);
    optimizer = new OptimizerKernels(launcher, library, scratch);
    planes = lazy(() -> new ImageKernels(launcher, library, scratch));
    convolutions = lazy(this::makeConvolutions);
    images =
        new CudaImages(
            convolutions, lazy(() -> new NormKernels(launcher, library, scratch)), planes);
    objectives = lazy(() -> new ObjectiveKernels(launcher, library));
  }

  private <T> Lazy<T> lazy(Supplier<T> maker) {
    return new Lazy<>(launcher, faults, maker);
  }

  private Convolutions makeConvolutions() {
    return new Convolutions(
        context, stream, launcher, memory, graphs, faults, planes.get(), device);
  }

  // ---- memory ----

  @Override
  public Device device() {
    return device;
  }

  /** What is not given back yet. */
  Ledger ledger() {
    return memory.ledger();
  }

  /** Steps that are replayed. */
  GraphCache graphs() {
    return graphs;
  }

  private void enter() {
    if (closed) {
      throw new IllegalStateException("the CUDA backend is closed");
    }
    launcher.enter();
  }

  @Override
  public Tensor allocate(ElementType type, int... shape) {
    enter();
    long size = Tensor.sizeOf(shape);
    String what = type + Arrays.toString(shape);
    return Tensor.of(
        new CudaStorage(type, size, memory.allocate(what, Math.multiplyExact(size, type.bytes()))),
        shape);
  }

  @Override
  public void free(Tensor tensor) {
    CudaStorage storage = CudaStorage.of(tensor);
    if (closed) {
      return;
    }
    new Cleanup()
        .then(() -> faults.translate(graphs::clear))
        .then(() -> memory.free(storage.memory()))
        .end();
  }

  @Override
  public void write(Tensor destination, float[] source, int offset, int count) {
    write(destination, part(source, offset, count));
  }

  @Override
  public void write(Tensor destination, MemorySegment source) {
    checkFits(destination, source.byteSize());
    enter();
    try {
      transfers.toDevice(CudaStorage.address(destination), source);
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  @Override
  public boolean isAsynchronous() {
    return true;
  }

  @Override
  public void writeSlot(Tensor slot, int which, float[] source, int count) {
    writeSlot(slot, which, part(source, 0, count));
  }

  @Override
  public void writeSlot(Tensor slot, int which, MemorySegment source) {
    checkFits(slot, source.byteSize());
    enter();
    try {
      slots.write(which, CudaStorage.floats(slot), source);
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  /** By fills of words: nothing of the host's has to outlive the call. */
  @Override
  public void writeLong(Tensor destination, int index, long value) {
    checkFits(destination, Long.BYTES * (index + 1L));
    enter();
    try {
      long address = CudaStorage.address(destination, ElementType.I64) + Long.BYTES * (long) index;
      stream.fill32(address, (int) value, 1);
      stream.fill32(address + Integer.BYTES, (int) (value >>> Integer.SIZE), 1);
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  @Override
  public void read(Tensor source, float[] destination, int offset, int count) {
    checkFits(source, (long) Float.BYTES * count);
    read(source, part(destination, offset, count));
  }

  @Override
  public void read(Tensor source, MemorySegment destination) {
    enter();
    try {
      transfers.toHost(CudaStorage.address(source), part(destination, source));
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  @Override
  public void mark(long number) {
    enter();
    try {
      marks.set(number);
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  @Override
  public void readMarked(long number, Tensor source, MemorySegment destination) {
    enter();
    try {
      marks.toHost(number, CudaStorage.address(source), part(destination, source));
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  /** As much of it as the tensor fills. */
  private static MemorySegment part(MemorySegment destination, Tensor source) {
    long bytes = source.size() * source.type().bytes();
    return destination.asSlice(0, Math.min(bytes, destination.byteSize()));
  }

  private static MemorySegment part(float[] values, int offset, int count) {
    return MemorySegment.ofArray(values)
        .asSlice((long) Float.BYTES * offset, (long) Float.BYTES * count);
  }

  private static void checkFits(Tensor tensor, long bytes) {
    if (bytes > tensor.size() * tensor.type().bytes()) {
      throw new IllegalArgumentException(bytes + " bytes do not fit " + tensor);
    }
  }

  @Override
  public void synchronize() {
    enter();
    try {
      stream.synchronize();
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  /** As the device counts them. */
  @Override
  public double milliseconds(Runnable body) {
    enter();
    try (CudaEvent start = context.createEvent();
        CudaEvent end = context.createEvent()) {
      stream.record(start);
      body.run();
      stream.record(end);
      end.synchronize();
      return CudaEvent.elapsedMillis(start, end);
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    DeviceLock.hold(device.index(), this::release);
  }

  private void release() {
    // Pinned memory may be freed only when no copy uses it.
    Cleanup cleanup = new Cleanup().then(() -> faults.translate(context::drain));
    for (Part own :
        Arrays.asList(graphs, slots, marks, side, transfers, convolutions, products, scratch)) {
      if (own != null) {
        cleanup.then(() -> faults.translate(own::close));
      }
    }
    report(memory.ledger().open());
    cleanup.then(() -> faults.translate(context::close)).end();
  }

  private static void report(List<String> leaks) {
    if (!leaks.isEmpty()) {
      System.getLogger("gpuvae")
          .log(
              System.Logger.Level.WARNING,
              "freed with the device, but nobody gave it back: "
                  + String.join(System.lineSeparator(), leaks));
    }
  }

  // ---- a step ----

  @Override
  public void run(StepKey key, Runnable body) {
    enter();
    try {
      graphs.run(key, body);
      slots.stepGiven();
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  @Override
  public void gather(StepState state, ResidentRows data, int rows, Tensor x) {
    dataKernels.gather(state, data, rows, x);
  }

  @Override
  public void fetch(StepState ahead, ResidentRows data, int rows, Tensor x) {
    dataKernels.fetch(launcher, ahead, data, rows, x);
  }

  @Override
  public void fetchBeside(Runnable work, StepState ahead, ResidentRows data, int rows, Tensor x) {
    side.beside(work, () -> dataKernels.fetch(side.launcher(), ahead, data, rows, x));
  }

  @Override
  public void selectSlot(StepState state, Tensor slots, int rows, Tensor x) {
    dataKernels.selectSlot(state, slots, rows, x);
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
    products.gemm(a, transposeA, b, transposeB, m, n, k, c, accumulate);
  }

  @Override
  public void biasActivation(int rows, Tensor pre, Tensor bias, Activation activation, Tensor y) {
    layers.biasActivation(rows, pre, bias, activation, y);
  }

  @Override
  public void activationBackward(
      int rows, Activation activation, Tensor pre, Tensor y, Tensor dy, Tensor biasGradient) {
    if (biasGradient == null || biasGradient.size() == dy.columns()) {
      layers.activationBackward(rows, activation, pre, y, dy, biasGradient);
    } else {
      planes.get().activationBackward(rows, activation, pre, y, dy, biasGradient);
    }
  }

  @Override
  public void reparameterise(StepState state, int rows, PosteriorTensors t, boolean draw) {
    posterior.reparameterise(state, rows, t, null, draw);
  }

  @Override
  public void reparameteriseBackward(StepState state, int rows, PosteriorTensors t) {
    posterior.reparameteriseBackward(state, rows, t, null);
  }

  @Override
  public void standardNormal(StepState state, int rows, Tensor z) {
    posterior.standardNormal(state, rows, z);
  }

  @Override
  public void bernoulliLoss(
      int rows, Tensor logits, Tensor target, Tensor gradient, Tensor perRow) {
    losses.bernoulliLoss(rows, logits, target, gradient, perRow);
  }

  @Override
  public void squaredErrorLoss(
      int rows, Tensor pre, Activation output, Tensor target, Tensor gradient, Tensor perRow) {
    losses.squaredErrorLoss(rows, pre, output, target, gradient, perRow);
  }

  @Override
  public void sumLosses(StepState state, int rows, Tensor reconstruction, Tensor kl) {
    losses.sumLosses(state, rows, reconstruction, kl);
  }

  @Override
  public void gradientNorm(StepState state, Tensor gradients) {
    optimizer.gradientNorm(state, gradients);
  }

  @Override
  public void adam(StepState state, AdamSettings settings, AdamTensors t) {
    optimizer.adam(state, settings, t);
  }

  @Override
  public void advance(StepState state, AdamSettings settings, int rows) {
    optimizer.advance(state, settings, rows);
  }

  @Override
  public void fill(Tensor tensor, float value) {
    dataKernels.fill(tensor, value);
  }

  @Override
  public void copy(int rows, Tensor source, Tensor destination) {
    dataKernels.copy(rows, source, destination);
  }

  @Override
  public ImageOperations images() {
    return images;
  }

  @Override
  public ObjectiveOperations objectives() {
    return objectives.get();
  }

  // ---- composites: fewer launches ----

  @Override
  public void denseForward(int rows, LayerTensors t) {
    if (t.weight().columns() <= FEW_INPUTS) {
      layers.dense(rows, t);
    } else {
      Backend.super.denseForward(rows, t);
    }
  }

  @Override
  public void denseBernoulliLoss(
      StepState state, int rows, LayerTensors t, Tensor target, Tensor kl, Tensor perRow) {
    product(rows, t);
    losses.bernoulliOutput(state, rows, t.y(), t.bias(), target, kl, t.biasGradient(), perRow);
  }

  @Override
  public void denseSquaredErrorLoss(
      StepState state,
      int rows,
      LayerTensors t,
      Activation output,
      Tensor target,
      Tensor kl,
      Tensor perRow) {
    product(rows, t);
    losses.squaredErrorOutput(
        state, rows, t.y(), t.bias(), output, target, kl, t.biasGradient(), perRow);
  }

  /** The heads' bias is added where they are read. */
  @Override
  public void bottleneckForward(
      StepState state, int rows, LayerTensors layer, PosteriorTensors t, boolean draw) {
    product(rows, layer);
    posterior.reparameterise(state, rows, t, layer.bias(), draw);
  }

  /** The heads' bias gradient is summed where theirs is computed. */
  @Override
  public void bottleneckBackward(
      StepState state, int rows, LayerTensors layer, PosteriorTensors t) {
    posterior.reparameteriseBackward(state, rows, t, layer.biasGradient());
    denseBackward(rows, layer.afterActivation());
  }

  /** A dense layer's product alone: pre = x W^T. */
  private void product(int rows, LayerTensors t) {
    int out = t.weight().rows();
    gemm(t.x(), false, t.weight(), true, rows, out, t.weight().columns(), t.pre(), false);
  }

  /** The encoder's last product is cuBLAS', the rest one launch. */
  @Override
  public void latentForward(StepState state, int rows, LatentTensors t, boolean draw) {
    if (!LatentKernels.suit(t)) {
      Backend.super.latentForward(state, rows, t, draw);
      return;
    }
    product(rows, t.before());
    latents.forward(state, rows, t, draw);
  }

  /** One launch, and the products of the encoder's last layer. */
  @Override
  public void latentBackward(StepState state, int rows, LatentTensors t) {
    if (!LatentKernels.suit(t)) {
      Backend.super.latentBackward(state, rows, t);
      return;
    }
    latents.backward(state, rows, t);
    denseBackward(rows, t.before().afterActivation());
  }

  @Override
  public void optimizerStep(StepState state, AdamSettings settings, int rows, AdamTensors t) {
    optimizer.optimizerStep(state, settings, rows, t);
  }
}
