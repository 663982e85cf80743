package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuvae.cuda.CudaUnavailableException.Reason;
import gpuvae.cuda.LibraryProbe.Library;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading CUDA's libraries, and every way in which that fails. */
class CudaTest {
  @TempDir Path folder;

  @BeforeEach
  void linux() {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
  }

  private CudaUnavailableException refused() {
    return assertThrows(CudaUnavailableException.class, () -> Cuda.load(LibraryProbe.in(folder)));
  }

  private static void assertContains(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void absent() {
    CudaUnavailableException refused = refused();
    assertEquals(Reason.ABSENT, refused.reason());
    assertContains(
        refused.getMessage(),
        "CUDA driver is absent",
        folder.resolve("libcuda.so.1") + ": ",
        "No such file",
        "525",
        "GPUVAE_CUDA_PATH",
        "gpuvae.cuda.path");
  }

  @Test
  void damaged() throws IOException {
    Files.writeString(folder.resolve("libcuda.so.1"), "this is no library, though long enough");
    CudaUnavailableException refused = refused();
    assertEquals(Reason.UNUSABLE, refused.reason());
    assertContains(
        refused.getMessage(),
        "CUDA driver is present but unusable",
        folder.resolve("libcuda.so.1").toString());
    assertFalse(refused.getMessage().contains("absent"), refused.getMessage());
  }

  @Test
  void absentByNameIsToldFromDamagedAndIncomplete() {
    assertTrue(absent("libcuda.so.1", "libcuda.so.1: cannot open shared object file: Nein"));
    assertFalse(absent("libcuda.so.1", "/usr/lib/libcuda.so.1: invalid ELF header"));
    assertFalse(absent("libcuda.so.1", "libnvidia-x.so: cannot open shared object file: Nein"));
  }

  private static boolean absent(String name, String words) {
    return new LibraryProbe.Attempt(name, words).absent();
  }

  @Test
  void anotherLibraryUnderItsName() throws IOException {
    Path other = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
    Files.copy(other, folder.resolve("libcuda.so.1"));
    CudaUnavailableException refused = refused();
    assertEquals(Reason.UNUSABLE, refused.reason());
    assertContains(
        refused.getMessage(),
        "present but unusable",
        folder.resolve("libcuda.so.1").toString(),
        "cuGetErrorName");
  }

  @Test
  void theDriverAlone() throws IOException {
    String driver = CudaDeviceForTests.libraries().find(Library.CUDA).path().orElseThrow();
    Path link = Files.createSymbolicLink(folder.resolve("libcuda.so.1"), Path.of(driver));
    Cuda cuda = Cuda.load(LibraryProbe.in(folder));
    Files.delete(link);
    assertEquals(Optional.empty(), cuda.cudnnVersion());
    try (CudaContext context = cuda.device(0).openContext()) {
      CudaStream stream = context.createStream();
      CudaUnavailableException refused =
          assertThrows(CudaUnavailableException.class, () -> context.createBlas(stream));
      assertEquals(Reason.ABSENT, refused.reason());
      assertContains(
          refused.getMessage(),
          "cuBLAS is absent",
          folder.resolve("libcublas.so.13").toString(),
          folder.resolve("libcublas.so.12").toString());
      CudaUnavailableException noDnn =
          assertThrows(CudaUnavailableException.class, () -> context.createDnn(stream));
      assertEquals(Reason.ABSENT, noDnn.reason());
      assertContains(
          noDnn.getMessage(),
          "cuDNN is absent",
          "Install cuDNN 8 or 9",
          folder.resolve("libcudnn.so.9").toString(),
          folder.resolve("libcudnn.so.8").toString());
      stream.synchronize();
    }
    Files.writeString(folder.resolve("libcudnn.so.9"), "damaged");
    assertEquals(
        Reason.UNUSABLE, assertThrows(CudaUnavailableException.class, cuda::cudnnVersion).reason());
  }

  @Test
  void whatTheDeviceSays() {
    Cuda cuda = CudaDeviceForTests.cuda();
    assertTrue(cuda.driverVersion() >= 12_000, "driver " + cuda.driverVersion());
    assertTrue(cuda.cublasVersion().matches("1[23]\\.\\d+\\.\\d+"), cuda.cublasVersion());
    assertTrue(cuda.cudnnVersion().orElse("9.0.0").matches("[89]\\.\\d+\\.\\d+"));
    assertTrue(cuda.deviceCount() >= 1);
    CudaDevice device = cuda.device(0);
    assertFalse(device.name().isBlank());
    assertTrue(device.computeCapability().toString().matches("\\d+\\.\\d+"));
    assertTrue(device.computeCapability().major() >= 7);
    assertTrue(device.totalMemory() >= 1L << 30);
    assertTrue(device.multiprocessors() >= 1);
    assertTrue(device.memoryBandwidth() >= 1e9, "bytes/s: " + device.memoryBandwidth());
    IllegalArgumentException none =
        assertThrows(IllegalArgumentException.class, () -> cuda.device(99));
    assertContains(none.getMessage(), "no CUDA device 99");
  }
}
