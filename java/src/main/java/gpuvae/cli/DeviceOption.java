package gpuvae.cli;

import gpuvae.backend.Algorithms;
import gpuvae.backend.Binding;
import gpuvae.backend.Device;
import gpuvae.backend.DeviceUnavailableException;
import gpuvae.backend.Precision;
import gpuvae.cuda.LibraryProbe;
import picocli.CommandLine.Option;

/** The option that says where to run. */
final class DeviceOption {
  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description =
          "auto (a GPU if one is usable, else the CPU), cpu, cuda or cuda:INDEX. Default:"
              + " ${DEFAULT-VALUE}.")
  String device;

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      defaultValue = "float32",
      description =
          "Of a GPU's matrix products: float32, or tf32 (faster on tensor cores, less exact)."
              + " Default: ${DEFAULT-VALUE}.")
  String precision;

  @Option(
      names = "--binding",
      paramLabel = "BINDING",
      defaultValue = "ffm",
      description =
          "The way to a GPU's libraries: ffm, or jcuda (if JCuda is on the class path)."
              + " Default: ${DEFAULT-VALUE}.")
  String binding;

  @Option(
      names = "--algorithms",
      paramLabel = "WHICH",
      defaultValue = "deterministic",
      description =
          "Of cuDNN on a GPU: deterministic (the same bits every run), or fastest."
              + " Default: ${DEFAULT-VALUE}.")
  String algorithms;

  /**
   * The device, sure to be usable: whoever asks for a GPU is never given the CPU.
   *
   * @throws UsageException with what was looked for and found, if it is not usable
   */
  Device choose() {
    Device chosen;
    try {
      chosen = Device.parse(device);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e, "--device auto");
    }
    chosen = withAlgorithms(withBinding(withPrecision(chosen)));
    if (chosen.kind().equals("cuda")) {
      try {
        chosen.open().close();
      } catch (DeviceUnavailableException e) {
        throw new UsageException(
            firstLine(e) + System.lineSeparator() + DoctorLibraries.words(LibraryProbe.system()),
            "--device cpu, or " + Text.program() + " doctor for what this machine can do");
      }
    }
    return chosen;
  }

  /** What follows in the message are the names tried, which the doctor's text has too. */
  private static String firstLine(DeviceUnavailableException e) {
    return e.getMessage().lines().findFirst().orElse("");
  }

  private Device withPrecision(Device chosen) {
    for (Precision known : Precision.values()) {
      if (known.label().equals(precision)) {
        try {
          return chosen.withPrecision(known);
        } catch (IllegalArgumentException e) {
          throw new UsageException(e, "--device cuda, or leave out --precision");
        }
      }
    }
    throw new UsageException(
        "precision is '" + precision + "', allowed: float32, tf32", "--precision float32");
  }

  private Device withBinding(Device chosen) {
    for (Binding known : Binding.values()) {
      if (known.label().equals(binding)) {
        try {
          return chosen.withBinding(known);
        } catch (IllegalArgumentException e) {
          throw new UsageException(e, "--device cuda, or leave out --binding");
        }
      }
    }
    throw new UsageException("binding is '" + binding + "', allowed: ffm, jcuda", "--binding ffm");
  }

  private Device withAlgorithms(Device chosen) {
    for (Algorithms known : Algorithms.values()) {
      if (known.label().equals(algorithms)) {
        try {
          return chosen.withAlgorithms(known);
        } catch (IllegalArgumentException e) {
          throw new UsageException(e, "--device cuda, or leave out --algorithms");
        }
      }
    }
    throw new UsageException(
        "algorithms is '" + algorithms + "', allowed: deterministic, fastest",
        "--algorithms deterministic");
  }

  /** What it is and, where it was not simply asked for, why it was taken. */
  static String describe(Device device) {
    return device.reason().equals("asked for")
        ? device.describe()
        : device.describe() + " (" + device.reason() + ")";
  }
}
