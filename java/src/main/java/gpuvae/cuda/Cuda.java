package gpuvae.cuda;

import gpuvae.cuda.LibraryProbe.Library;
import java.util.Optional;

/**
 * CUDA's libraries on this machine. They stay loaded until the JVM ends.
 *
 * <p>What comes from here is for one thread at a time, and works in the context that this thread
 * has made current ({@link CudaContext#makeCurrent}): CUDA keeps that per thread of the operating
 * system, so a virtual thread must not block between making it current and the last call.
 */
public final class Cuda {
  private final LibraryProbe probe;
  private final Bindings bindings;
  private final Driver driver;
  private Blas blas;
  private Dnn dnn;

  private Cuda(LibraryProbe probe, Bindings bindings) {
    this.probe = probe;
    this.bindings = bindings;
    driver = bindings.openDriver(probe);
  }

  /**
   * Loads the driver and starts it. cuBLAS and cuDNN are loaded when first asked for.
   *
   * @throws CudaUnavailableException if it is absent, unusable or too old, or has no device
   */
  public static Cuda load(LibraryProbe probe) {
    return load(probe, Bindings.FFM);
  }

  /**
   * The same through bindings of one's choice.
   *
   * @throws CudaUnavailableException also if these bindings are not here
   */
  public static Cuda load(LibraryProbe probe, Bindings bindings) {
    return new Cuda(probe, bindings);
  }

  /** The newest CUDA that the driver supports: 1000 times the major plus 10 times the minor. */
  public int driverVersion() {
    return driver.version();
  }

  /**
   * The version of cuBLAS, such as "13.1.0".
   *
   * @throws CudaUnavailableException if it is absent or unusable
   */
  public String cublasVersion() {
    return blas().version();
  }

  /**
   * The version of cuDNN, such as "9.10.2"; empty if it is absent.
   *
   * @throws CudaUnavailableException if it is there and unusable
   */
  public Optional<String> cudnnVersion() {
    try {
      return Optional.of(FfmDnn.load(probe.find(Library.CUDNN)).version());
    } catch (CudaUnavailableException e) {
      if (e.reason() == CudaUnavailableException.Reason.ABSENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** How many devices there are, at least one. */
  public int deviceCount() {
    return driver.deviceCount();
  }

  /** A device by its number, from 0. */
  public CudaDevice device(int index) {
    int count = deviceCount();
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException(
          "there is no CUDA device %d: %d found, numbered from 0".formatted(index, count));
    }
    return new CudaDevice(this, driver.device(index));
  }

  Driver driver() {
    return driver;
  }

  synchronized Blas blas() {
    if (blas == null) {
      blas = bindings.openBlas(probe);
    }
    return blas;
  }

  synchronized Dnn dnn() {
    if (dnn == null) {
      dnn = bindings.openDnn(probe);
    }
    return dnn;
  }
}
