package gpuvae.backend.cuda;

import gpuvae.backend.Backend;
import gpuvae.backend.Device;
import gpuvae.cuda.CudaDeviceForTests;

/** Backends on the device that tests run on; without one the test that asks is skipped. */
public final class CudaBackends {
  private CudaBackends() {}

  /** As the library opens it. */
  public static Backend open() {
    return open(true);
  }

  /** With or without CUDA graphs. */
  static CudaBackend open(boolean withGraphs) {
    return provider().open(Device.cuda(0), withGraphs);
  }

  static CudaBackendProvider provider() {
    return new CudaBackendProvider(CudaDeviceForTests.libraries());
  }
}
