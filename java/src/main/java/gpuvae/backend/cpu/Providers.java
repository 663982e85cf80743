package gpuvae.backend.cpu;

/** Chooses the provider of the inner loops, once. */
final class Providers {
  /** "scalar" or "vector" forces a provider. */
  static final String PROPERTY = "gpuvae.cpu.provider";

  private static final String FLAG = "--add-modules=jdk.incubator.vector";

  private Providers() {}

  /** Lazily: naming the CPU must not warn. */
  private static final class Chosen {
    static final Kernels KERNELS = choose(System.getProperty(PROPERTY, ""));
  }

  /** The provider of this JVM. */
  static Kernels kernels() {
    return Chosen.KERNELS;
  }

  /**
   * Chooses.
   *
   * @param forced "scalar", "vector" or, for what is there, ""
   */
  static Kernels choose(String forced) {
    boolean vector = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return switch (forced) {
      case "scalar" -> new ScalarKernels();
      case "vector" -> {
        if (!vector) {
          throw new IllegalStateException(
              PROPERTY + " is 'vector', but this JVM was started without " + FLAG);
        }
        yield new VectorKernels();
      }
      case "" -> {
        if (vector) {
          yield new VectorKernels();
        }
        System.getLogger("gpuvae")
            .log(
                System.Logger.Level.WARNING,
                "The CPU backend runs without vectors, many times slower: start java with " + FLAG);
        yield new ScalarKernels();
      }
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " is '" + forced + "', allowed: scalar, vector");
    };
  }
}
