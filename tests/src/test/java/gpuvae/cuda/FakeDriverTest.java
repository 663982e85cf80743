package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuvae.cuda.CCompiler.Result;
import gpuvae.cuda.CudaUnavailableException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that are there and cannot be used: made for the purpose by the C compiler. */
class FakeDriverTest {
  private static final Set<String> WRITTEN =
      Set.of(
          "cuDriverGetVersion", "cuGetErrorName", "cuGetErrorString", "cuDeviceGetCount", "cuInit");

  @TempDir Path folder;

  @BeforeEach
  void linux() {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
  }

  /** What loading one says that has all functions but one, and answers so. */
  private CudaUnavailableException refused(int version, int init, int devices, String lacking)
      throws IOException {
    // A library that was loaded from a path stays there.
    Path own = Files.createTempDirectory(folder, "driver");
    StringBuilder source = new StringBuilder();
    source
        .append("int cuDriverGetVersion(int* v) { *v = %d; return 0; }\n".formatted(version))
        .append("int cuInit(unsigned flags) { return flags ? 1 : %d; }\n".formatted(init))
        .append("int cuDeviceGetCount(int* c) { *c = %d; return 0; }\n".formatted(devices))
        .append("int cuGetErrorName(int e, const char** n) { *n = \"NAME\"; return e == 1; }\n")
        .append("int cuGetErrorString(int e, const char** n) { *n = \"words\"; return e == 1; }\n");
    for (CFunction function : DriverTable.table().functions()) {
      if (!WRITTEN.contains(function.name()) && !function.name().equals(lacking)) {
        source.append("int %s(void) { return 1; }\n".formatted(function.name()));
      }
    }
    Path library = own.resolve("libcuda.so.1");
    Result result =
        CCompiler.compile(
            folder, source.toString(), List.of("-shared", "-fPIC", "-o", library.toString()));
    assertTrue(result.accepted(), result.words());
    CudaUnavailableException refused =
        assertThrows(CudaUnavailableException.class, () -> Cuda.load(LibraryProbe.in(own)));
    assertTrue(refused.getMessage().contains(library.toString()), refused.getMessage());
    return refused;
  }

  private static void assertSays(CudaUnavailableException refused, Reason reason, String words) {
    assertEquals(reason, refused.reason(), refused.getMessage());
    assertTrue(refused.getMessage().contains(words), refused.getMessage());
  }

  @Test
  void tooOldEvenIfItLacksFunctions() throws IOException {
    assertSays(
        refused(11_080, 0, 1, "cuGraphInstantiateWithFlags"),
        Reason.DRIVER_TOO_OLD,
        "supports CUDA 11.8; gpuvae needs 12.0: install driver 525 or newer");
  }

  @Test
  void lacksAFunction() throws IOException {
    assertSays(
        refused(12_000, 0, 1, "cuGraphLaunch"),
        Reason.UNUSABLE,
        "it has no function cuGraphLaunch");
  }

  @Test
  void noDevice() throws IOException {
    assertSays(refused(12_000, 100, 1, ""), Reason.NO_DEVICE, "cuInit: words (NAME, 100)");
    assertSays(refused(12_000, 0, 0, ""), Reason.NO_DEVICE, "cuDeviceGetCount: 0");
  }

  @Test
  void doesNotStart() throws IOException {
    assertSays(refused(13_000, 803, 1, ""), Reason.UNUSABLE, "cuInit: words (NAME, 803)");
    assertSays(refused(13_000, 1, 1, ""), Reason.UNUSABLE, "cuInit: unknown (unknown, 1)");
  }
}
