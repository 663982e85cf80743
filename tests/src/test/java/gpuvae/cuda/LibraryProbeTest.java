package gpuvae.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuvae.cuda.LibraryProbe.Finding;
import gpuvae.cuda.LibraryProbe.Library;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryProbeTest {
  @TempDir Path folder;

  @BeforeEach
  void linux() {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
  }

  /** A real library under another name: the JDK's own smallest. */
  private static Path realLibrary() {
    return Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
  }

  @Test
  void absentLibrariesHaveEveryNameAndTheLoadersWords() {
    Finding finding = LibraryProbe.in(folder).find(Library.CUBLAS);
    assertFalse(finding.found());
    assertEquals(
        List.of(
            folder.resolve("libcublas.so.13").toString(),
            folder.resolve("libcublas.so.12").toString()),
        finding.attempts().stream().map(LibraryProbe.Attempt::name).toList());
    for (LibraryProbe.Attempt attempt : finding.attempts()) {
      assertTrue(attempt.refusal().contains("No such file"), attempt.refusal());
    }
  }

  @Test
  void damagedIsNotAbsent() throws IOException {
    Files.writeString(folder.resolve("libcuda.so.1"), "this is no library, though long enough");
    Finding finding = LibraryProbe.in(folder).find(Library.CUDA);
    assertFalse(finding.found());
    String words = finding.attempts().getFirst().refusal();
    assertTrue(words.contains("ELF") || words.contains("too short"), words);
  }

  @Test
  void theNewestThatOpensIsTaken() throws IOException {
    Files.writeString(folder.resolve("libcudnn.so.9"), "damaged");
    Files.copy(realLibrary(), folder.resolve("libcudnn.so.8"));
    Finding finding = LibraryProbe.in(folder).find(Library.CUDNN);
    assertTrue(finding.found(), finding.toString());
    assertEquals(folder.resolve("libcudnn.so.8").toString(), finding.path().orElseThrow());
    assertEquals(2, finding.attempts().size());
  }

  @Test
  void thePropertyNamesTheOnlyFolder() throws IOException {
    Files.copy(realLibrary(), folder.resolve("libcuda.so.1"));
    String before = System.setProperty(LibraryProbe.PROPERTY, folder.toString());
    try {
      LibraryProbe probe = LibraryProbe.system();
      assertEquals(folder, probe.only().orElseThrow());
      assertTrue(probe.find(Library.CUDA).found());
      assertFalse(probe.find(Library.CUBLAS).found());
      assertEquals(3, probe.findAll().size());
    } finally {
      if (before == null) {
        System.clearProperty(LibraryProbe.PROPERTY);
      } else {
        System.setProperty(LibraryProbe.PROPERTY, before);
      }
    }
  }

  @Test
  void toolkitsAndWheelsAreSearched() throws IOException {
    Path toolkit = Files.createDirectories(folder.resolve("toolkit/lib64"));
    Path wheels = folder.resolve("venv/lib/python3.12/site-packages/nvidia");
    Path cublas = Files.createDirectories(wheels.resolve("cublas/lib"));
    Path cudnn = Files.createDirectories(wheels.resolve("cudnn/lib"));
    List<Path> found =
        SearchFolders.of(
            Map.of(
                "CUDA_PATH", folder.resolve("toolkit").toString(),
                "VIRTUAL_ENV", folder.resolve("venv").toString()));
    assertEquals(toolkit, found.getFirst());
    assertTrue(found.containsAll(List.of(cublas, cudnn)), found.toString());
  }
}
