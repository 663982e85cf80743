package gpuvae.cuda;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where toolkits and Python wheels keep NVIDIA's libraries when the system does not know them. */
final class SearchFolders {
  static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

  private SearchFolders() {}

  /** Those that exist, in the order in which they are to be searched. */
  static List<Path> of(Map<String, String> environment) {
    Set<Path> folders = new LinkedHashSet<>();
    for (String variable : List.of("CUDA_PATH", "CUDA_HOME", "CUDNN_PATH")) {
      addRoot(folders, environment.get(variable));
    }
    if (!WINDOWS) {
      // Windows' subsystem, and containers that a cluster lends its driver, put it there.
      folders.add(Path.of("/usr/lib/wsl/lib"));
      addRoot(folders, "/usr/local/nvidia");
      addRoot(folders, "/usr/local/cuda");
      matching(Path.of("/usr/local"), "cuda-*").forEach(root -> addRoot(folders, root.toString()));
    }
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      addPython(folders, environment.get(variable));
    }
    String home = environment.get("HOME");
    addPython(folders, home == null ? null : home + "/.local");
    addPython(folders, "/usr/local");
    addPython(folders, "/usr");
    return folders.stream().filter(Files::isDirectory).toList();
  }

  private static void addRoot(Set<Path> folders, String root) {
    if (root == null || root.isBlank()) {
      return;
    }
    for (String inner : WINDOWS ? List.of("bin/x64", "bin") : List.of("lib64", "lib")) {
      folders.add(Path.of(root, inner));
    }
  }

  /** Wheels put them into site-packages/nvidia/NAME/lib, conda into lib itself. */
  private static void addPython(Set<Path> folders, String prefix) {
    if (prefix == null || prefix.isBlank()) {
      return;
    }
    folders.add(Path.of(prefix, "lib"));
    List<Path> packages = new ArrayList<>();
    for (Path python : matching(Path.of(prefix, "lib"), "python3*")) {
      packages.add(python.resolve("site-packages"));
      packages.add(python.resolve("dist-packages"));
    }
    packages.add(Path.of(prefix, "Lib", "site-packages"));
    for (Path site : packages) {
      for (Path wheel : matching(site.resolve("nvidia"), "*")) {
        folders.add(wheel.resolve(WINDOWS ? "bin" : "lib"));
      }
    }
  }

  /** Newest version first, as far as names tell. */
  private static List<Path> matching(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder, glob)) {
      paths.forEach(found::add);
    } catch (IOException e) {
      return List.of();
    }
    found.sort(Collections.reverseOrder());
    return found;
  }
}
