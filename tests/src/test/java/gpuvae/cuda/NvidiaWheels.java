package gpuvae.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * NVIDIA's headers and libraries: those of the toolkit, and of Python wheels that were unpacked in
 * the folder that GPUVAE_NVIDIA_WHEELS names (nvidia-cublas and nvidia-cudnn-cu13 are meant).
 */
final class NvidiaWheels {
  private NvidiaWheels() {}

  /** Folders of headers, in which this one is; else the test is skipped, or fails if required. */
  static List<Path> headers(String name) {
    List<Path> folders = new ArrayList<>();
    Stream.of(System.getenv("CUDA_PATH"), System.getenv("CUDA_HOME"), "/usr/local/cuda")
        .filter(Objects::nonNull)
        .forEach(root -> folders.add(Path.of(root, "include")));
    folders.addAll(inWheels("include"));
    folders.removeIf(folder -> !Files.isDirectory(folder));
    if (folders.stream().noneMatch(folder -> Files.exists(folder.resolve(name)))) {
      missing(name);
    }
    return folders;
  }

  /** The folder of a library; else the test is skipped, or fails if required. */
  static Path library(LibraryProbe.Library library) {
    return inWheels("lib").stream()
        .filter(folder -> library.names().stream().anyMatch(n -> Files.exists(folder.resolve(n))))
        .findFirst()
        .orElseGet(() -> missing(library.names().getFirst()));
  }

  private static List<Path> inWheels(String inner) {
    String wheels = System.getenv("GPUVAE_NVIDIA_WHEELS");
    Path packages = Path.of(wheels == null ? "" : wheels, "nvidia");
    if (wheels == null || !Files.isDirectory(packages)) {
      return List.of();
    }
    try (Stream<Path> wheel = Files.list(packages)) {
      return wheel.map(folder -> folder.resolve(inner)).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T missing(String name) {
    return Missing.missing(
        "no " + name + " of NVIDIA's: set CUDA_PATH, GPUVAE_NVIDIA_WHEELS",
        "GPUVAE_REQUIRE_NVIDIA_HEADERS");
  }
}
