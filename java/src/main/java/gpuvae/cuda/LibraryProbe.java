package gpuvae.cuda;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks for NVIDIA's libraries, and keeps every name tried with the system's own words. Never
 * throws for a library that is absent or damaged.
 *
 * <p>Each library's names are tried as the system finds them, then in the folders of toolkits and
 * Python wheels; where a folder is given, in that one instead.
 */
public final class LibraryProbe {
  /** The property that names a folder to use instead of all others. */
  public static final String PROPERTY = "gpuvae.cuda.path";

  /** The environment variable that does so where the property is not set. */
  public static final String VARIABLE = "GPUVAE_CUDA_PATH";

  /** A library that training on a GPU needs. */
  public enum Library {
    /** The driver. */
    CUDA(
        "CUDA driver",
        "Install NVIDIA's driver, version 525 or newer",
        List.of("libcuda.so.1"),
        List.of("nvcuda.dll")),
    /** Matrix products. */
    CUBLAS(
        "cuBLAS",
        "Install cuBLAS 12 or 13 (CUDA toolkit, or Python wheel nvidia-cublas)",
        List.of("libcublas.so.13", "libcublas.so.12"),
        List.of("cublas64_13.dll", "cublas64_12.dll")),
    /** Convolutions. */
    CUDNN(
        "cuDNN",
        "Install cuDNN 8 or 9 (or Python wheel nvidia-cudnn-cu13)",
        List.of("libcudnn.so.9", "libcudnn.so.8"),
        List.of("cudnn64_9.dll", "cudnn64_8.dll"));

    private final String title;
    private final String remedy;
    private final List<String> linux;
    private final List<String> windows;

    Library(String title, String remedy, List<String> linux, List<String> windows) {
      this.title = title;
      this.remedy = remedy;
      this.linux = linux;
      this.windows = windows;
    }

    /** As its makers write it. */
    public String title() {
      return title;
    }

    /** What helps where it is absent. */
    String remedy() {
      return remedy;
    }

    /** File names, newest first. */
    public List<String> names() {
      return SearchFolders.WINDOWS ? windows : linux;
    }
  }

  /**
   * One name tried.
   *
   * @param name a file name, or a path
   * @param refusal why it could not be opened, in the system's words; null if it could
   */
  public record Attempt(String name, String refusal) {
    /**
     * Whether there is no such file; otherwise there is one that cannot be opened. The loader's
     * words depend on the language, but cite a file that it found, or a library that this one
     * lacks, by another name.
     */
    public boolean absent() {
      Path path = Path.of(name);
      return path.getParent() == null ? refusal.startsWith(name + ":") : Files.notExists(path);
    }
  }

  /**
   * What came of looking for a library.
   *
   * @param library which
   * @param path where it is; empty if not found
   * @param attempts all names tried, the one found last
   */
  public record Finding(Library library, Optional<String> path, List<Attempt> attempts) {
    /** Whether it can be opened. */
    public boolean found() {
      return path.isPresent();
    }
  }

  private final Optional<Path> only;
  private final List<Path> folders;

  private LibraryProbe(Optional<Path> only, List<Path> folders) {
    this.only = only;
    this.folders = folders;
  }

  /** As this machine is set up, property and environment variable included. */
  public static LibraryProbe system() {
    String folder = System.getProperty(PROPERTY, System.getenv(VARIABLE));
    return folder == null || folder.isBlank()
        ? new LibraryProbe(Optional.empty(), SearchFolders.of(System.getenv()))
        : in(Path.of(folder));
  }

  /** In one folder only. */
  public static LibraryProbe in(Path folder) {
    return new LibraryProbe(Optional.of(folder), List.of());
  }

  /** The folder that is searched instead of all others. */
  public Optional<Path> only() {
    return only;
  }

  /** Looks for a library. Opens it to see that it can be opened, and closes it. */
  public Finding find(Library library) {
    return find(library, library.names());
  }

  /** Looks for a library under some of its names: for a client that is bound to one version. */
  public Finding find(Library library, List<String> fileNames) {
    List<Attempt> attempts = new ArrayList<>();
    for (String name : candidates(fileNames)) {
      DynamicLoader.Answer answer = DynamicLoader.INSTANCE.tryOpen(name);
      attempts.add(new Attempt(name, answer.refusal()));
      if (answer.refusal() == null) {
        return new Finding(library, Optional.of(answer.path()), List.copyOf(attempts));
      }
    }
    return new Finding(library, Optional.empty(), List.copyOf(attempts));
  }

  /** Looks for all of them. */
  public List<Finding> findAll() {
    List<Finding> findings = new ArrayList<>();
    for (Library library : Library.values()) {
      findings.add(find(library));
    }
    return findings;
  }

  private List<String> candidates(List<String> fileNames) {
    List<String> names = new ArrayList<>();
    if (only.isEmpty()) {
      names.addAll(fileNames);
    }
    for (Path folder : only.map(List::of).orElse(folders)) {
      for (String name : fileNames) {
        Path file = folder.resolve(name);
        // In a folder that was named, a missing file is worth a line; in the others it is not.
        if (only.isPresent() || file.toFile().exists()) {
          names.add(file.toString());
        }
      }
    }
    return names;
  }
}
