package gpuvae.backend.cuda;

import gpuvae.backend.Backend;
import gpuvae.backend.BackendProvider;
import gpuvae.backend.Binding;
import gpuvae.backend.Device;
import gpuvae.backend.DeviceUnavailableException;
import gpuvae.cuda.Bindings;
import gpuvae.cuda.ComputeCapability;
import gpuvae.cuda.Cuda;
import gpuvae.cuda.CudaDevice;
import gpuvae.cuda.CudaException;
import gpuvae.cuda.CudaUnavailableException;
import gpuvae.cuda.LibraryProbe;
import gpuvae.cuda.jcuda.JCudaBindings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** NVIDIA GPUs, found through the driver's library. */
public final class CudaBackendProvider implements BackendProvider {
  /** What the kernels' PTX is for: 10 times the major plus the minor. */
  private static final int LEAST_CAPABILITY = 75;

  private record Loaded(Optional<Path> folder, Binding binding) {}

  /** As libraries stay loaded: looking them up takes a while. */
  private static final Map<Loaded, Cuda> LOADED = new HashMap<>();

  private final LibraryProbe probe;

  /** For {@link java.util.ServiceLoader}. */
  public CudaBackendProvider() {
    this(LibraryProbe.system());
  }

  /** Of libraries that are elsewhere. */
  CudaBackendProvider(LibraryProbe probe) {
    this.probe = probe;
  }

  private Cuda cuda(Binding binding) {
    synchronized (LOADED) {
      return LOADED.computeIfAbsent(
          new Loaded(probe.only(), binding),
          asked -> {
            Cuda cuda = Cuda.load(probe, bindings(binding));
            cuda.cublasVersion();
            return cuda;
          });
    }
  }

  private static Bindings bindings(Binding binding) {
    return switch (binding) {
      case FFM -> Bindings.FFM;
      case JCUDA -> new JCudaBindings();
    };
  }

  @Override
  public String kind() {
    return "cuda";
  }

  @Override
  public Optional<String> unusable() {
    try {
      cuda(Binding.FFM);
      return Optional.empty();
    } catch (CudaUnavailableException | CudaException e) {
      return Optional.of(e.getMessage());
    }
  }

  @Override
  public int count() {
    return unusable().isPresent() ? 0 : reach(cuda(Binding.FFM)::deviceCount);
  }

  @Override
  public String describe(Device device) {
    return reach(() -> describeChecked(device));
  }

  private String describeChecked(Device device) {
    Cuda cuda = cuda(device.binding());
    CudaDevice hardware = cuda.device(device.index());
    ComputeCapability capability = hardware.computeCapability();
    return "%s, %d MiB, compute capability %d.%d, CUDA %d.%d, cuBLAS %s%s"
        .formatted(
            hardware.name(),
            hardware.totalMemory() >> 20,
            capability.major(),
            capability.minor(),
            cuda.driverVersion() / 1000,
            cuda.driverVersion() % 1000 / 10,
            cuda.cublasVersion(),
            device.binding() == Binding.JCUDA ? ", through JCuda" : "");
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
    } catch (CudaUnavailableException | CudaException e) {
      throw new DeviceUnavailableException("the CUDA device cannot be used: " + e.getMessage());
    }
  }

  private CudaBackend openChecked(Device device, boolean withGraphs) {
    CudaDevice hardware = cuda(device.binding()).device(device.index());
    ComputeCapability capability = hardware.computeCapability();
    if (10 * capability.major() + capability.minor() < LEAST_CAPABILITY) {
      throw new DeviceUnavailableException(
          "device %s: %s has compute capability %s, gpuvae's kernels need 7.5 or higher"
              .formatted(device, hardware.name(), capability));
    }
    return new CudaBackend(device, hardware, withGraphs);
  }
}
