package gpuvae.cuda;

import java.lang.foreign.MemorySegment;
import java.util.List;

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

  /**
   * One that computes a convolution.
   *
   * @param number cuDNN's, of its direction
   * @param deterministic whether it gives the same bits each time
   */
  record Algorithm(int number, boolean deterministic) {}

  /** Those that can compute y, the best first by cuDNN's heuristics. */
  List<Algorithm> forwardAlgorithms(
      long handle, long xTensor, long filter, long convolution, long yTensor);

  /** Those that can compute the gradient of x, the best first. */
  List<Algorithm> backwardDataAlgorithms(
      long handle, long filter, long yTensor, long convolution, long xTensor);

  /** Those that can compute the gradient of the filter, the best first. */
  List<Algorithm> backwardFilterAlgorithms(
      long handle, long xTensor, long yTensor, long convolution, long filter);

  /** In bytes. */
  long forwardWorkspace(
      long handle, long xTensor, long filter, long convolution, long yTensor, int algorithm);

  /** In bytes. */
  long backwardDataWorkspace(
      long handle, long filter, long yTensor, long convolution, long xTensor, int algorithm);

  /** In bytes. */
  long backwardFilterWorkspace(
      long handle, long xTensor, long yTensor, long convolution, long filter, int algorithm);

  /** y = alpha convolution(x, w) + beta y; alpha and beta are floats in the host's memory. */
  void convolutionForward(
      long handle,
      MemorySegment alpha,
      long xTensor,
      long x,
      long filter,
      long w,
      long convolution,
      int algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment beta,
      long yTensor,
      long y);

  /** dx = alpha (gradient of x, where dy is that of y) + beta dx. */
  void convolutionBackwardData(
      long handle,
      MemorySegment alpha,
      long filter,
      long w,
      long yTensor,
      long dy,
      long convolution,
      int algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment beta,
      long xTensor,
      long dx);

  /** dw = alpha (gradient of w, where dy is that of y) + beta dw. */
  void convolutionBackwardFilter(
      long handle,
      MemorySegment alpha,
      long xTensor,
      long x,
      long yTensor,
      long dy,
      long convolution,
      int algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment beta,
      long filter,
      long dw);
}
