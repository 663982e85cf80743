package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import gpuvae.cuda.CudnnHandle.MathMode;
import gpuvae.cuda.Dnn.Algorithm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * A convolution that was planned: its algorithms are chosen, by cuDNN's heuristics, when it is
 * made. What is called convolution is cross-correlation, as in PyTorch:
 *
 * <pre>
 * y[n][k][i][j] = sum over c, r, s of w[k][c][r][s] x[n][c][i stride + r - pad][j stride + s - pad]
 * </pre>
 *
 * A transposed convolution is {@link #backwardData} of the convolution that it transposes, its own
 * gradient {@link #forward}. Addresses are on the device, of dense floats; the workspace, with at
 * least {@link #workspaceBytes} bytes at a multiple of 16, holds nothing between calls. The calls
 * go to the handle's stream, can be captured, and allocate nothing.
 */
public final class CudnnConvolution extends Owned {
  private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_FLOAT, 1);
  private static final MemorySegment ZERO = Arena.global().allocateFrom(JAVA_FLOAT, 0);

  /** An algorithm's number, and what it needs. */
  private record Choice(int algorithm, long workspaceBytes) {}

  private final CudnnHandle handle;
  private final Dnn dnn;
  private final List<CudnnDescriptor> descriptors = new ArrayList<>();
  private final TensorDescriptor x;
  private final FilterDescriptor w;
  private final ConvolutionDescriptor convolution;
  private final TensorDescriptor y;
  private final int outputHeight;
  private final int outputWidth;
  private final Choice forward;
  private final Choice backwardData;
  private final Choice backwardFilter;

  CudnnConvolution(
      CudnnHandle handle,
      Dnn dnn,
      ConvolutionGeometry geometry,
      MathMode mode,
      boolean deterministic,
      long workspaceLimit) {
    super(handle.context());
    this.handle = handle;
    this.dnn = dnn;
    ConvolutionGeometry g = geometry;
    try {
      x = own(new TensorDescriptor(dnn, g.batch(), g.inputs(), g.height(), g.width()));
      w =
          own(
              new FilterDescriptor(
                  dnn, g.outputs(), g.inputs(), g.filterHeight(), g.filterWidth()));
      convolution =
          own(
              new ConvolutionDescriptor(
                  dnn, g.padHeight(), g.padWidth(), g.strideHeight(), g.strideWidth(), mode));
      int[] output = convolution.output(x, w);
      outputHeight = output[2];
      outputWidth = output[3];
      y = own(new TensorDescriptor(dnn, output[0], output[1], outputHeight, outputWidth));
      Chooser chooser = new Chooser(geometry, deterministic, workspaceLimit);
      long h = handle.handle();
      long xTensor = x.handle();
      long filter = w.handle();
      long how = convolution.handle();
      long yTensor = y.handle();
      forward =
          chooser.choose(
              "forward",
              dnn.forwardAlgorithms(h, xTensor, filter, how, yTensor),
              algorithm -> dnn.forwardWorkspace(h, xTensor, filter, how, yTensor, algorithm));
      backwardData =
          chooser.choose(
              "backward data",
              dnn.backwardDataAlgorithms(h, filter, yTensor, how, xTensor),
              algorithm -> dnn.backwardDataWorkspace(h, filter, yTensor, how, xTensor, algorithm));
      backwardFilter =
          chooser.choose(
              "backward filter",
              dnn.backwardFilterAlgorithms(h, xTensor, yTensor, how, filter),
              algorithm ->
                  dnn.backwardFilterWorkspace(h, xTensor, yTensor, how, filter, algorithm));
    } catch (RuntimeException e) {
      free();
      throw e;
    }
  }

  /** The first algorithm, in cuDNN's order, that may be used. */
  private record Chooser(ConvolutionGeometry geometry, boolean deterministic, long limit) {
    Choice choose(String direction, List<Algorithm> algorithms, IntToLongFunction workspace) {
      for (Algorithm algorithm : algorithms) {
        if (algorithm.deterministic() || !deterministic) {
          long bytes = workspace.applyAsLong(algorithm.number());
          if (bytes <= limit) {
            return new Choice(algorithm.number(), bytes);
          }
        }
      }
      throw new IllegalArgumentException(
          "cuDNN has no%s algorithm for convolution %s within %d bytes of workspace: allow more%s; %s"
              .formatted(
                  deterministic ? " deterministic" : "",
                  direction,
                  limit,
                  deterministic ? ", or others" : "",
                  geometry));
    }
  }

  private <T extends CudnnDescriptor> T own(T descriptor) {
    descriptors.add(descriptor);
    return descriptor;
  }

  /** Of y. */
  public int outputHeight() {
    return outputHeight;
  }

  /** Of y. */
  public int outputWidth() {
    return outputWidth;
  }

  /** What all three directions need. */
  public long workspaceBytes() {
    return Math.max(
        forward.workspaceBytes,
        Math.max(backwardData.workspaceBytes, backwardFilter.workspaceBytes));
  }

  /** y = w * x, or y += w * x. */
  public void forward(
      long x, long w, long y, long workspace, long workspaceBytes, boolean accumulate) {
    ensureOpen();
    dnn.convolutionForward(
        handle.handle(),
        ONE,
        this.x.handle(),
        x,
        this.w.handle(),
        w,
        convolution.handle(),
        forward.algorithm,
        workspace,
        workspaceBytes,
        accumulate ? ONE : ZERO,
        this.y.handle(),
        y);
  }

  /** dx is the gradient of x where dy is that of y, or is added to. */
  public void backwardData(
      long w, long dy, long dx, long workspace, long workspaceBytes, boolean accumulate) {
    ensureOpen();
    dnn.convolutionBackwardData(
        handle.handle(),
        ONE,
        this.w.handle(),
        w,
        y.handle(),
        dy,
        convolution.handle(),
        backwardData.algorithm,
        workspace,
        workspaceBytes,
        accumulate ? ONE : ZERO,
        x.handle(),
        dx);
  }

  /** dw is the gradient of w where dy is that of y, or is added to. */
  public void backwardFilter(
      long x, long dy, long dw, long workspace, long workspaceBytes, boolean accumulate) {
    ensureOpen();
    dnn.convolutionBackwardFilter(
        handle.handle(),
        ONE,
        this.x.handle(),
        x,
        y.handle(),
        dy,
        convolution.handle(),
        backwardFilter.algorithm,
        workspace,
        workspaceBytes,
        accumulate ? ONE : ZERO,
        w.handle(),
        dw);
  }

  @Override
  void free() {
    Cleanup cleanup = new Cleanup();
    descriptors.reversed().forEach(descriptor -> cleanup.then(descriptor::close));
    cleanup.end();
  }
}
