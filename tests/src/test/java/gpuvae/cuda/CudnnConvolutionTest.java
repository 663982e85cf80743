package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.cuda.CudnnHandle.MathMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Planned convolutions, in all three directions, against sums in double. */
class CudnnConvolutionTest {
  private static final int GEOMETRIES = 40;
  private static final long LIMIT = 64 << 20;

  /** For each unit of the sum of its terms' sizes; a card may take Winograd's or Fourier's way. */
  private static final double FLOAT32_BOUND = 4e-6;

  /** Factors have 10 bits of fraction. */
  private static final double TF32_BOUND = 0x1p-9;

  private CudaContext context;
  private CudaStream stream;
  private CudnnHandle dnn;

  @BeforeEach
  void open() {
    context = CudaDeviceForTests.openContext();
    stream = context.createStream();
    dnn = context.createDnn(stream);
  }

  @AfterEach
  void close() {
    if (context != null) {
      context.close();
    }
  }

  private enum Direction {
    FORWARD,
    BACKWARD_DATA,
    BACKWARD_FILTER
  }

  /** Values of x, w and y, on the host and on the device. */
  private final class Operands {
    final float[][] values;
    final DeviceMemory[] memory = new DeviceMemory[3];

    Operands(ConvolutionGeometry g, CudnnConvolution plan, Random random) {
      int y = g.batch() * g.outputs() * plan.outputHeight() * plan.outputWidth();
      values =
          new float[][] {
            draw(g.batch() * g.inputs() * g.height() * g.width(), random),
            draw(g.outputs() * g.inputs() * g.filterHeight() * g.filterWidth(), random),
            draw(y, random)
          };
      for (int i = 0; i < 3; i++) {
        memory[i] = context.allocate(4L * values[i].length);
        upload(i);
      }
    }

