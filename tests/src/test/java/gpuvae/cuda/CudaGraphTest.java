package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Recording work and running it again, on the device. */
class CudaGraphTest {
  private CudaContext context;
  private CudaStream stream;
  private ScaleKernel kernel;
  private DeviceMemory value;
  private PinnedMemory host;

  @BeforeEach
  void open() {
    context = CudaDeviceForTests.openContext();
    stream = context.createStream();
    kernel = new ScaleKernel(context);
    value = context.allocate(4);
    host = context.allocatePinned(4);
    set(1);
  }

  @AfterEach
  void close() {
    if (context != null) {
      context.close();
    }
  }

  private void set(float number) {
    stream.fill32(value.address(), Float.floatToRawIntBits(number), 1);
  }

  private float get() {
    stream.copyToHost(host.segment(), value.address(), 4);
    stream.synchronize();
    return host.segment().get(JAVA_FLOAT, 0);
  }

  /** value = 2 value + 1. */
  private void doubled() {
    kernel.launch(stream, 1, 2, value.address(), 1, 0, value.address());
  }

  @Test
  void recordedWorkRunsWhenLaunched() {
    DeviceMemory copy = context.allocate(4);
    stream.beginCapture();
    doubled();
    stream.copyDevice(copy.address(), value.address(), 4);
    CudaGraph graph = stream.endCapture();
    assertEquals(1, get(), "nothing ran while recording");
    assertEquals(2, graph.nodeCount());
    CudaGraphExec executable = graph.instantiate();
    graph.close();
    for (int i = 0; i < 3; i++) {
      executable.launch(stream);
    }
    assertEquals(15, get());
    executable.close();
    assertThrows(IllegalStateException.class, () -> executable.launch(stream));
    assertThrows(IllegalStateException.class, graph::instantiate);
  }

  @Test
  void productsAreRecorded() {
    DeviceMemory three = context.allocate(4);
    stream.fill32(three.address(), Float.floatToRawIntBits(3), 1);
    CublasHandle blas = context.createBlas(stream);
    blas.setWorkspace(context.allocate(4 << 20));
    Runnable product =
        () ->
            blas.sgemm(
                false,
                false,
                1,
                1,
                1,
                2,
                three.address(),
                1,
                three.address(),
                1,
                1,
                value.address(),
                1);
    // Once before: the library loads its kernels when they are first used.
    product.run();
    stream.beginCapture();
    product.run();
    CudaGraphExec executable = stream.endCapture().instantiate();
    executable.launch(stream);
    executable.launch(stream);
    assertEquals(55, get());
  }

  @Test
  void aSpoiledCaptureEndsAndTheStreamGoesOn() {
    stream.beginCapture();
    doubled();
    CudaException refused = assertThrows(CudaException.class, () -> context.allocate(4));
    assertEquals("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", refused.errorName());
    assertFalse(refused.isSticky());
    CudaException spoiled = assertThrows(CudaException.class, stream::endCapture);
    assertEquals("cuStreamEndCapture", spoiled.call());
    assertEquals("CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", spoiled.errorName());
    doubled();
    assertEquals(3, get());
  }

  @Test
  void abandoningEndsACaptureSoundOrSpoiled() {
    stream.beginCapture();
    doubled();
    stream.abandonCapture();
    assertEquals(1, get());

    stream.beginCapture();
    assertThrows(CudaException.class, stream::synchronize);
    stream.abandonCapture();
    stream.abandonCapture();
    doubled();
    assertEquals(3, get());
  }
}
