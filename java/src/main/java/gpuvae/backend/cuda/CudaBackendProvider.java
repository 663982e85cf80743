package gpuvae.backend.cuda;

import gpuvae.backend.Backend;
import gpuvae.backend.BackendProvider;
import gpuvae.backend.Device;
import gpuvae.backend.DeviceUnavailableException;
import gpuvae.cuda.ComputeCapability;
import gpuvae.cuda.Cuda;
import gpuvae.cuda.CudaDevice;
import gpuvae.cuda.CudaException;
import gpuvae.cuda.CudaUnavailableException;
import gpuvae.cuda.LibraryProbe;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** NVIDIA GPUs, found through the driver's library. */
public final class CudaBackendProvider implements BackendProvider {
  /** What the kernels' PTX is for: 10 times the major plus the minor. */
  private static final int LEAST_CAPABILITY = 75;

  /** By folder, as libraries stay loaded: looking them up takes a while. */
  private static final Map<Optional<Path>, Cuda> LOADED = new HashMap<>();

  private final LibraryProbe probe;

  /** For {@link java.util.ServiceLoader}. */
  public CudaBackendProvider() {
    this(LibraryProbe.system());
  }

  /** Of libraries that are elsewhere. */
  CudaBackendProvider(LibraryProbe probe) {
    this.probe = probe;
  }

  private Cuda cuda() {
    synchronized (LOADED) {
      return LOADED.computeIfAbsent(
          probe.only(),
          folder -> {
            Cuda cuda = Cuda.load(probe);
            cuda.cublasVersion();
            return cuda;
          });
    }
  }

  @Override
  public String kind() {
    return "cuda";
  }

  @Override
  public Optional<String> unusable() {
    try {
      cuda();
      return Optional.empty();
    } catch (CudaUnavailableException | CudaException e) {
      return Optional.of(e.getMessage());
    }
  }

  @Override
  public int count() {
    return unusable().isPresent() ? 0 : reach(cuda()::deviceCount);
  }

  @Override
  public String describe(int index) {
    return reach(() -> describe(cuda(), index));
  }

  private static String describe(Cuda cuda, int index) {
    CudaDevice device = cuda.device(index);
    ComputeCapability capability = device.computeCapability();
    return "%s, %d MiB, compute capability %d.%d, CUDA %d.%d, cuBLAS %s"
        .formatted(
            device.name(),
            device.totalMemory() >> 20,
            capability.major(),
            capability.minor(),
            cuda.driverVersion() / 1000,
            cuda.driverVersion() % 1000 / 10,
            cuda.cublasVersion());
  }

  @Override
  public Backend open(Device device) {
    return open(device, true);
  }

  /** With or without CUDA graphs. */
  CudaBackend open(Device device, boolean withGraphs) {
    return reach(() -> openChecked(device, withGraphs));
  }

  /** What a device reports while it is not open yet makes it unavailable. */
  private static <T> T reach(Supplier<T> answer) {
    try {
      return answer.get();
    } catch (CudaException e) {
      throw new DeviceUnavailableException("the CUDA device cannot be used: " + e.getMessage());
    }
  }

  private CudaBackend openChecked(Device device, boolean withGraphs) {
    CudaDevice hardware = cuda().device(device.index());
    ComputeCapability capability = hardware.computeCapability();
    if (10 * capability.major() + capability.minor() < LEAST_CAPABILITY) {
      throw new DeviceUnavailableException(
          "device %s: %s has compute capability %s, gpuvae's kernels need 7.5 or higher"
              .formatted(device, hardware.name(), capability));
    }
    return new CudaBackend(device, hardware, describe(device.index()), withGraphs);
  }
}
