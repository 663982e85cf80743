package gpuvae.bench;

import gpuvae.cuda.Bindings;
import gpuvae.cuda.CublasHandle;
import gpuvae.cuda.Cuda;
import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaEvent;
import gpuvae.cuda.CudaFunction;
import gpuvae.cuda.CudaGraphExec;
import gpuvae.cuda.CudaStream;
import gpuvae.cuda.LaunchArguments;
import gpuvae.cuda.LibraryProbe;
import gpuvae.cuda.PinnedMemory;
import gpuvae.cuda.jcuda.JCudaBindings;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call costs from Java, where the device has next to nothing to do: for the software CUDA
 * device (GPUVAE_CUDA_PATH=native/build), whose own part is in both columns.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class BindingBenchmark {
  private static final String NOTHING =
      """
      .version 7.0
      .target sm_75
      .address_size 64
      .visible .entry nothing(.param .u64 x, .param .u64 y, .param .u32 n, .param .f32 a)
      {
        ret;
      }
      """;

  private static final int LARGE = 4 << 20;

  @Param({"ffm", "jcuda"})
  String binding;

  private final LaunchArguments arguments = new LaunchArguments(4);
  private CudaContext context;
  private CudaStream stream;
  private CudaFunction nothing;
  private PinnedMemory host;
  private long memory;
  private CudaEvent event;
  private CublasHandle blas;
  private CudaGraphExec graph;

  /** Opens the device and captures one launch. */
  @Setup
  public void open() {
    Bindings bindings = binding.equals("jcuda") ? new JCudaBindings() : Bindings.FFM;
    context = Cuda.load(LibraryProbe.system(), bindings).device(0).openContext();
    stream = context.createStream();
    nothing =
        context
            .loadModule(NOTHING.getBytes(StandardCharsets.US_ASCII), "nothing.ptx")
            .function("nothing");
    host = context.allocatePinned(LARGE);
    host.segment().fill((byte) 0);
    memory = context.allocate(LARGE).address();
    stream.fill32(memory, 0, LARGE / 4);
    event = context.createEvent();
    blas = context.createBlas(stream);
    stream.beginCapture();
    launch();
    graph = stream.endCapture().instantiate();
  }

  /** Gives all of it back. */
  @TearDown
  public void close() {
    context.close();
  }

  /** One thread that returns at once, with four arguments. */
  @Benchmark
  public void launch() {
    arguments.clear().putAddress(memory).putAddress(memory).putInt(1).putFloat(1);
    stream.launch(nothing, 1, 1, 1, 1, 1, 1, 0, arguments);
  }

  /** From pinned memory. */
  @Benchmark
  public void copy4Bytes() {
    stream.copyToDevice(memory, host.segment(), 4);
  }

  /** From pinned memory. */
  @Benchmark
  public void copy4Megabytes() {
    stream.copyToDevice(memory, host.segment(), LARGE);
  }

  /** On an idle stream. */
  @Benchmark
  public void recordEvent() {
    stream.record(event);
  }

  /** 1 by 1 by 1. */
  @Benchmark
  public void sgemm() {
    blas.sgemm(false, false, 1, 1, 1, 1, memory, 1, memory, 1, 0, memory + 4, 1);
  }

  /** Of one such launch. */
  @Benchmark
  public void launchGraph() {
    graph.launch(stream);
  }
}
