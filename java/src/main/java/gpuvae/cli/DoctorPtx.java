package gpuvae.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The PTX that this build carries and a driver would load.
 *
 * @param modules how many files
 * @param kernels how many entry points in them
 * @param isa the versions of PTX they are written in, such as "7.0"
 * @param targets what devices they are for, such as "sm_75": that one and newer
 */
record DoctorPtx(int modules, int kernels, Set<String> isa, Set<String> targets) {
  private static final String FOLDER = "/gpuvae/backend/cuda/ptx";
  private static final Pattern ISA = Pattern.compile("^\\.version (\\S+)", Pattern.MULTILINE);
  private static final Pattern TARGET = Pattern.compile("^\\.target (\\w+)", Pattern.MULTILINE);
  private static final Pattern KERNEL = Pattern.compile("\\.entry (\\w+)");

  static DoctorPtx read() throws IOException {
    List<String> texts = texts();
    return new DoctorPtx(
        texts.size(),
        all(KERNEL, texts).size(),
        new TreeSet<>(all(ISA, texts)),
        new TreeSet<>(all(TARGET, texts)));
  }

  /** Of all files, which lie in a jar or in a folder of classes. */
  private static List<String> texts() throws IOException {
    URL folder = DoctorPtx.class.getResource(FOLDER);
    if (folder == null) {
      return List.of();
    }
    try {
      URI uri = folder.toURI();
      if (!uri.getScheme().equals("jar")) {
        return texts(Path.of(uri));
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return texts(jar.getPath(FOLDER));
      }
    } catch (URISyntaxException e) {
      throw new IOException("cannot read " + folder, e);
    }
  }

  private static List<String> texts(Path folder) throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        texts.add(Files.readString(file));
      }
    }
    return texts;
  }

  private static List<String> all(Pattern pattern, List<String> texts) {
    return texts.stream()
        .flatMap(text -> pattern.matcher(text).results())
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  String words() {
    return modules == 0
        ? "none: this build of gpuvae was made without kernels/ptx"
        : "%s with %s, for %s and newer, in PTX ISA %s"
            .formatted(
                Text.count(modules, "module"),
                Text.count(kernels, "kernel"),
                String.join(", ", targets),
                String.join(", ", isa));
  }

  /** The same for programs. */
  Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("modules", modules);
    data.put("kernels", kernels);
    data.put("isa", List.copyOf(isa));
    data.put("targets", List.copyOf(targets));
    return data;
  }
}
