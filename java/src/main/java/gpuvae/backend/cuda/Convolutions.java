package gpuvae.backend.cuda;

import gpuvae.backend.Algorithms;
import gpuvae.backend.Convolution;
import gpuvae.backend.Device;
import gpuvae.backend.DeviceUnavailableException;
import gpuvae.backend.Precision;
import gpuvae.backend.Tensor;
import gpuvae.cuda.Cleanup;
import gpuvae.cuda.ConvolutionGeometry;
import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaException;
import gpuvae.cuda.CudaStream;
import gpuvae.cuda.CudaUnavailableException;
import gpuvae.cuda.CudnnConvolution;
import gpuvae.cuda.CudnnHandle;
import gpuvae.cuda.DeviceMemory;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Convolutions by cuDNN. Each is planned when a step asks for it first, in its plain run; plans,
 * which are in the host's memory, are kept as long as they are used.
 */
final class Convolutions implements Part {
  /** The most that an algorithm may need. */
  private static final long WORKSPACE_LIMIT = 256L << 20;

  /** More than the steps that are recorded ask for. */
  private static final int KEPT = 256;

  private record Key(Convolution geometry, int rows) {}

  /**
   * What cuDNN does.
   *
   * @param padded whether cuDNN, whose zeros are as many after as before, gets images that have
   *     theirs already
   */
  private record Plan(Convolution geometry, int rows, CudnnConvolution cudnn, boolean padded) {
    int planes() {
      return Math.multiplyExact(rows, geometry.inChannels());
    }

    int height() {
      return paddedSize(geometry.outHeight(), geometry);
    }

    int width() {
      return paddedSize(geometry.outWidth(), geometry);
    }

    long paddedBytes() {
      return (long) Float.BYTES * planes() * height() * width();
    }
  }

  private final Launcher launcher;
  private final Faults faults;
  private final ImageKernels images;
  private final CudnnHandle cudnn;
  private final CudnnHandle.MathMode mode;
  private final boolean deterministic;
  private final GrowingMemory workspace;
  private final GrowingMemory padded;
  private final Map<Key, Plan> plans = new LinkedHashMap<>(KEPT, 0.75f, true);

  /**
   * Loads cuDNN.
   *
   * @throws DeviceUnavailableException if it is not there or does not start
   */
  Convolutions(
      CudaContext context,
      CudaStream stream,
      Launcher launcher,
      Memory memory,
      GraphCache graphs,
      Faults faults,
      ImageKernels images,
      Device device) {
    this.launcher = launcher;
    this.faults = faults;
    this.images = images;
    workspace = new GrowingMemory("cuDNN's workspace", memory, graphs);
    padded = new GrowingMemory("images with their padding", memory, graphs);
    boolean tf32 = device.precision() == Precision.TF32;
    mode = tf32 ? CudnnHandle.MathMode.TF32 : CudnnHandle.MathMode.FLOAT32;
    deterministic = device.algorithms() == Algorithms.DETERMINISTIC;
    try {
      cudnn = context.createDnn(stream);
    } catch (CudaUnavailableException e) {
      throw new DeviceUnavailableException(
          "convolutions on a CUDA device need cuDNN: " + e.getMessage());
    }
  }

  void forward(int rows, Convolution geometry, Tensor x, Tensor weight, Tensor y) {
    Plan plan = plan(rows, geometry);
    long in = plan.padded ? pad(plan, x) : CudaStorage.floats(x);
    DeviceMemory space = workspace(plan);
    faults.translate(
        () ->
            plan.cudnn.forward(
                in,
                CudaStorage.floats(weight),
                CudaStorage.floats(y),
                space.address(),
                space.size(),
                false));
  }

