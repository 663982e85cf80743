package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import gpuvae.cuda.jcuda.JCudaBindings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** A program that makes every call of the interfaces, and some that must fail, through JCuda. */
final class EveryCallThroughJCuda {
  private static final int N = 100;

  private final Set<String> called = new TreeSet<>();

  private EveryCallThroughJCuda() {}

  /** Takes the folder of the libraries. */
  public static void main(String[] arguments) {
    new EveryCallThroughJCuda().run(LibraryProbe.in(Path.of(arguments[0])));
  }

  private final class Recording implements Bindings {
    private final Bindings bindings = new JCudaBindings();

    @Override
    public Driver openDriver(LibraryProbe probe) {
      return recorded(Driver.class, bindings.openDriver(probe));
    }

    @Override
    public Blas openBlas(LibraryProbe probe) {
      return recorded(Blas.class, bindings.openBlas(probe));
    }

    @Override
    public Dnn openDnn(LibraryProbe probe) {
      return recorded(Dnn.class, bindings.openDnn(probe));
    }
  }

  private <T> T recorded(Class<T> type, T target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              called.add(name(method));
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private static String name(Method method) {
    return method.getDeclaringClass().getSimpleName()
        + "."
        + method.getName()
        + "/"
        + method.getParameterCount();
  }

  private void run(LibraryProbe probe) {
    Cuda cuda = Cuda.load(probe, new Recording());
    CudaDevice device = cuda.device(0);
    Cuda ffm = Cuda.load(probe);
    equal(ffm.driverVersion(), cuda.driverVersion());
    equal(ffm.dnn().version(), cuda.dnn().version());
    equal(ffm.device(0).name(), device.name());
    equal(ffm.device(0).totalMemory(), device.totalMemory());
    equal(ffm.device(0).computeCapability(), device.computeCapability());
    try (CudaContext context = device.openContext()) {
      work(context, cuda.cublasVersion());
      fail(context);
    }
    Set<String> missing = new TreeSet<>();
    for (Class<?> type : new Class<?>[] {Driver.class, Blas.class, Dnn.class}) {
      for (Method method : type.getMethods()) {
        missing.add(name(method));
      }
    }
    missing.removeAll(called);
    equal(Set.of(), missing);
    System.out.println("calls: " + called.size());
  }

  private static void work(CudaContext context, String cublas) {
    CudaStream stream = context.createStream();
    CudaEvent start = context.createEvent();
    CudaEvent end = context.createEvent();
    ScaleKernel kernel = new ScaleKernel(context);
    PinnedMemory host = context.allocatePinned(4 * N);
    DeviceMemory x = context.allocate(4 * N);
    DeviceMemory y = context.allocate(4 * N);
    equal(true, context.memoryInfo().total() >= context.memoryInfo().free());
    for (int i = 0; i < N; i++) {
      host.segment().setAtIndex(JAVA_FLOAT, i, i);
    }
    stream.record(start);
    stream.copyToDevice(x.address(), host.segment(), 4 * N);
    kernel.launch(stream, N, 2, x.address(), 1, 0, y.address());
    stream.copyDevice(x.address(), y.address(), 4 * N);
    stream.fill32(x.address(), Float.floatToRawIntBits(7), 1);
    stream.record(end);
    stream.waitFor(end);
    end.synchronize();
    equal(true, end.isDone());
    equal(true, CudaEvent.elapsedMillis(start, end) >= 0);
    equal(7f, read(stream, host, x, 0));
    equal(2f * 42 + 1, read(stream, host, x, 42));

    stream.beginCapture();
    kernel.launch(stream, N, 2, x.address(), 1, 0, y.address());
    stream.fill32(x.address(), 0, N);
    CudaGraph graph = stream.endCapture();
    equal(2L, graph.nodeCount());
    CudaGraphExec executable = graph.instantiate();
    executable.launch(stream);
    context.synchronize();
    equal(2f * 7 + 1, read(stream, host, y, 0));
    executable.close();
    graph.close();
    stream.beginCapture();
    stream.abandonCapture();

    CublasHandle blas = context.createBlas(stream);
    equal(cublas.split("\\.")[0], String.valueOf(blas.version() / 10_000));
    blas.setWorkspace(context.allocate(4 << 20));
    blas.setMathMode(CublasHandle.MathMode.FLOAT32);
    stream.fill32(x.address(), Float.floatToRawIntBits(3), N);
    blas.sgemm(false, true, 2, 2, 5, 2, x.address(), 2, x.address(), 2, 0, y.address(), 2);
    equal(2f * 5 * 9, read(stream, host, y, 3));

    CudnnHandle dnn = context.createDnn(stream);
    CudnnConvolution convolution =
        dnn.plan(
            new ConvolutionGeometry(1, 2, 3, 3, 1, 2, 2, 1, 1, 0, 0),
            CudnnHandle.MathMode.FLOAT32,
            true,
            1 << 20);
    equal(2, convolution.outputHeight());
    DeviceMemory workspace = context.allocate(1 << 20);
    long bytes = workspace.size();
    convolution.forward(x.address(), x.address(), y.address(), workspace.address(), bytes, false);
    equal(8f * 9, read(stream, host, y, 3));
    convolution.backwardData(
        x.address(), x.address(), y.address(), workspace.address(), bytes, false);
    equal(4f * 9, read(stream, host, y, 4));
    convolution.backwardFilter(
        x.address(), x.address(), y.address(), workspace.address(), bytes, true);
    equal(9f + 4 * 9, read(stream, host, y, 0));
    convolution.close();
    dnn.close();
    context.makeCurrent();
  }

  private static float read(CudaStream stream, PinnedMemory host, DeviceMemory memory, int i) {
    stream.copyToHost(host.segment(), memory.address(), 4 * N);
    stream.synchronize();
    return host.segment().getAtIndex(JAVA_FLOAT, i);
  }

  /** Errors are the library's words, as through the FFM API. */
  private static void fail(CudaContext context) {
    try {
      context.allocate(1L << 60);
      throw new AssertionError("2^60 bytes were allocated");
    } catch (CudaOutOfMemoryException e) {
      equal(
          "cuMemAlloc: out of memory (CUDA_ERROR_OUT_OF_MEMORY, 2): 1152921504606846976 bytes",
          e.getMessage());
    }
    try {
      context.loadModule("no PTX".getBytes(StandardCharsets.US_ASCII), "broken.ptx");
      throw new AssertionError("a module without PTX was loaded");
    } catch (CudaException e) {
      equal(true, e.getMessage().contains("broken.ptx, in the JIT's words: "));
    }
    CudaStream stream = context.createStream();
    stream.beginCapture();
    try {
      stream.synchronize();
      throw new AssertionError("a capture was waited for");
    } catch (CudaException e) {
      equal("cuStreamSynchronize", e.call());
    }
    stream.abandonCapture();
    try {
      new TensorDescriptor(context.device().cuda().dnn(), 0, 1, 1, 1);
      throw new AssertionError("a tensor without images was described");
    } catch (CudaException e) {
      equal("cudnnSetTensor4dDescriptor: failed (CUDNN_STATUS_BAD_PARAM, 2000)", e.getMessage());
    }
  }

  private static void equal(Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("expected " + expected + ", got " + actual);
    }
  }
}
