package gpuvae.backend.cpu;

import gpuvae.backend.Backend;
import gpuvae.backend.BackendProvider;
import gpuvae.backend.Device;
import java.util.Optional;

/** The CPU, which is always there. */
public final class CpuBackendProvider implements BackendProvider {
  /** For {@link java.util.ServiceLoader}. */
  public CpuBackendProvider() {}

  @Override
  public String kind() {
    return "cpu";
  }

  @Override
  public Optional<String> unusable() {
    return Optional.empty();
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public String describe(Device device) {
    return CpuBackend.describe(Providers.kernels(), CpuBackend.defaultWorkers());
  }

  @Override
  public Backend open(Device device) {
    return new CpuBackend(Providers.kernels(), CpuBackend.defaultWorkers());
  }
}
