package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a step calls allocates nothing on the heap, once it is compiled. */
class HotCallsTest {
  private static final int WINDOW = 100;
  private static final int WINDOWS = 400;

  @Test
  void allocateNothing() {
    try (CudaContext context = CudaDeviceForTests.openContext()) {
      CudaStream stream = context.createStream();
      CudaEvent event = context.createEvent();
      ScaleKernel kernel = new ScaleKernel(context);
      CublasHandle blas = context.createBlas(stream);
      blas.setWorkspace(context.allocate(4 << 20));
      CudnnHandle dnn = context.createDnn(stream);
      CudnnConvolution convolution =
          dnn.plan(
              new ConvolutionGeometry(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
              CudnnHandle.MathMode.FLOAT32,
              true,
              1 << 20);
      DeviceMemory workspace = context.allocate(1 << 20);
      PinnedMemory host = context.allocatePinned(4);
      long x = context.allocate(4).address();
      long y = context.allocate(4).address();
      stream.beginCapture();
      stream.fill32(x, 0, 1);
      CudaGraphExec graph = stream.endCapture().instantiate();

      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      for (int window = 0; window < WINDOWS && least > 0; window++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int step = 0; step < WINDOW; step++) {
          context.makeCurrent();
          stream.copyToDevice(x, host.segment(), 4);
          stream.fill32(x, 0, 1);
          kernel.launch(stream, 1, 1, x, 1, 0, x);
          blas.sgemm(false, false, 1, 1, 1, 1, x, 1, x, 1, 0, y, 1);
          convolution.forward(x, x, y, workspace.address(), workspace.size(), false);
          convolution.backwardData(x, x, y, workspace.address(), workspace.size(), false);
          convolution.backwardFilter(x, x, y, workspace.address(), workspace.size(), true);
          stream.copyDevice(x, y, 4);
          stream.copyToHost(host.segment(), x, 4);
          graph.launch(stream);
          stream.record(event);
          stream.waitFor(event);
          event.synchronize();
          stream.synchronize();
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(0, least, "bytes in " + WINDOW + " steps");
    }
  }
}
