package gpuvae.backend.cuda;

import gpuvae.backend.DeviceFailedException;
import gpuvae.cuda.CudaException;

/** Turns what CUDA reports into the seam's exceptions, and remembers a device that is lost. */
final class Faults {
  private final String device;
  private String lost;

  /**
   * Of a device.
   *
   * @param device for messages
   */
  Faults(String device) {
    this.device = device;
  }

  /** What to throw. */
  DeviceFailedException of(CudaException e) {
    if (e.isSticky()) {
      lost = e.getMessage();
      return new DeviceFailedException(lostMessage(), e);
    }
    return new DeviceFailedException("device " + device + ": " + e.getMessage(), e);
  }

  /** Does something outside a step, with what CUDA reports turned into what to throw. */
  void translate(Runnable work) {
    try {
      work.run();
    } catch (CudaException e) {
      throw of(e);
    }
  }

  /** Throws if the device was lost before. */
  void check() {
    if (lost != null) {
      throw new DeviceFailedException(lostMessage(), null);
    }
  }

  private String lostMessage() {
    return "device %s is lost: %s; close this model, what was saved can be loaded again"
        .formatted(device, lost);
  }
}
