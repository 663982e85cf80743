package gpuvae.cli;

import gpuvae.backend.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The machine, its JVM, and the device that would be used. */
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

  /** What {@code --device auto} takes, and why. */
  static Device auto() {
    return Device.best();
  }
}
