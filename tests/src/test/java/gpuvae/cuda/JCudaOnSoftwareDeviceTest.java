package gpuvae.cuda;

import static jcuda.driver.JCudaDriver.*;
import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUarray;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A program that was not written for the software CUDA device drives it: JCuda. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class JCudaOnSoftwareDeviceTest {
  private static final int N = 100;

  /** JCuda finds by SONAME what is loaded already. */
  @BeforeAll
  @SuppressWarnings("restricted")
  static void loadLibraries() {
    SoftwareDevice.get();
    String driver =
        CudaDeviceForTests.libraries().find(LibraryProbe.Library.CUDA).path().orElseThrow();
    Path cublas = Path.of(driver).resolveSibling("libcublas.so.12");
    SymbolLookup.libraryLookup(cublas, Arena.global());
    setExceptionsEnabled(true);
    JCublas2.setExceptionsEnabled(true);
    cuInit(0);
  }

  /** As gpuvae's own use of JCuda in this JVM expects it. */
  @AfterAll
  static void answerStatuses() {
    setExceptionsEnabled(false);
    JCublas2.setExceptionsEnabled(false);
  }

  private final CUdevice device = new CUdevice();

  @BeforeEach
  void openContext() {
    cuDeviceGet(device, 0);
    CUcontext context = new CUcontext();
    cuDevicePrimaryCtxRetain(context, device);
    cuCtxPushCurrent(context);
  }

  @AfterEach
  void closeContext() {
    cuCtxPopCurrent(new CUcontext());
    cuDevicePrimaryCtxRelease(device);
  }

  private static CUdeviceptr upload(float[] values) {
    CUdeviceptr memory = new CUdeviceptr();
    cuMemAlloc(memory, (long) Sizeof.FLOAT * values.length);
    cuMemcpyHtoD(memory, Pointer.to(values), (long) Sizeof.FLOAT * values.length);
    return memory;
  }

  private static float[] download(CUdeviceptr memory, int count) {
    float[] values = new float[count];
    cuMemcpyDtoH(Pointer.to(values), memory, (long) Sizeof.FLOAT * count);
    return values;
  }

  private static float[] draw(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static void scale(CUfunction function, CUstream stream, CUdeviceptr x, CUdeviceptr y) {
    Pointer arguments =
        Pointer.to(
            Pointer.to(new int[] {N}),
            Pointer.to(new float[] {2}),
            Pointer.to(x),
            Pointer.to(new double[] {1}),
            Pointer.to(new long[] {0}),
            Pointer.to(y));
    cuLaunchKernel(function, 2, 1, 1, 64, 1, 1, 0, stream, arguments, null);
  }

  @Test
  void launchesOnAStreamWithEventsAndInAGraph() {
    CUmodule module = new CUmodule();
    // JCuda hands over the bytes as they are; PTX ends with a 0.
    byte[] ptx = ScaleKernel.ptx();
    cuModuleLoadData(module, Arrays.copyOf(ptx, ptx.length + 1));
    CUfunction function = new CUfunction();
    cuModuleGetFunction(function, module, "scale");
    CUstream stream = new CUstream();
    cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING);
    CUevent start = new CUevent();
    CUevent end = new CUevent();
    cuEventCreate(start, 0);
    cuEventCreate(end, 0);
    float[] values = draw(N);
    CUdeviceptr x = upload(values);
    CUdeviceptr y = upload(new float[N]);
    cuEventRecord(start, stream);
    scale(function, stream, x, y);
    cuEventRecord(end, stream);
    cuEventSynchronize(end);
    float[] milliseconds = {-1};
    cuEventElapsedTime(milliseconds, start, end);
    assertTrue(milliseconds[0] >= 0);
    float[] once = new float[N];
    float[] twice = new float[N];
    for (int i = 0; i < N; i++) {
      once[i] = 2 * values[i] + 1;
      twice[i] = 2 * once[i] + 1;
    }
    assertArrayEquals(once, download(y, N), 1e-6f);

    cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
    scale(function, stream, y, y);
    CUgraph graph = new CUgraph();
    cuStreamEndCapture(stream, graph);
    CUgraphExec exec = new CUgraphExec();
    cuGraphInstantiate(exec, graph, 0);
    assertArrayEquals(once, download(y, N), 1e-6f);
    cuGraphLaunch(exec, stream);
    cuStreamSynchronize(stream);
    assertArrayEquals(twice, download(y, N), 1e-6f);
    cuGraphExecDestroy(exec);
    cuGraphDestroy(graph);
    cuStreamDestroy(stream);
    cuModuleUnload(module);
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void sgemm(boolean transA, boolean transB) {
    int m = 5;
    int n = 7;
    int k = 13;
    float[] a = draw(m * k);
    float[] b = draw(k * n);
    CUdeviceptr c = upload(new float[m * n]);
    cublasHandle handle = new cublasHandle();
    cublasCreate(handle);
    cublasSetStream(handle, null);
    cublasSgemm(
        handle,
        transA ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N,
        transB ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N,
        m,
        n,
        k,
        Pointer.to(new float[] {1.5f}),
        upload(a),
        transA ? k : m,
        upload(b),
        transB ? n : k,
        Pointer.to(new float[] {0}),
        c,
        m);
    float[] expected = new float[m * n];
    for (int column = 0; column < n; column++) {
      for (int row = 0; row < m; row++) {
        double sum = 0;
        for (int i = 0; i < k; i++) {
          sum +=
              (double) a[transA ? row * k + i : i * m + row]
                  * b[transB ? i * n + column : column * k + i];
        }
        expected[column * m + row] = (float) (1.5 * sum);
      }
    }
    assertArrayEquals(expected, download(c, m * n), 1e-5f);
    cublasDestroy(handle);
  }

  @Test
  void whatIsNotImplementedAnswersNotSupported() {
    CudaException e = assertThrows(CudaException.class, () -> cuArrayDestroy(new CUarray()));
    assertEquals("CUDA_ERROR_NOT_SUPPORTED", e.getMessage());
  }
}
