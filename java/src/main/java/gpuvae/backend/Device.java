package gpuvae.backend;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place to run: which one, and why it was chosen. Naming a device opens nothing; {@link #open}
 * does, or says why it cannot.
 *
 * @param kind "cpu" or "cuda"
 * @param index which one of its kind
 * @param precision of matrix products; the CPU knows float32 only
 * @param binding the way to a GPU's libraries; FFM for the CPU
 * @param algorithms which of their algorithms a GPU's libraries may use; the CPU's are
 *     deterministic
 * @param reason why it was chosen: "asked for", or what spoke against the others
 */
public record Device(
    String kind,
    int index,
    Precision precision,
    Binding binding,
    Algorithms algorithms,
    String reason) {
  private static final Pattern SPELLING = Pattern.compile("(auto|cpu|cuda)(?::(\\d{1,3}))?");

  /** Checks that the CPU is asked for nothing that only GPUs have. */
  public Device {
    if (kind.equals("cpu") && precision != Precision.FLOAT32) {
      throw new IllegalArgumentException(
          "precision is " + precision.label() + " on the CPU, allowed: float32");
    }
    if (kind.equals("cpu") && binding != Binding.FFM) {
      throw new IllegalArgumentException(
          "binding is " + binding.label() + " on the CPU, which needs none");
    }
    if (kind.equals("cpu") && algorithms != Algorithms.DETERMINISTIC) {
      throw new IllegalArgumentException(
          "algorithms are " + algorithms.label() + " on the CPU, allowed: deterministic");
    }
  }

  private Device(String kind, int index, String reason) {
    this(kind, index, Precision.FLOAT32, Binding.FFM, Algorithms.DETERMINISTIC, reason);
  }

  /** The CPU. */
  public static Device cpu() {
    return new Device("cpu", 0, "asked for");
  }

  /** An NVIDIA GPU by index. */
  public static Device cuda(int index) {
    if (index < 0) {
      throw new IllegalArgumentException("device index is " + index + ", allowed: 0 and above");
    }
    return new Device("cuda", index, "asked for");
  }

  /** The first usable GPU, else the CPU; {@link #reason} says why. */
  public static Device best() {
    Optional<BackendProvider> cuda = provider("cuda");
    String against =
        cuda.isPresent()
            ? cuda.get().unusable().map(why -> why.lines().findFirst().orElse(why)).orElse("")
            : "this build of gpuvae has no CUDA backend";
    return against.isEmpty()
        ? new Device("cuda", 0, "a usable GPU is here")
        : new Device("cpu", 0, against);
  }

  /**
   * "auto", "cpu", "cuda" or "cuda:1".
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Device parse(String text) {
    Matcher match = SPELLING.matcher(text);
    boolean indexed = match.matches() && match.group(2) != null;
    if (!match.matches() || indexed && !match.group(1).equals("cuda")) {
      throw new IllegalArgumentException(
          "device is '" + text + "', allowed: auto, cpu, cuda, cuda:INDEX");
    }
    return switch (match.group(1)) {
      case "auto" -> best();
      case "cpu" -> cpu();
      default -> cuda(indexed ? Integer.parseInt(match.group(2)) : 0);
    };
  }

  /**
   * The same device with products of another precision.
   *
   * @throws IllegalArgumentException for TF32 on the CPU
   */
  public Device withPrecision(Precision other) {
    return new Device(kind, index, other, binding, algorithms, reason);
  }

  /**
   * The same device reached another way.
   *
   * @throws IllegalArgumentException for JCuda on the CPU
   */
  public Device withBinding(Binding other) {
    return new Device(kind, index, precision, other, algorithms, reason);
  }

  /**
   * The same device whose libraries may use other algorithms.
   *
   * @throws IllegalArgumentException for {@link Algorithms#FASTEST} on the CPU
   */
  public Device withAlgorithms(Algorithms other) {
    return new Device(kind, index, precision, binding, other, reason);
  }

  /** All providers on this class or module path. */
  public static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class, BackendProvider.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  private static Optional<BackendProvider> provider(String kind) {
    return providers().stream().filter(p -> p.kind().equals(kind)).findFirst();
  }

  /** One line about it: its name and size. */
  public String describe() {
    return provider(kind).map(p -> p.describe(this)).orElse(toString());
  }

  /**
   * Opens it.
   *
   * @throws DeviceUnavailableException if this machine or build cannot
   */
  public Backend open() {
    BackendProvider provider =
        provider(kind)
            .orElseThrow(
                () ->
                    new DeviceUnavailableException(
                        "device " + this + ": this build of gpuvae has no " + kind + " backend"));
    provider
        .unusable()
        .ifPresent(
            why -> {
              throw new DeviceUnavailableException("device " + this + ": " + why);
            });
    if (index >= provider.count()) {
      throw new DeviceUnavailableException(
          "device %s: there are %d of this kind".formatted(this, provider.count()));
    }
    return provider.open(this);
  }

  @Override
  public String toString() {
    return kind.equals("cpu") ? kind : kind + ":" + index;
  }
}
