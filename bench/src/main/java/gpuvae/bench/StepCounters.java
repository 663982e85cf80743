package gpuvae.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.data.Order;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Random;

/**
 * What one training step does on the software CUDA device, kernel by kernel: launches, kB of global
 * memory at three levels, bank conflicts, divergent branches. The levels: what lanes ask for, a
 * word that all of a warp read counting for each; what warps take from the caches in sectors of 32
 * bytes, and that against the least their bytes fill; what memory itself gives and takes, each
 * sector once a launch. A library's call counts its matrices once, as what it takes from the caches
 * is its own.
 *
 * <pre>
 * GPUVAE_CUDA_PATH=native/build java --enable-native-access=ALL-UNNAMED \
 *     -cp bench/target/benchmarks.jar gpuvae.bench.StepCounters mlp-relu 128
 * </pre>
 */
@SuppressWarnings("restricted")
public final class StepCounters {
  private static final int SAMPLES = 1024;
  private static final long NAME_LIMIT = 256;
  private static final int SECTOR = 32;
  private static final String ROW =
      "| %-24s | %8s | %8s | %9s | %5s | %7s | %7s | %7s | %9s | %9s |%n";

  /** The fields of softcudaCounters, in order. */
  private enum Field {
    LAUNCHES,
    WARP_INSTRUCTIONS,
    LANE_INSTRUCTIONS,
    BRANCHES,
    DIVERGENT_BRANCHES,
    BYTES_READ,
    BYTES_WRITTEN,
    SECTORS,
    LEAST_SECTORS,
    MEMORY_READ,
    MEMORY_WRITTEN,
    SHARED_ACCESSES,
    BANK_CONFLICTS
  }

  private final SymbolLookup library;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment counters = arena.allocate(JAVA_LONG, Field.values().length);

  private StepCounters(String folder) {
    library = SymbolLookup.libraryLookup(Path.of(folder, "libcuda.so.1"), Arena.global());
  }

  /** Arguments: preset, batch size. */
  public static void main(String[] arguments) throws Throwable {
    String folder = System.getenv("GPUVAE_CUDA_PATH");
    if (arguments.length != 2 || folder == null) {
      System.err.println(
          "usage: GPUVAE_CUDA_PATH=native/build java ... gpuvae.bench.StepCounters PRESET BATCH");
      System.exit(2);
    }
    new StepCounters(folder).run(arguments[0], Integer.parseInt(arguments[1]));
  }

  private void run(String preset, int batch) throws Throwable {
    VaeConfig config = VaeConfig.preset(preset).toBuilder().batchSize(batch).build();
    Shape shape = config.input().shape();
    byte[] pixels = new byte[Math.max(SAMPLES, 4 * batch) * shape.features()];
    new Random(1).nextBytes(pixels);
    Order order = Order.shuffled(Dataset.ofBytes("random", shape, pixels, null), 1, 1);
    call("softcudaConfigure", JAVA_INT, ADDRESS, ADDRESS)
        .invoke(arena.allocateFrom("SOFTCUDA_CHECKS"), arena.allocateFrom("counters"));
    try (GpuVae vae = GpuVae.create(config, Device.cuda(0), 1)) {
      // As it is, then captured, then the graph; one after the other, so that each has its batch
      // from the step before it.
      for (int step = 0; step < 3; step++) {
        if (step == 2) {
          call("softcudaClearCounters", null).invoke();
        }
        vae.trainStep(order.batch(step * batch, batch)).total();
      }
      print();
    }
  }

  private void print() throws Throwable {
    System.out.printf(
        ROW,
        "kernel",
        "launches",
        "kB asked",
        "by caches",
        "ideal",
        "memory",
        "read",
        "written",
        "conflicts",
        "divergent");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|");
    long[] sums = new long[Field.values().length];
    int kernels = (int) call("softcudaKernelCount", JAVA_INT).invoke();
    for (int i = 0; i < kernels; i++) {
      MemorySegment name =
          (MemorySegment) call("softcudaKernel", ADDRESS, JAVA_INT, ADDRESS).invoke(i, counters);
      long[] values = counters.toArray(JAVA_LONG);
      row(name.reinterpret(NAME_LIMIT).getString(0), values);
      for (int field = 0; field < sums.length; field++) {
        sums[field] += values[field];
      }
    }
    row("all", sums);
  }

  private static void row(String name, long[] values) {
    long sectors = of(values, Field.SECTORS);
    long read = of(values, Field.MEMORY_READ);
    long written = of(values, Field.MEMORY_WRITTEN);
    System.out.printf(
        ROW,
        name,
        of(values, Field.LAUNCHES),
        kilobytes(of(values, Field.BYTES_READ) + of(values, Field.BYTES_WRITTEN)),
        sectors == 0 ? "" : kilobytes(SECTOR * sectors),
        sectors == 0 ? "" : "%.2f".formatted((double) sectors / of(values, Field.LEAST_SECTORS)),
        kilobytes(read + written),
        kilobytes(read),
        kilobytes(written),
        of(values, Field.BANK_CONFLICTS),
        of(values, Field.DIVERGENT_BRANCHES));
  }

  private static long of(long[] values, Field field) {
    return values[field.ordinal()];
  }

  private static long kilobytes(long bytes) {
    return Math.round(bytes / 1e3);
  }

  private MethodHandle call(String name, MemoryLayout result, MemoryLayout... parameters) {
    FunctionDescriptor type =
        result == null
            ? FunctionDescriptor.ofVoid(parameters)
            : FunctionDescriptor.of(result, parameters);
    return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
  }
}
