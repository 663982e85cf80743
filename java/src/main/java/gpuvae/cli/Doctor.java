package gpuvae.cli;

import gpuvae.backend.Device;
import gpuvae.cuda.LibraryProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What this machine can do. */
final class Doctor {
  private Doctor() {}

  /** The JVM and the machine under it. */
  static Map<String, Object> machine() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put(
        "os", property("os.name") + " " + property("os.version") + ", " + property("os.arch"));
    facts.put("cpu", cpuName());
    facts.put("cores", Runtime.getRuntime().availableProcessors());
    facts.put("java", Runtime.version() + ", " + property("java.vendor"));
    facts.put("java_home", property("java.home"));
    facts.put("heap_bytes", Runtime.getRuntime().maxMemory());
    facts.put("vector_bits", vectorBits());
    return facts;
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  private static String cpuName() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      // Not Linux: the environment may know.
    }
    return Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER")).orElse("unknown");
  }

  /** Bits of the preferred float vector; 0 where the Vector API's module is absent. */
  static int vectorBits() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return 0;
    }
    try {
      Object species =
          Class.forName("jdk.incubator.vector.FloatVector").getField("SPECIES_PREFERRED").get(null);
      Class<?> type = Class.forName("jdk.incubator.vector.VectorSpecies");
      return (int) type.getMethod("vectorBitSize").invoke(species);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK's Vector API is not the one gpuvae knows", e);
    }
  }

  /** Each CUDA library in a line, with the reason below where it is not found. */
  static String libraries(LibraryProbe probe) {
    List<String> lines = new ArrayList<>();
    probe
        .only()
        .ifPresent(
            folder ->
                lines.add(
                    "  only in %s (property %s or variable %s)"
                        .formatted(folder, LibraryProbe.PROPERTY, LibraryProbe.VARIABLE)));
    List<LibraryProbe.Finding> findings = probe.findAll();
    for (LibraryProbe.Finding finding : findings) {
      lines.add(
          Text.format("  %-12s %s", finding.library().title(), finding.path().orElse("not found")));
      for (LibraryProbe.Attempt attempt : finding.attempts()) {
        if (attempt.refusal() != null) {
          lines.add("    tried " + attempt.name());
          lines.add("      " + attempt.refusal());
        }
      }
    }
    if (!findings.stream().allMatch(LibraryProbe.Finding::found)) {
      lines.add("  Needed: driver 525 or newer, cuBLAS 12 or 13; for convolutions cuDNN 8 or 9.");
    }
    return String.join(System.lineSeparator(), lines);
  }

  /** The same for programs. */
  static List<Map<String, Object>> librariesAsData(LibraryProbe probe) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (LibraryProbe.Finding finding : probe.findAll()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("library", finding.library().title());
      one.put("found", finding.found());
      one.put("path", finding.path().orElse(null));
      List<Map<String, Object>> tried = new ArrayList<>();
      for (LibraryProbe.Attempt attempt : finding.attempts()) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", attempt.name());
        entry.put("refusal", attempt.refusal());
        tried.add(entry);
      }
      one.put("tried", tried);
      all.add(one);
    }
    return all;
  }

  /** What {@code --device auto} takes, and why. */
  static Device auto() {
    return Device.best();
  }
}
