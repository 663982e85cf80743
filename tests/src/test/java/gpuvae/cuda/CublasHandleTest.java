package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.cuda.CublasHandle.MathMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Products, against the same in double. */
class CublasHandleTest {
  private static final int M = 13;
  private static final int N = 5;
  private static final int K = 127;

  /** Sums of 127 products of at most 1 in float. */
  private static final double FLOAT32_BOUND = 1e-4;

  /** Factors have 10 bits of fraction. */
  private static final double TF32_BOUND = 127 * 0x1p-10;

  private CudaContext context;
  private CudaStream stream;
  private CublasHandle blas;

  @BeforeEach
  void open() {
    context = CudaDeviceForTests.openContext();
    stream = context.createStream();
    blas = context.createBlas(stream);
    blas.setWorkspace(context.allocate(4 << 20));
  }

  @AfterEach
  void close() {
    if (context != null) {
      context.close();
    }
  }

  private DeviceMemory upload(float[] values) {
    DeviceMemory memory = context.allocate(4L * values.length);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocateFrom(JAVA_FLOAT, values);
      stream.copyToDevice(memory.address(), host, memory.size());
    }
    return memory;
  }

  private static float[] random(int count, int seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  private void products(double bound) {
    float[] a = random(M * K, 1);
    float[] b = random(K * N, 2);
    float[] c = random(M * N, 3);
    DeviceMemory deviceA = upload(a);
    DeviceMemory deviceB = upload(b);
    for (boolean transA : new boolean[] {false, true}) {
      for (boolean transB : new boolean[] {false, true}) {
        DeviceMemory deviceC = upload(c);
        blas.sgemm(
            transA,
            transB,
            M,
            N,
            K,
            0.5f,
            deviceA.address(),
            transA ? K : M,
            deviceB.address(),
            transB ? N : K,
            -2,
            deviceC.address(),
            M);
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment host = arena.allocate(JAVA_FLOAT, M * N);
          stream.copyToHost(host, deviceC.address(), deviceC.size());
          stream.synchronize();
          for (int row = 0; row < M; row++) {
            for (int column = 0; column < N; column++) {
              double sum = 0;
              for (int i = 0; i < K; i++) {
                sum +=
                    (double) a[transA ? row * K + i : i * M + row]
                        * b[transB ? i * N + column : column * K + i];
              }
              double expected = 0.5 * sum - 2.0 * c[column * M + row];
              assertEquals(
                  expected, host.getAtIndex(JAVA_FLOAT, column * M + row), bound, "element");
            }
          }
        }
      }
    }
  }

  @Test
  void transposedAndNot() {
    products(FLOAT32_BOUND);
  }

  @Test
  void mathModes() {
    blas.setMathMode(MathMode.TF32);
    products(TF32_BOUND);
    blas.setMathMode(MathMode.FLOAT32);
    products(FLOAT32_BOUND);
  }

  @Test
  void versionsAgree() {
    String[] parts = CudaDeviceForTests.cuda().cublasVersion().split("\\.");
    int version = blas.version();
    assertTrue(version >= 120_000, "version " + version);
    assertEquals(version / 10_000, Integer.parseInt(parts[0]));
    assertEquals(version / 100 % 100, Integer.parseInt(parts[1]));
  }

  @Test
  void aWrongLeadingDimensionIsRefused() {
    long at = context.allocate(1024).address();
    CudaException refused =
        assertThrows(
            CudaException.class,
            () -> blas.sgemm(false, false, 4, 4, 4, 1, at, 3, at, 4, 0, at, 4));
    assertEquals("cublasSgemm_v2", refused.call());
    assertEquals("CUBLAS_STATUS_INVALID_VALUE", refused.errorName());
    assertEquals(7, refused.code());
  }

  @Test
  void closedIsClosed() {
    blas.close();
    blas.close();
    assertThrows(IllegalStateException.class, blas::version);
  }
}
