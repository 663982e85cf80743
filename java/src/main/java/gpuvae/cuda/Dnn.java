package gpuvae.cuda;

/** cuDNN's calls, each of which throws {@link CudaException} if its status is not success. */
interface Dnn {
  /** The library's version; needs no device. */
  String version();
}
