package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuvae.backend.Device;
import gpuvae.cuda.Cuda;
import gpuvae.cuda.CudaDevice;
import gpuvae.cuda.CudaDeviceForTests;
import gpuvae.cuda.LibraryProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @Test
  void saysWhatIsHere() {
    Cli.Result result = Cli.run("doctor");
    assertEquals(0, result.code(), result.err());
    for (String word :
        List.of(
            System.getProperty("java.version"),
            "cores    " + Runtime.getRuntime().availableProcessors(),
            "vectors  " + Doctor.vectorBits() + " bits",
            "CUDA driver",
            "cuBLAS",
            "cuDNN",
            "MNIST",
            "digits: built in",
            "--device auto takes " + Device.best())) {
      assertTrue(result.out().contains(word), word + " in:\n" + result.out());
    }
  }

  @Test
  void saysItToPrograms() throws IOException {
    Map<String, Object> facts = Cli.run("doctor", "--json").json().getFirst();
    assertEquals((long) Runtime.getRuntime().availableProcessors(), facts.get("cores"));
    assertEquals(3, ((List<?>) facts.get("cuda_libraries")).size());
    assertEquals(Device.best().toString(), facts.get("auto_device"));
    assertTrue((long) facts.get("vector_bits") >= 64, "the tests run with the Vector module");
  }

  private static void assertNoDriver(Path folder, String why) throws IOException {
    Cli.Result result = Cli.runWithLibraries(folder, "doctor");
    assertEquals(0, result.code(), result.err());
    String words = result.out().replaceAll("\\s+", " ");
    assertTrue(words.contains("driver CUDA driver is " + why), words);
    assertTrue(words.contains("Install NVIDIA's driver, version 525 or newer"), words);
    Cli.Result data = Cli.runWithLibraries(folder, "doctor", "--json");
    List<?> cuda = (List<?>) data.json().getFirst().get("cuda");
    assertEquals(1, cuda.size(), "nobody else was asked: " + cuda);
    Map<?, ?> driver = (Map<?, ?>) cuda.getFirst();
    assertEquals("driver", driver.get("part"));
    String error = driver.get("error").toString();
    assertTrue(error.contains(why), error);
    assertTrue(error.contains(folder.resolve("libcuda.so.1").toString()), error);
  }

  @Test
  void noDriver(@TempDir Path folder) throws IOException {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
    assertNoDriver(folder, "absent");
  }

  @Test
  void aDamagedDriver(@TempDir Path folder) throws IOException {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
    Files.writeString(folder.resolve("libcuda.so.1"), "this is no library, though long enough");
    assertNoDriver(folder, "present but unusable: it cannot be opened");
  }

  @Test
  void aDriverWithoutItsFriends(@TempDir Path folder) throws IOException {
    LibraryProbe probe = CudaDeviceForTests.libraries();
    String driver = probe.find(LibraryProbe.Library.CUDA).path().orElseThrow();
    Files.createSymbolicLink(folder.resolve("libcuda.so.1"), Path.of(driver));
    Files.writeString(folder.resolve("libcublas.so.13"), "this is no library, though long enough");
    List<DoctorCuda.Answer> answers = DoctorCuda.examine(LibraryProbe.in(folder));
    assertTrue(answers.get(1).words().startsWith("cuBLAS is present but unusable"));
    assertTrue(answers.get(1).data().get("error").toString().contains("libcublas.so.13"));
    assertEquals("not here: only convolutions need it", answers.get(2).words());
    assertEquals("device 0", answers.get(3).part());
  }

  @Test
  void versionsAndDevices() {
    Cuda cuda = CudaDeviceForTests.cuda();
    List<DoctorCuda.Answer> answers = DoctorCuda.examine(CudaDeviceForTests.libraries());
    assertEquals(
        List.of("driver", "cuBLAS", "cuDNN", "device 0"),
        answers.subList(0, 4).stream().map(DoctorCuda.Answer::part).toList());
    assertTrue(answers.get(0).words().matches("supports CUDA \\d+\\.\\d+"), answers.toString());
    assertEquals("version " + cuda.cublasVersion(), answers.get(1).words());
    assertEquals(cuda.cudnnVersion().orElse(null), answers.get(2).data().get("version"));
    CudaDevice device = cuda.device(0);
    assertEquals(
        Map.of(
            "part", "device 0",
            "name", device.name(),
            "memory_bytes", device.totalMemory(),
            "compute_capability", device.computeCapability().toString()),
        answers.get(3).data());
    assertTrue(answers.get(3).words().startsWith(device.name() + ", "), answers.toString());
  }

  @Test
  void theWaysToTheLibraries() {
    CudaDeviceForTests.assumeJCuda();
    Cuda cuda = CudaDeviceForTests.cuda();
    List<DoctorCuda.Answer> answers = DoctorCuda.examine(CudaDeviceForTests.libraries());
    DoctorCuda.Answer ffm = answers.get(answers.size() - 2);
    assertEquals("FFM", ffm.part());
    assertEquals(
        "Java " + Runtime.version().feature() + ", cuBLAS " + cuda.cublasVersion(), ffm.words());
    DoctorCuda.Answer jcuda = answers.getLast();
    assertEquals("JCuda", jcuda.part());
    assertTrue(jcuda.words().matches("12\\.6\\.0, cuBLAS \\d+\\.\\d+\\.\\d+"), jcuda.words());
  }

  @Test
  void aWayThatCannotServeSaysWhy(@TempDir Path folder) throws IOException {
    String driver =
        CudaDeviceForTests.libraries().find(LibraryProbe.Library.CUDA).path().orElseThrow();
    for (String name : List.of("libcuda.so.1", "libcublas.so.13")) {
      Files.createSymbolicLink(folder.resolve(name), Path.of(driver).resolveSibling(name));
    }
    List<DoctorCuda.Answer> answers = DoctorCuda.examine(LibraryProbe.in(folder));
    assertTrue(answers.get(answers.size() - 2).words().startsWith("Java "), answers.toString());
    DoctorCuda.Answer jcuda = answers.getLast();
    assertTrue(jcuda.words().startsWith("JCuda needs cuBLAS 12: cuBLAS is absent"), jcuda.words());
    String error = jcuda.data().get("error").toString();
    assertTrue(error.contains("libcublas.so.12"), error);
  }

  @Test
  void thePtxOfThisBuild() throws IOException {
    DoctorPtx ptx = DoctorPtx.read();
    try (Stream<Path> files =
        Files.list(Path.of(System.getProperty("gpuvae.root"), "kernels", "ptx"))) {
      assertEquals(files.filter(f -> f.toString().endsWith(".ptx")).count(), ptx.modules());
    }
    assertEquals(Set.of("7.0"), ptx.isa());
    assertEquals(Set.of("sm_75"), ptx.targets());
    assertTrue(ptx.kernels() >= ptx.modules(), ptx.toString());
    Cli.Result result = Cli.run("doctor");
    assertTrue(result.out().contains("PTX      " + ptx.words()), result.out());
  }
}
