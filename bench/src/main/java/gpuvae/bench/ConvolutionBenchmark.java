package gpuvae.bench;

import gpuvae.backend.Backend;
import gpuvae.backend.Convolution;
import gpuvae.backend.Device;
import gpuvae.backend.ElementType;
import gpuvae.backend.Tensor;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
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

/**
 * The convolutions of both presets; "gigaflops" counts two for each product of a filter's element,
 * those with padding too.
 */
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
public class ConvolutionBenchmark {
  /**
   * Channels and pixels a side, in and out, kernel, stride, padding; a transposed one backwards.
   */
  @Param({
    "1x28-64x28 k4s1p1",
    "64x28-64x28 k3s1p1",
    "64x14-64x14 k3s1p1",
    "64x7-64x7 k3s1p1",
    "64x3-40x1 k3s1p0",
    "64x3-20x1 k3s1p0",
    "64x8-64x6 k3s1p0",
    "64x12-64x10 k3s1p0",
    "32x26-64x24 k3s1p0",
    "1x28-32x26 k3s1p0",
    "1x28-32x14 k3s2p1",
    "32x14-64x7 k3s2p1",
    "64x14-32x14 k3s1p1",
    "32x28-1x28 k3s1p1"
  })
  String layer;

  @Param("64")
  int batch;

  @Param("cpu")
  String device;

  private Backend backend;
  private Convolution geometry;
  private Tensor x;
  private Tensor y;
  private Tensor weight;
  private Tensor gradient;

  /** Random images and filters. */
  @Setup
  public void open() {
    backend = Device.parse(device).open();
    int[] n =
        Pattern.compile("[0-9]+")
            .matcher(layer)
            .results()
            .mapToInt(match -> Integer.parseInt(match.group()))
            .toArray();
    geometry = new Convolution(n[0], n[1], n[1], n[2], n[3], n[3], n[4], n[5], n[6]);
    x = random(batch, geometry.inFeatures());
    y = random(batch, geometry.outFeatures());
    weight = random(geometry.outChannels(), geometry.filter());
    gradient = random(geometry.outChannels(), geometry.filter());
  }

  private Tensor random(int rows, int columns) {
    Tensor tensor = backend.allocate(ElementType.F32, rows, columns);
    Random random = new Random(rows * 31L + columns);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    backend.write(tensor, values, 0, values.length);
    return tensor;
  }

  /** Floating-point operations. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Counters {
    /** In units of 10^9. */
    public double gigaflops;

    /** JMH counts from here. */
    @Setup(Level.Iteration)
    public void reset() {
      gigaflops = 0;
    }
  }

  private void count(Counters counters) {
    backend.synchronize();
    counters.gigaflops += 2e-9 * batch * geometry.outFeatures() * geometry.filter();
  }

  /** The layer, or the gradient of a transposed one's input. */
  @Benchmark
  public void forward(Counters counters) {
    backend.images().convolution(batch, geometry, x, weight, y);
    count(counters);
  }

  /** The gradient of its input, or a transposed layer. */
  @Benchmark
  public void backwardData(Counters counters) {
    backend.images().convolutionBackwardData(batch, geometry, y, weight, x);
    count(counters);
  }

  /** The gradient of its filters. */
  @Benchmark
  public void backwardWeight(Counters counters) {
    backend.images().convolutionBackwardWeight(batch, geometry, x, y, gradient);
    count(counters);
  }

  /** Frees the device. */
  @TearDown
  public void close() {
    backend.close();
  }
}