    void upload(int operand) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment host = arena.allocateFrom(JAVA_FLOAT, values[operand]);
        stream.copyToDevice(memory[operand].address(), host, memory[operand].size());
      }
    }

    float[] download(int operand) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment host = arena.allocate(memory[operand].size());
        stream.copyToHost(host, memory[operand].address(), host.byteSize());
        stream.synchronize();
        return host.toArray(JAVA_FLOAT);
      }
    }

    void close() {
      for (DeviceMemory one : memory) {
        one.close();
      }
    }
  }

  private static float[] draw(int count, Random random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  /** Takes the places in x, w and y of each product of a convolution. */
  @FunctionalInterface
  private interface Product {
    void at(int x, int w, int y);
  }

  private static void forEachProduct(ConvolutionGeometry g, int height, int width, Product body) {
    int y = 0;
    for (int n = 0; n < g.batch(); n++) {
      for (int k = 0; k < g.outputs(); k++) {
        for (int i = 0; i < height; i++) {
          for (int j = 0; j < width; j++) {
            for (int c = 0; c < g.inputs(); c++) {
              for (int r = 0; r < g.filterHeight(); r++) {
                for (int s = 0; s < g.filterWidth(); s++) {
                  int row = i * g.strideHeight() + r - g.padHeight();
                  int column = j * g.strideWidth() + s - g.padWidth();
                  if (row >= 0 && row < g.height() && column >= 0 && column < g.width()) {
                    int x = ((n * g.inputs() + c) * g.height() + row) * g.width() + column;
                    int w = ((k * g.inputs() + c) * g.filterHeight() + r) * g.filterWidth() + s;
                    body.at(x, w, y);
                  }
                }
              }
            }
            y++;
          }
        }
      }
    }
  }

  /** Which of x, w and y a direction computes. */
  private static int result(Direction direction) {
    return switch (direction) {
      case FORWARD -> 2;
      case BACKWARD_DATA -> 0;
      case BACKWARD_FILTER -> 1;
    };
  }

  private static void run(
      CudnnConvolution plan,
      Direction direction,
      Operands operands,
      DeviceMemory workspace,
      boolean accumulate) {
    long x = operands.memory[0].address();
    long w = operands.memory[1].address();
    long y = operands.memory[2].address();
    long space = workspace.address();
    long bytes = workspace.size();
    switch (direction) {
      case FORWARD -> plan.forward(x, w, y, space, bytes, accumulate);
      case BACKWARD_DATA -> plan.backwardData(w, y, x, space, bytes, accumulate);
      case BACKWARD_FILTER -> plan.backwardFilter(x, y, w, space, bytes, accumulate);
      default -> throw new AssertionError(direction);
    }
  }

  private void compare(
      ConvolutionGeometry g, MathMode mode, boolean captured, double bound, Random random) {
    CudnnConvolution plan = dnn.plan(g, mode, true, LIMIT);
    Operands operands = new Operands(g, plan, random);
    DeviceMemory workspace = context.allocate(Math.max(16, plan.workspaceBytes()));
    for (Direction direction : Direction.values()) {
      int result = result(direction);
      double[] sums = new double[operands.values[result].length];
      double[] sizes = new double[sums.length];
      forEachProduct(
          g,
          plan.outputHeight(),
          plan.outputWidth(),
          (x, w, y) -> {
            int[] at = {x, w, y};
            double term = 1;
            for (int i = 0; i < 3; i++) {
              term *= i == result ? 1 : operands.values[i][at[i]];
            }
            sums[at[result]] += term;
            sizes[at[result]] += Math.abs(term);
          });
      for (boolean accumulate : new boolean[] {false, true}) {
        if (captured) {
          // As a model does: what a library loads at first use it does not load in a capture.
          run(plan, direction, operands, workspace, accumulate);
          operands.upload(result);
          stream.beginCapture();
          run(plan, direction, operands, workspace, accumulate);
          try (CudaGraph graph = stream.endCapture();
              CudaGraphExec executable = graph.instantiate()) {
            executable.launch(stream);
            stream.synchronize();
          }
        } else {
          run(plan, direction, operands, workspace, accumulate);
        }
        float[] got = operands.download(result);
        for (int i = 0; i < got.length; i++) {
          double before = accumulate ? operands.values[result][i] : 0;
          assertEquals(
              sums[i] + before,
              got[i],
              bound * (sizes[i] + 1),
              direction + " of " + g + ", element " + i);
        }
        operands.upload(result);
      }
    }
    operands.close();
    workspace.close();
    plan.close();
  }

  private static ConvolutionGeometry geometry(Random random) {
    int height = 3 + random.nextInt(9);
    int width = 3 + random.nextInt(9);
    int padHeight = random.nextInt(4);
    int padWidth = random.nextInt(4);
    return new ConvolutionGeometry(
        random.nextBoolean() ? 1 : 5,
        1 + random.nextInt(7),
        height,
        width,
        1 + random.nextInt(7),
        Math.min(1 + random.nextInt(5), height + 2 * padHeight),
        Math.min(1 + random.nextInt(5), width + 2 * padWidth),
        1 + random.nextInt(3),
        1 + random.nextInt(3),
        padHeight,
        padWidth);
  }

  @Test
  void oddGeometries() {
    Random random = new Random(1);
    for (int i = 0; i < GEOMETRIES; i++) {
      compare(geometry(random), MathMode.FLOAT32, i % 2 == 1, FLOAT32_BOUND, random);
    }
  }

  @Test
  void roundedWhereAsked() {
    Random random = new Random(2);
    compare(geometry(random), MathMode.TF32, false, TF32_BOUND, random);
  }

  private static final ConvolutionGeometry LAYER =
      new ConvolutionGeometry(9, 8, 14, 14, 12, 3, 3, 1, 1, 1, 1);

  @Test
  void deterministicAlgorithmsRepeatTheirBits() {
    CudnnConvolution plan = dnn.plan(LAYER, MathMode.FLOAT32, true, LIMIT);
    Operands operands = new Operands(LAYER, plan, new Random(3));
    DeviceMemory workspace = context.allocate(Math.max(16, plan.workspaceBytes()));
    for (Direction direction : Direction.values()) {
      run(plan, direction, operands, workspace, false);
      float[] first = operands.download(result(direction));
      run(plan, direction, operands, workspace, false);
      assertArrayEquals(first, operands.download(result(direction)), direction.toString());
      operands.upload(result(direction));
    }
  }

  @Test
  void algorithmsKeepToTheLimits() {
    SoftwareDevice.get();
    long needed = dnn.plan(LAYER, MathMode.FLOAT32, true, LIMIT).workspaceBytes();
    assertTrue(needed > 0);
    assertEquals(needed, dnn.plan(LAYER, MathMode.FLOAT32, true, needed).workspaceBytes());
    // Its deterministic gradients need a workspace.
    IllegalArgumentException none =
        assertThrows(
            IllegalArgumentException.class, () -> dnn.plan(LAYER, MathMode.FLOAT32, true, 0));
    assertTrue(
        none.getMessage()
            .startsWith(
                "cuDNN has no deterministic algorithm for convolution backward data within 0 bytes"
                    + " of workspace: allow more, or others; ConvolutionGeometry[batch=9"),
        none.getMessage());
    assertEquals(0, dnn.plan(LAYER, MathMode.FLOAT32, false, 0).workspaceBytes());
  }

  @Test
  void refusalsAreCudnns() {
    ConvolutionGeometry none = new ConvolutionGeometry(1, 1, 2, 2, 1, 3, 3, 1, 1, 0, 0);
    CudaException refused =
        assertThrows(CudaException.class, () -> dnn.plan(none, MathMode.FLOAT32, true, LIMIT));
    assertEquals("cudnnGetConvolution2dForwardOutputDim", refused.call());
    assertEquals("CUDNN_STATUS_BAD_PARAM", refused.errorName());
    CudnnConvolution plan = dnn.plan(LAYER, MathMode.FLOAT32, true, LIMIT);
    Operands operands = new Operands(LAYER, plan, new Random(4));
    CudaException noInput =
        assertThrows(
            CudaException.class,
            () -> plan.forward(0, operands.memory[1].address(), 0, 0, 0, false));
    assertEquals("cudnnConvolutionForward", noInput.call());
    assertTrue(noInput.errorName().startsWith("CUDNN_STATUS_BAD_PARAM"), noInput.errorName());
  }

  @Test
  void closedIsClosed() {
    CudnnConvolution plan = dnn.plan(LAYER, MathMode.FLOAT32, true, LIMIT);
    plan.close();
    plan.close();
    assertThrows(IllegalStateException.class, () -> plan.forward(16, 16, 16, 0, 0, false));
    CudnnConvolution other = dnn.plan(LAYER, MathMode.FLOAT32, true, LIMIT);
    dnn.close();
    dnn.close();
    assertThrows(IllegalStateException.class, () -> other.forward(16, 16, 16, 0, 0, false));
    assertThrows(IllegalStateException.class, () -> dnn.plan(LAYER, MathMode.FLOAT32, true, LIMIT));
  }
}
