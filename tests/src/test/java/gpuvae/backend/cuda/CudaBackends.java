package gpuvae.backend.cuda;

import gpuvae.backend.Backend;
import gpuvae.backend.Binding;
import gpuvae.backend.Device;
import gpuvae.cuda.CudaDeviceForTests;

/** Backends on the device that tests run on; without one the test that asks is skipped. */
public final class CudaBackends {
  private CudaBackends() {}

  /** As the library opens it. */
  public static Backend open() {
    return open(true);
  }

  /** The same through a binding. */
  public static Backend open(Binding binding) {
    return open(binding, true);
  }

  /** With or without CUDA graphs. */
  static CudaBackend open(boolean withGraphs) {
    return open(Binding.FFM, withGraphs);
  }

  /** With or without CUDA graphs, through a binding. */
  static CudaBackend open(Binding binding, boolean withGraphs) {
    if (binding == Binding.JCUDA) {
      CudaDeviceForTests.assumeJCuda();
    }
    return provider().open(Device.cuda(0).withBinding(binding), withGraphs);
  }

  static CudaBackendProvider provider() {
    return new CudaBackendProvider(CudaDeviceForTests.libraries());
  }
}
