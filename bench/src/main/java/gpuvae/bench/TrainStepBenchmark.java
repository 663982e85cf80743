package gpuvae.bench;

import gpuvae.GpuVae;
import gpuvae.StepLoss;
import gpuvae.backend.Binding;
import gpuvae.backend.Device;
import gpuvae.backend.Precision;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.data.Batch;
import gpuvae.data.Dataset;
import gpuvae.data.Order;
import java.io.IOException;
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

/** Train steps and images a second, by preset, batch size and device. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:ObjectAlignmentInBytes=64",
      "-Xmx4g"
    })
public class TrainStepBenchmark {
  @Param({"mlp-relu", "mlp-leaky", "conv-upsample", "conv-residual"})
  String preset;

  @Param({"64", "128", "1000"})
  int batch;

  @Param("cpu")
  String device;

  @Param("FFM")
  Binding binding;

  @Param("FLOAT32")
  Precision precision;

  /** As of {@link Pixels#of}. */
  @Param("random")
  String data;

  private GpuVae vae;
  private Batch[] batches;
  private int next;

  /** Batches of the data, in an order of their own. */
  @Setup
  public void open() throws IOException {
    VaeConfig config = VaeConfig.preset(preset).toBuilder().batchSize(batch).build();
    Shape shape = config.input().shape();
    byte[] pixels = Pixels.of(data, shape.features());

    Order order = Order.shuffled(Dataset.ofBytes(data, shape, pixels, null), 1, 1);
    batches = new Batch[Pixels.SAMPLES / batch];
    for (int i = 0; i < batches.length; i++) {
      batches[i] = order.batch(i * batch, batch);
    }
    vae =
        GpuVae.create(
            config, Device.parse(device).withBinding(binding).withPrecision(precision), 1);
  }

  /** Images a second. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Counters {
    /** Images trained on. */
    public long images;

    /** JMH counts from here. */
    @Setup(Level.Iteration)
    public void reset() {
      images = 0;
    }
  }

  /** A whole step, its loss not read: with -prof gc, what is allocated is its StepLoss. */
  @Benchmark
  public StepLoss step(Counters counters) {
    StepLoss loss = vae.trainStep(batches[next]);
    next = (next + 1) % batches.length;
    counters.images += batch;
    return loss;
  }

  /** Frees the device. */
  @TearDown
  public void close() {
    vae.close();
  }
}
