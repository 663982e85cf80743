package gpuvae.cuda;

/** A way from Java to CUDA's libraries. */
public interface Bindings {
  /** The FFM API. */
  Bindings FFM =
      new Bindings() {
        @Override
        public Driver openDriver(LibraryProbe probe) {
          return FfmDriver.load(probe.find(LibraryProbe.Library.CUDA));
        }

        @Override
        public Blas openBlas(LibraryProbe probe) {
          return FfmBlas.load(probe.find(LibraryProbe.Library.CUBLAS));
        }

        @Override
        public Dnn openDnn(LibraryProbe probe) {
          return FfmDnn.load(probe.find(LibraryProbe.Library.CUDNN));
        }
      };

  /**
   * Opens the driver and starts it.
   *
   * @throws CudaUnavailableException if it is absent or unusable or has no device, or this way to
   *     it is not here
   */
  Driver openDriver(LibraryProbe probe);

  /**
   * Opens cuBLAS, after the driver.
   *
   * @throws CudaUnavailableException if it is absent or unusable, or this way to it is not here
   */
  Blas openBlas(LibraryProbe probe);

  /**
   * Opens cuDNN, after the driver.
   *
   * @throws CudaUnavailableException if it is absent or unusable, or this way to it is not here
   */
  Dnn openDnn(LibraryProbe probe);
}
