package gpuvae.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The device that tests run on: the software device as native/ builds it; the one of a folder that
 * GPUVAE_CUDA_PATH names; the machine's own where GPUVAE_TEST_ON_GPU is 1.
 */
public final class CudaDeviceForTests {
  private static final Path BUILT = Path.of(System.getProperty("gpuvae.root"), "native", "build");

  private static Cuda cuda;

  private CudaDeviceForTests() {}

  /**
   * Where its libraries are; skips the test if native/ is not built, or fails it if that is due.
   */
  public static LibraryProbe libraries() {
    if (isCard() || System.getenv(LibraryProbe.VARIABLE) != null) {
      // Tests run with a property that hides all devices from those that do not ask for one.
      String hiding = System.clearProperty(LibraryProbe.PROPERTY);
      try {
        return LibraryProbe.system();
      } finally {
        CudaLibraries.restore(hiding);
      }
    }
    if (!Files.exists(BUILT.resolve("libcuda.so.1"))) {
      Missing.missing(
          "no software CUDA device in native/build: run make -C native",
          "GPUVAE_REQUIRE_SOFTWARE_DEVICE");
    }
    return LibraryProbe.in(BUILT);
  }

  /** Whether they are the machine's own, NVIDIA's: what they count and keep is their business. */
  public static boolean isCard() {
    return "1".equals(System.getenv("GPUVAE_TEST_ON_GPU"));
  }

  /**
   * Nothing was kept: free memory is what it was, but for what a card's driver keeps for itself.
   */
  public static void assertNothingKept(long freeBefore, long free) {
    long slack = isCard() ? 4 << 20 : 0;
    Assertions.assertTrue(
        Math.abs(free - freeBefore) <= slack,
        "free device memory was " + freeBefore + " bytes, is " + free);
  }

  /** Makes a folder one of those libraries but cuDNN; skips the test where they have no folder. */
  public static void linkWithoutCudnn(Path folder) throws IOException {
    LibraryProbe libraries = libraries();
    Assumptions.assumeTrue(libraries.only().isPresent(), "CUDA's libraries are the machine's own");
    try (Stream<Path> files = Files.list(libraries.only().get())) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.contains(".so") && !name.contains("cudnn")) {
          Files.createSymbolicLink(folder.resolve(name), file.toAbsolutePath());
        }
      }
    }
  }

  /** Skips the test where the cuBLAS that JCuda is linked to is absent. */
  public static void assumeJCuda() {
    Assumptions.assumeTrue(
        libraries().find(LibraryProbe.Library.CUBLAS, List.of("libcublas.so.12")).found(),
        "JCuda needs libcublas.so.12");
  }

  /** Its libraries, loaded. */
  public static synchronized Cuda cuda() {
    if (cuda == null) {
      cuda = Cuda.load(libraries());
    }
    return cuda;
  }

  /** A context of the first device, current. */
  public static CudaContext openContext() {
    return cuda().device(0).openContext();
  }
}
