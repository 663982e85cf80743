package gpuvae.cuda;

/**
 * cuDNN's calls, each of which throws {@link CudaException} if its status is not success. Those on
 * descriptors need no device.
 */
public interface Dnn {
  /** The library's version; needs no device. */
  String version();

  long create();

  void destroy(long handle);

  void setStream(long handle, long stream);

  long createTensor();

  void setTensor(long tensor, int format, int type, int n, int c, int h, int w);

  void destroyTensor(long tensor);

  long createFilter();

  void setFilter(long filter, int type, int format, int k, int c, int h, int w);

  void destroyFilter(long filter);

  long createConvolution();

  void setConvolution(
      long convolution,
      int padH,
      int padW,
      int strideH,
      int strideW,
      int dilationH,
      int dilationW,
      int mode,
      int type);

  void setConvolutionMath(long convolution, int mathType);

  void destroyConvolution(long convolution);

  /** The output's n, c, h and w. */
  int[] convolutionOutput(long convolution, long input, long filter);
}
