package gpuvae.backend;

import java.util.Optional;

/** A kind of device, found through {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** "cpu" or "cuda". */
  String kind();

  /** Why no such device can be used here, in one or more lines with the remedy; else empty. */
  Optional<String> unusable();

  /** How many devices of this kind there are; 0 if {@link #unusable}. */
  int count();

  /** One line about a device of this kind: its name and size. */
  String describe(Device device);

  /**
   * Opens a device of this kind.
   *
   * @throws DeviceUnavailableException if it cannot be used
   */
  Backend open(Device device);
}