  void backwardData(int rows, Convolution geometry, Tensor dy, Tensor weight, Tensor dx) {
    Plan plan = plan(rows, geometry);
    long in = plan.padded ? padded(plan) : CudaStorage.floats(dx);
    DeviceMemory space = workspace(plan);
    faults.translate(
        () ->
            plan.cudnn.backwardData(
                CudaStorage.floats(weight),
                CudaStorage.floats(dy),
                in,
                space.address(),
                space.size(),
                false));
    if (plan.padded) {
      crop(plan, dx);
    }
  }

  void backwardWeight(int rows, Convolution geometry, Tensor x, Tensor dy, Tensor weightGradient) {
    Plan plan = plan(rows, geometry);
    long in = plan.padded ? pad(plan, x) : CudaStorage.floats(x);
    DeviceMemory space = workspace(plan);
    faults.translate(
        () ->
            plan.cudnn.backwardFilter(
                in,
                CudaStorage.floats(dy),
                CudaStorage.floats(weightGradient),
                space.address(),
                space.size(),
                false));
  }

  private DeviceMemory workspace(Plan plan) {
    return workspace.atLeast(Math.max(1, plan.cudnn.workspaceBytes()));
  }

  // ---- padding that cuDNN cannot express ----

  /** Also where cuDNN would go on to pixels that are not used. */
  private static boolean asymmetric(int in, int out, Convolution g) {
    int free = in + 2 * g.padding() - g.kernel();
    return free < 0 || free / g.stride() + 1 != out;
  }

  /** Pixels that an output of this size sees. */
  private static int paddedSize(int out, Convolution g) {
    return (out - 1) * g.stride() + g.kernel();
  }

  private long padded(Plan plan) {
    return padded.atLeast(plan.paddedBytes()).address();
  }

  private long pad(Plan plan, Tensor x) {
    Convolution g = plan.geometry;
    long to = padded(plan);
    images.pad(
        plan.planes(),
        g.inHeight(),
        g.inWidth(),
        plan.height(),
        plan.width(),
        -g.padding(),
        -g.padding(),
        CudaStorage.floats(x),
        to);
    return to;
  }

  private void crop(Plan plan, Tensor dx) {
    Convolution g = plan.geometry;
    images.pad(
        plan.planes(),
        plan.height(),
        plan.width(),
        g.inHeight(),
        g.inWidth(),
        g.padding(),
        g.padding(),
        padded(plan),
        CudaStorage.floats(dx));
  }

  // ---- plans ----

  private Plan plan(int rows, Convolution geometry) {
    launcher.enter();
    Key key = new Key(geometry, rows);
    Plan plan = plans.get(key);
    if (plan == null) {
      if (plans.size() == KEPT) {
        forget(plans.keySet().iterator().next());
      }
      plan = make(rows, geometry);
      plans.put(key, plan);
    }
    return plan;
  }

  private Plan make(int rows, Convolution g) {
    boolean pad =
        asymmetric(g.inHeight(), g.outHeight(), g) || asymmetric(g.inWidth(), g.outWidth(), g);
    ConvolutionGeometry asked =
        new ConvolutionGeometry(
            rows,
            g.inChannels(),
            pad ? paddedSize(g.outHeight(), g) : g.inHeight(),
            pad ? paddedSize(g.outWidth(), g) : g.inWidth(),
            g.outChannels(),
            g.kernel(),
            g.kernel(),
            g.stride(),
            g.stride(),
            pad ? 0 : g.padding(),
            pad ? 0 : g.padding());
    try {
      return new Plan(g, rows, cudnn.plan(asked, mode, deterministic, WORKSPACE_LIMIT), pad);
    } catch (CudaException e) {
      throw faults.of(e);
    }
  }

  private void forget(Key key) {
    faults.translate(plans.remove(key).cudnn::close);
  }

  @Override
  public void close() {
    Cleanup cleanup = new Cleanup();
    plans.values().forEach(plan -> cleanup.then(plan.cudnn::close));
    plans.clear();
    cleanup.then(cudnn::close).then(workspace::close).then(padded::close).end();
  }
}
