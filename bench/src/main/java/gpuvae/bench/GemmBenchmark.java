package gpuvae.bench;

import gpuvae.backend.Backend;
import gpuvae.backend.Device;
import gpuvae.backend.ElementType;
import gpuvae.backend.Tensor;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Matrix products of the presets' shapes; "gigaflops" counts 2 m n k a product. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:ObjectAlignmentInBytes=64",
      "-Xmx4g"
    })
public class GemmBenchmark {
  /**
   * Transpositions of A and B, then m x n x k: forward NT, input gradient NN, weight gradient TN.
   */
  @Param({
    "NT 128x400x784",
    "NT 128x40x400",
    "NT 128x400x20",
    "NT 128x784x400",
    "NN 128x400x784",
    "TN 784x400x128",
    "TN 400x784x128",
    "NT 1000x400x784",
    "NT 1000x784x400",
    "NN 1000x400x784",
    "TN 784x400x1000",
    "TN 400x784x1000"
  })
  String product;

  @Param("cpu")
  String device;

  private Backend backend;
  private boolean transposeA;
  private boolean transposeB;
  private int m;
  private int n;
  private int k;
  private Tensor a;
  private Tensor b;
  private Tensor c;

  /** Random matrices. */
  @Setup
  public void open() {
    backend = Device.parse(device).open();
    transposeA = product.charAt(0) == 'T';
    transposeB = product.charAt(1) == 'T';
    String[] sizes = product.substring(3).split("x");
    m = Integer.parseInt(sizes[0]);
    n = Integer.parseInt(sizes[1]);
    k = Integer.parseInt(sizes[2]);
    a = random(transposeA ? k : m, transposeA ? m : k);
    b = random(transposeB ? n : k, transposeB ? k : n);
    c = backend.allocate(ElementType.F32, m, n);
  }

  private Tensor random(int rows, int columns) {
    Random random = new Random(rows);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    Tensor tensor = backend.allocate(ElementType.F32, rows, columns);
    backend.write(tensor, values, 0, values.length);
    return tensor;
  }

  /** Billions of floating-point operations a second. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Counters {
    /** 2 m n k a product, in billions. */
    public double gigaflops;

    /** JMH counts from here. */
    @Setup(Level.Iteration)
    public void reset() {
      gigaflops = 0;
    }
  }

  /** One product. */
  @Benchmark
  public void gemm(Counters counters) {
    backend.gemm(a, transposeA, b, transposeB, m, n, k, c, false);
    backend.synchronize();
    counters.gigaflops += 2e-9 * m * n * k;
  }

  /** Frees the device. */
  @TearDown
  public void close() {
    backend.close();
  }
}
