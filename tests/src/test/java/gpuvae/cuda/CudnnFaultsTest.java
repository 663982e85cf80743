package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.cuda.CudnnHandle.MathMode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** Each call of cuDNN fails once: the error is told, and what was made is given back. */
class CudnnFaultsTest {
  private static final int NOT_SUPPORTED = 3000;

  /** Handles and descriptors that were made and not yet given back. */
  private int open;

  private final class Counting implements Bindings {
    @Override
    public Driver openDriver(LibraryProbe probe) {
      return Bindings.FFM.openDriver(probe);
    }

    @Override
    public Blas openBlas(LibraryProbe probe) {
      return Bindings.FFM.openBlas(probe);
    }

    @Override
    public Dnn openDnn(LibraryProbe probe) {
      Dnn dnn = Bindings.FFM.openDnn(probe);
      return (Dnn)
          Proxy.newProxyInstance(
              Dnn.class.getClassLoader(),
              new Class<?>[] {Dnn.class},
              (proxy, method, arguments) -> {
                open -= method.getName().startsWith("destroy") ? 1 : 0;
                try {
                  Object answer = method.invoke(dnn, arguments);
                  open += method.getName().startsWith("create") ? 1 : 0;
                  return answer;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  private static void work(CudaContext context, CudaStream stream, long memory, long bytes) {
    try (CudnnHandle dnn = context.createDnn(stream);
        CudnnConvolution plan =
            dnn.plan(
                new ConvolutionGeometry(2, 2, 3, 3, 2, 2, 2, 1, 1, 0, 0),
                MathMode.FLOAT32,
                true,
                bytes)) {
      stream.fill32(memory, 0, 1024);
      plan.forward(memory, memory + 1024, memory + 2048, memory + 4096, bytes, false);
      plan.backwardData(memory + 1024, memory, memory + 2048, memory + 4096, bytes, false);
      plan.backwardFilter(memory, memory + 1024, memory + 2048, memory + 4096, bytes, false);
    }
  }

  @Test
  void eachCall() {
    SoftwareDevice software = SoftwareDevice.get();
    Cuda cuda = Cuda.load(CudaDeviceForTests.libraries(), new Counting());
    int failures = 0;
    boolean failed = true;
    for (int n = 1; failed; n++) {
      try (CudaContext context = cuda.device(0).openContext()) {
        CudaStream stream = context.createStream();
        long memory = context.allocate(1 << 20).address();
        software.fail("library", n, NOT_SUPPORTED);
        try {
          work(context, stream, memory, 64 << 10);
          failed = false;
        } catch (CudaException e) {
          assertEquals(software.failed(), e.call());
          assertEquals("CUDNN_STATUS_NOT_SUPPORTED", e.errorName());
          failures++;
        } finally {
          software.disarm();
        }
        stream.synchronize();
      }
      assertEquals(0, open, "open after failure " + n);
    }
    assertTrue(failures > 20, "calls: " + failures);
  }
}
